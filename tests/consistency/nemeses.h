// What goes wrong with the servers of the consistency test.
#ifndef GENCACHE_TESTS_CONSISTENCY_NEMESES_H
#define GENCACHE_TESTS_CONSISTENCY_NEMESES_H

#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "consistency/options.h"
#include "support/server.h"

namespace gencache::test {

class Nemeses {
 public:
  enum Kind { kKill, kStop, kDeleteStamps, kFlush, kKinds };

  Nemeses(const Options &options, std::vector<MemcachedServer> &servers);

  // One fault on one server, from beginning to end. Every kind comes once in each round, in a random order.
  void strike();

  static const char *name(unsigned kind);
  uint64_t count(unsigned kind) const { return counts_[kind]; }
  uint64_t deleted_stamps() const { return deleted_stamps_; }
  uint64_t rounds() const;

 private:
  Kind next();
  void delete_stamps(const MemcachedServer &server);
  std::chrono::milliseconds between(unsigned low, unsigned high);

  const Options &options_;
  std::vector<MemcachedServer> &servers_;
  std::mt19937_64 random_;
  std::vector<Kind> round_;
  std::array<uint64_t, kKinds> counts_ = {};
  uint64_t deleted_stamps_ = 0;
};

}  // namespace gencache::test

#endif
