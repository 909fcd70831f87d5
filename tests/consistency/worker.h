// One process of the consistency test: a reader and writer of the rows through a cache of its own.
#ifndef GENCACHE_TESTS_CONSISTENCY_WORKER_H
#define GENCACHE_TESTS_CONSISTENCY_WORKER_H

#include <gencache/gencache.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "consistency/options.h"
#include "consistency/shared.h"

namespace gencache::test {

class Worker {
 public:
  // Throws std::runtime_error where the cache does not open.
  Worker(const Options &options, Shared &shared, const std::string &url, unsigned index);
  ~Worker() { gc_close(cache_); }
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  void run();  // until `shared.stop`

 private:
  void read(unsigned row, unsigned page);
  void judge(const gc_entry *entry, unsigned row, unsigned page, uint64_t floor);
  void fill(gc_entry *miss, unsigned row, unsigned page);

  void write_row(unsigned row);
  void write_table();
  bool invalidate(const std::function<gc_status(gc_error **)> &call);

  uint64_t compute(unsigned row);
  gc_status timed(const std::function<gc_status(gc_error **)> &call);
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  const Options &options_;
  Shared &shared_;
  std::mt19937_64 random_;
  gc_cache *cache_;
};

}  // namespace gencache::test

#endif
