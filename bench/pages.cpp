#include "bench/pages.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace gencache::bench {
namespace {

std::array<gc_arg, 2> arguments(int64_t user) { return {gc_int("user_id", user), gc_str("page", "home")}; }

void store(gc_cache *cache, const char *generation, int number) {
  const gc_arg id = gc_int("id", number);
  gc_error *error = nullptr;
  const gc_status status = gc_set(cache, &generation, 1, &id, 1, &number, sizeof number, nullptr, &error);
  expect(GC_OK, status, error, "gc_set");
}

}  // namespace

void expect(gc_status expected, gc_status status, gc_error *error, const char *what) {
  if (status != expected) {
    const std::string message = std::string(what) + ": " + gc_status_name(status) + " " + gc_error_message(error);
    gc_error_free(error);
    throw std::runtime_error(message);
  }
  gc_error_free(error);
}

Cache open(std::span<const uint16_t> ports) {
  std::string url = "memcached://";
  for (const uint16_t port : ports) url += (url.back() == '/' ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(port);
  gc_error *error = nullptr;
  Cache cache(gc_open((url + "/?timeout_ms=2000").c_str(), &error));
  expect(GC_OK, gc_error_status(error), error, "gc_open");
  return cache;
}

void Pages::fill() {
  const std::string value(kValueSize, 'x');
  for (int i = 0; i < kUsers; ++i) {
    const auto args = arguments(user(i));
    gc_error *error = nullptr;
    const gc_status status = gc_set(cache_, generations_.data(), generations_.size(), args.data(), args.size(),
                                    value.data(), value.size(), nullptr, &error);
    expect(GC_OK, status, error, "gc_set");
  }
}

void Pages::hit(int i) const {
  const auto args = arguments(user(i));
  gc_entry *entry = nullptr;
  const gc_status status =
      gc_get(cache_, generations_.data(), generations_.size(), args.data(), args.size(), &entry, nullptr);
  if (status != GC_OK || gc_entry_size(entry) != kValueSize) throw std::runtime_error("gc_get: no hit");
  gc_entry_free(entry);
}

std::string Pages::key(int i) const {
  const auto args = arguments(user(i));
  gc_entry *entry = nullptr;
  gc_error *error = nullptr;
  const gc_status status =
      gc_get(cache_, generations_.data(), generations_.size(), args.data(), args.size(), &entry, &error);
  expect(GC_OK, status, error, "gc_get");
  std::string text = gc_entry_key(entry);
  gc_entry_free(entry);
  return text;
}

void store_dependents(gc_cache *cache, const char *name, int count) {
  constexpr int kThreads = 4;
  std::atomic<int> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::jthread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      try {
        for (int i = next++; i < count; i = next++) store(cache, name, i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    });
  }
  threads.clear();
  if (failure) std::rethrow_exception(failure);
}

int hits_among(gc_cache *cache, const char *name, int count, int sample) {
  int hits = 0;
  for (int i = 0; i < sample; ++i) {
    const gc_arg id = gc_int("id", static_cast<int64_t>(i) * count / sample);
    gc_entry *entry = nullptr;
    if (gc_get(cache, &name, 1, &id, 1, &entry, nullptr) == GC_OK) ++hits;
    gc_entry_free(entry);
  }
  return hits;
}

void invalidate(gc_cache *cache, const char *name) {
  gc_error *error = nullptr;
  expect(GC_OK, gc_invalidate(cache, name, nullptr, 0, &error), error, "gc_invalidate");
}

}  // namespace gencache::bench
