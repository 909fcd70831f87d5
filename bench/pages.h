// Our side of the benchmarks: pages of a site cached through gencache's C ABI.
#ifndef GENCACHE_BENCH_PAGES_H
#define GENCACHE_BENCH_PAGES_H

#include <gencache/gencache.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gencache::bench {

inline constexpr size_t kValueSize = 100;

struct CloseCache {
  void operator()(gc_cache *cache) const { gc_close(cache); }
};
using Cache = std::unique_ptr<gc_cache, CloseCache>;

// Throws std::runtime_error where `status` is not `expected`; frees the error.
void expect(gc_status expected, gc_status status, gc_error *error, const char *what);

Cache open(std::span<const uint16_t> ports);

// One page for each user, all of the same size and with keys of the same length, depending on the same generations.
class Pages {
 public:
  static constexpr int kUsers = 30;

  Pages(gc_cache *cache, std::vector<const char *> generations) : cache_(cache), generations_(std::move(generations)) {}

  void fill();                   // every user's
  void hit(int i) const;         // one user's, by turns
  std::string key(int i) const;  // the readable one

 private:
  static int64_t user(int i) { return 100 + i % kUsers; }

  gc_cache *cache_;
  std::vector<const char *> generations_;
};

// `count` small values that depend on the generation `name`, stored from several threads. Throws if one is not stored.
void store_dependents(gc_cache *cache, const char *name, int count);

// How many of a sample of those are hits.
int hits_among(gc_cache *cache, const char *name, int count, int sample);

void invalidate(gc_cache *cache, const char *name);

}  // namespace gencache::bench

#endif
