// A stampede: many processes miss one key at once.
#ifndef GENCACHE_BENCH_STAMPEDE_H
#define GENCACHE_BENCH_STAMPEDE_H

#include <chrono>
#include <string>

namespace gencache::bench {

struct Stampede {
  int computations = 0;
  double slowest_ms = 0;  // of all callers
};

// `processes` of them fetch one new value at `url`, whose computation takes `takes`. Throws std::runtime_error where
// one does not get it.
Stampede stampede(const std::string &url, int processes, std::chrono::milliseconds takes);

}  // namespace gencache::bench

#endif
