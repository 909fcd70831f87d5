// What the benchmark programs share: the servers they were given, where things run, and the results.
#ifndef GENCACHE_BENCH_SUITE_H
#define GENCACHE_BENCH_SUITE_H

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/harness.h"

namespace gencache::bench {

struct Servers {
  std::vector<uint16_t> ports;
  std::vector<pid_t> pids;

  std::span<const uint16_t> one() const { return std::span(ports).first(1); }
};

class Suite {
 public:
  explicit Suite(Servers servers);

 protected:
  const Servers &servers() const { return servers_; }

  // Client and servers on one core, on two, or wherever the system puts them.
  void one_core() { place({cores_[0]}, {cores_[0]}); }
  void two_cores() { place({cores_[0]}, {cores_[1]}); }
  void all_cores() { place(cores_, cores_); }

  void add(Result result);
  std::vector<Result> take_results() { return std::move(results_); }

 private:
  void place(const std::vector<int> &client, const std::vector<int> &servers);

  Servers servers_;
  std::vector<int> cores_;
  std::vector<Result> results_;
};

// The main function of a program that is called `OUTPUT.json PORT:PID PORT:PID PORT:PID`: returns its exit status.
using Measure = std::vector<Result> (*)(Servers);
int run_suite(const char *name, int argc, char **argv, Measure measure);

}  // namespace gencache::bench

#endif
