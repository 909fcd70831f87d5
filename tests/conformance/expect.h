// Compares what came out with what a conformance case expects.
#pragma once

#include <optional>
#include <string>

#include "door.h"

namespace gencache::conformance {

// A name in `expected` that is not known is a failure, too.
void expect_outcome(const Json &expected, const Outcome &outcome);

// `expected` is hexadecimal, with an x for any digit, or null for nothing.
void expect_item(const Json &expected, const std::optional<std::string> &item);

}  // namespace gencache::conformance
