// What a call throws when it cannot do what it was asked: a status and a sentence. capi/guard.h turns it into a
// gc_error. Expected outcomes (a miss, a server that is away) are return values, never exceptions.
#pragma once

#include <stdexcept>
#include <string>

#include "gencache/gencache.h"

namespace gencache::core {

class Failure : public std::runtime_error {
 public:
  Failure(gc_status status, const std::string &message) : std::runtime_error(message), status_(status) {}
  gc_status status() const { return status_; }

 private:
  gc_status status_;
};

[[noreturn]] inline void bad_argument(const std::string &message) { throw Failure(GC_ERR_ARGUMENT, message); }

}  // namespace gencache::core
