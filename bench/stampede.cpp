#include "bench/stampede.h"

#include <gencache/gencache.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace gencache::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostProcesses = 256;

// What the processes share.
struct Shared {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::atomic<int> computations{0};
  std::array<std::atomic<int64_t>, kMostProcesses> took_us{};
};

struct Computation {
  Shared &shared;
  std::chrono::milliseconds takes;
};

int32_t compute(void *payload, gc_entry *entry) {
  const auto &computation = *static_cast<Computation *>(payload);
  ++computation.shared.computations;
  std::this_thread::sleep_for(computation.takes);
  return gc_fill(entry, "value", 5, nullptr, nullptr);
}

// In a process of its own: its exit status.
int call(const std::string &url, const std::string &key, Computation computation, int self) {
  gc_cache *cache = gc_open(url.c_str(), nullptr);
  if (cache == nullptr || gc_ping(cache, nullptr) != GC_OK) return 1;
  ++computation.shared.ready;
  while (!computation.shared.go) std::this_thread::sleep_for(std::chrono::microseconds(100));
  const char *generations[] = {"stampede"};
  const gc_arg args[] = {gc_str("key", key.c_str())};
  gc_entry *entry = nullptr;
  const auto start = Clock::now();
  const gc_status status = gc_fetch(cache, generations, 1, args, 1, compute, &computation, nullptr, &entry, nullptr);
  computation.shared.took_us[static_cast<size_t>(self)] =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
  const bool is_right = status == GC_OK && gc_entry_size(entry) == 5;
  gc_entry_free(entry);
  gc_close(cache);
  return is_right ? 0 : 1;
}

// Waits for all; false where one failed.
bool all_succeed(const std::vector<pid_t> &children) {
  bool all = true;
  for (const pid_t child : children) {
    int status = 0;
    all = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 && all;
  }
  return all;
}

}  // namespace

Stampede stampede(const std::string &url, int processes, std::chrono::milliseconds takes) {
  static int round = 0;
  const std::string key = std::to_string(getpid()) + "-" + std::to_string(++round);
  void *memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  auto &shared = *new (memory) Shared;
  std::vector<pid_t> children;
  for (int i = 0; i < std::min(processes, kMostProcesses); ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(call(url, key, {shared, takes}, i));
    if (child > 0) children.push_back(child);
  }
  const auto patience = Clock::now() + std::chrono::seconds(30);
  while (shared.ready < processes && Clock::now() < patience) std::this_thread::yield();
  shared.go = true;
  const bool is_right = all_succeed(children);
  Stampede result{shared.computations, 0};
  for (const auto &took : shared.took_us) {
    result.slowest_ms = std::max(result.slowest_ms, static_cast<double>(took) / 1000);
  }
  munmap(memory, sizeof(Shared));
  if (!is_right) throw std::runtime_error("a process of the stampede did not get the value");
  return result;
}

}  // namespace gencache::bench
