// The reference for many values at once: one libmemcached handle for each server, every request sent before the first
// reply is fetched. It reads the very items that gencache reads, without looking into them. Like any program that is
// given keys and wants their values, it finds each key's server, and keeps the values by the place of their keys.
#ifndef GENCACHE_BENCH_MANY_REFERENCE_H
#define GENCACHE_BENCH_MANY_REFERENCE_H

#include <libmemcached/memcached.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gencache::bench {

class ManyReference {
 public:
  ManyReference(std::span<const uint16_t> ports, std::vector<std::string> keys);
  ManyReference(const ManyReference &) = delete;
  ManyReference &operator=(const ManyReference &) = delete;
  ~ManyReference() { memcached_result_free(&result_); }

  // Reads all of them, in the order of the keys. Throws std::runtime_error where one is missing.
  std::vector<std::string> read();

 private:
  struct Free {
    void operator()(memcached_st *handle) const { memcached_free(handle); }
  };
  using Handle = std::unique_ptr<memcached_st, Free>;
  struct Server {
    Handle handle;
    std::vector<size_t> indexes = {};  // of the keys that stand there
    std::vector<const char *> names = {};
    std::vector<size_t> sizes = {};
  };

  static Handle connect_to(std::span<const uint16_t> ports);
  void distribute();

  std::vector<std::string> keys_;
  Handle ring_;
  std::vector<Server> servers_;
  memcached_result_st result_;
};

}  // namespace gencache::bench

#endif
