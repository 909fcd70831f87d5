#include "bench/reference.h"

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace gencache::bench {
namespace {

void check(bool condition, const char *what) {
  if (!condition) throw std::runtime_error(std::string("the reference failed: ") + what);
}

}  // namespace

Reference::Reference(std::span<const uint16_t> ports) : handle_(memcached_create(nullptr)) {
  check(handle_ != nullptr, "memcached_create");
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
  for (const uint16_t port : ports) {
    check(memcached_server_add(handle_.get(), "127.0.0.1", port) == MEMCACHED_SUCCESS, "memcached_server_add");
  }
  check(memcached_result_create(handle_.get(), &result_) != nullptr, "memcached_result_create");
}

void Reference::set(const std::string &key, std::string_view value) {
  check(memcached_set(handle_.get(), key.data(), key.size(), value.data(), value.size(), 0, 0) == MEMCACHED_SUCCESS,
        "memcached_set");
}

std::string Reference::get(const std::string &key) {
  size_t size = 0;
  uint32_t flags = 0;
  memcached_return_t status = MEMCACHED_SUCCESS;
  char *value = memcached_get(handle_.get(), key.data(), key.size(), &size, &flags, &status);
  check(status == MEMCACHED_SUCCESS && value != nullptr, "memcached_get");
  std::string copy(value, size);
  std::free(value);
  return copy;
}

void Reference::hit(const std::string &key, size_t size) {
  size_t found = 0;
  uint32_t flags = 0;
  memcached_return_t status = MEMCACHED_SUCCESS;
  char *value = memcached_get(handle_.get(), key.data(), key.size(), &found, &flags, &status);
  check(status == MEMCACHED_SUCCESS && value != nullptr && found == size, "memcached_get");
  std::free(value);
}

void Reference::store_by_generations(std::span<const std::string, 2> generations, const std::string &rest,
                                     std::string_view value) {
  set(generations[0], "1");
  set(generations[1], "1");
  set("1:1:" + rest, value);
}

void Reference::hit_by_generations(std::span<const std::string, 2> generations, const std::string &rest, size_t size) {
  const std::array<const char *, 2> keys = {generations[0].data(), generations[1].data()};
  const std::array<size_t, 2> sizes = {generations[0].size(), generations[1].size()};
  check(memcached_mget(handle_.get(), keys.data(), sizes.data(), keys.size()) == MEMCACHED_SUCCESS, "memcached_mget");
  std::array<std::string_view, 2> numbers;
  std::array<char, 64> text;  // both numbers; the result's buffer is reused
  size_t used = 0;
  memcached_return_t status = MEMCACHED_SUCCESS;
  while (memcached_fetch_result(handle_.get(), &result_, &status) != nullptr) {
    const std::string_view name(memcached_result_key_value(&result_), memcached_result_key_length(&result_));
    const std::string_view number(memcached_result_value(&result_), memcached_result_length(&result_));
    check(used + number.size() <= text.size(), "a generation is no number");
    number.copy(text.data() + used, number.size());
    numbers[name == generations[0] ? 0 : 1] = {text.data() + used, number.size()};
    used += number.size();
  }
  check(!numbers[0].empty() && !numbers[1].empty(), "a generation is absent");
  key_.assign(numbers[0]).append(":").append(numbers[1]).append(":").append(rest);
  hit(key_, size);
}

}  // namespace gencache::bench
