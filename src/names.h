// The names of statuses and reasons.
#pragma once

#include <cstdint>

#include "gencache/gencache.h"

namespace gencache::core {

const char *status_name(gc_status status);
const char *reason_name(std::int32_t reason);

}  // namespace gencache::core
