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
  ~Worker();
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  void run();  // until `shared.stop`

 private:
  // Which value, and the floor of its row before a read of it began.
  struct Place {
    unsigned row;
    unsigned page;
    uint64_t floor;
  };
  Place somewhere();

  void get(const Place &place);
  void fetch(const Place &place);
  void fetch_many();
  void judge(const gc_entry *entry, const Place &place);
  void fill(gc_entry *miss, const Place &place);
  static void compute_into(gc_entry *entry, Worker &worker, const Place &place);

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
  gc_options *patience_ = nullptr;
};

}  // namespace gencache::test

#endif
