// Many miss one key at once, and one computes.
//
// On memcached the callers are processes, each with a cache of its own; on memory://, which is a store inside one
// process, they are threads.
//
//   stampede        on $GENCACHE_URL, or memory:// where that is not set
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <gencache/gencache.hpp>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int kCallers = 16;
constexpr auto kComputing = 200ms;

// What all callers see; it stands in memory that the processes share.
struct Tally {
  const std::int64_t run = std::chrono::system_clock::now().time_since_epoch().count();  // other runs have other keys
  std::atomic<int> arrived = 0;
  std::atomic<int> computations = 0;
  std::atomic<int> right_answers = 0;
};

Tally &shared_tally() {
  void *memory = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  return *new (memory) Tally;
}

int compute(Tally &tally) {
  std::this_thread::sleep_for(kComputing);  // stands for a slow query
  return 41 + ++tally.computations;
}

// All begin together.
void arrive(Tally &tally) {
  ++tally.arrived;
  while (tally.arrived < kCallers) std::this_thread::yield();
}

void call(const gencache::Cache &cache, Tally &tally) {
  if (cache.fetch("report", {gencache::arg("run", tally.run)}, [&] { return compute(tally); }) == 42)
    ++tally.right_answers;
}

int call_as_process(Tally &tally) try {
  arrive(tally);
  call(gencache::Cache(), tally);
  return 0;
} catch (const std::exception &error) {
  std::cerr << "stampede: " << error.what() << std::endl;
  return 1;
}

bool run_processes(Tally &tally) {
  std::cout << std::flush;
  for (int i = 0; i < kCallers; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(call_as_process(tally));
    if (child < 0) ++tally.arrived;  // nobody is to wait for it
  }
  bool all_well = true;
  int status = 0;
  while (wait(&status) > 0) all_well &= status == 0;
  return all_well;
}

bool run_threads(Tally &tally) {
  const gencache::Cache cache;
  std::vector<std::jthread> callers;
  callers.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      arrive(tally);
      call(cache, tally);
    });
  }
  return true;
}

bool tell() {
  const char *url = std::getenv("GENCACHE_URL");
  const bool is_on_servers = url != nullptr && std::string_view(url).starts_with("memcached:");
  Tally &tally = shared_tally();
  std::cout << kCallers << " callers miss one key at once; to compute it takes " << kComputing.count() << " ms.\n";
  const bool all_well = is_on_servers ? run_processes(tally) : run_threads(tally);
  std::cout << "computations: " << tally.computations << "\ncallers that got its value: " << tally.right_answers
            << "\n";
  return all_well;
}

}  // namespace

int main() try { return tell() ? 0 : 1; } catch (const std::exception &error) {
  std::cerr << "stampede: " << error.what() << "\n";
  return 1;
}
