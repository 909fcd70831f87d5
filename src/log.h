// Tells the program what happens inside, if it wants to know.
#pragma once

#include <string>

#include "gencache/gencache.h"

namespace gencache::core {

class Log {
 public:
  void set(gc_log_fn log, void *payload, std::int32_t level) {
    log_ = log;
    payload_ = payload;
    level_ = level;
  }

  bool wants(std::int32_t level) const { return log_ != nullptr && level <= level_; }
  void tell(std::int32_t level, const std::string &message) const {
    if (wants(level)) log_(payload_, level, message.c_str());
  }

 private:
  gc_log_fn log_ = nullptr;
  void *payload_ = nullptr;
  std::int32_t level_ = 0;
};

}  // namespace gencache::core
