// The references: a plain program that uses libmemcached directly, one handle for all its servers.
#ifndef GENCACHE_BENCH_REFERENCE_H
#define GENCACHE_BENCH_REFERENCE_H

#include <libmemcached/memcached.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gencache::bench {

// KETAMA_WEIGHTED and TCP_NODELAY, all else at libmemcached's defaults. Every method throws std::runtime_error where
// the outcome is not the expected one: a benchmark of failures would be a fast one.
class Reference {
 public:
  explicit Reference(std::span<const uint16_t> ports);
  Reference(const Reference &) = delete;
  Reference &operator=(const Reference &) = delete;
  ~Reference() { memcached_result_free(&result_); }

  void set(const std::string &key, std::string_view value);
  std::string get(const std::string &key);

  // memcached_get, freed; the value must have `size` bytes.
  void hit(const std::string &key, size_t size);

  // The classical generational read in two trips: the numbers of two generations by one mget, then the value, whose
  // key holds those numbers.
  void store_by_generations(std::span<const std::string, 2> generations, const std::string &rest,
                            std::string_view value);
  void hit_by_generations(std::span<const std::string, 2> generations, const std::string &rest, size_t size);

 private:
  struct Free {
    void operator()(memcached_st *handle) const { memcached_free(handle); }
  };

  std::unique_ptr<memcached_st, Free> handle_;
  memcached_result_st result_;
  std::string key_;
};

}  // namespace gencache::bench

#endif
