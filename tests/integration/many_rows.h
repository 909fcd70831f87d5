// The fixture of the tests of many values at once.
#pragma once

#include <string>
#include <vector>

#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {

using Texts = std::vector<std::string>;

inline Calls rows(const std::vector<int64_t> &ids) {
  Calls calls;
  for (const int64_t id : ids) calls.push_back({gc_int("id", id)});
  return calls;
}

// What the computations were asked for: the indexes of each call.
class Asked {
 public:
  ComputeMany computing(const ComputeMany &compute) {
    return [this, compute](std::span<gc_entry *const> entries, std::span<const size_t> indexes) {
      rounds.emplace_back(indexes.begin(), indexes.end());
      return compute(entries, indexes);
    };
  }

  std::vector<std::vector<size_t>> rounds;
};

// Each value is named after its index.
inline int32_t fill_all(std::span<gc_entry *const> entries, std::span<const size_t> indexes) {
  for (size_t i = 0; i < entries.size(); ++i) gives("new " + std::to_string(indexes[i]))(entries[i]);
  return 0;
}

class ManyRows : public EveryStore {
 protected:
  Cache cache = open();
  Cache second = in_memory() ? Cache("memory://") : open();
  const Cache &other() const { return in_memory() ? cache : second; }
  const Names gens = {"table", "row:id"};
  Asked asked;

  GotMany fetch_rows(const std::vector<int64_t> &ids, const ComputeMany &compute, const Settings &settings = {}) {
    return fetch_many(cache, gens, rows(ids), asked.computing(compute), Options(settings).get());
  }
  void store(int64_t id, const std::string &data) {
    const Options kept(Settings{.stale_for_ms = 60'000, .fail_safe_ms = 60'000});
    ASSERT_TRUE(cache.set(gens, {gc_int("id", id)}, data, kept.get()).ok());
  }
};

}  // namespace gencache::test
