// The floor check: six processes read and write rows through the cache on three real servers, while the servers are
// killed, stopped, emptied and robbed of stamps. A hit below what an acknowledged invalidation promised is a violation.
//
// Exit status: 0 if the promise was kept and the work really done (with a mutant: if the mutant was found), 1 if not,
// 2 if the test itself could not run.
#include <gencache/gencache.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "consistency/nemeses.h"
#include "consistency/options.h"
#include "consistency/shared.h"
#include "consistency/worker.h"

namespace gencache::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kLeastRounds = 5;        // of all nemeses
constexpr uint64_t kLeastBetween = 20;      // invalidations
constexpr std::chrono::seconds kGrace(20);  // for a worker to finish the operation it is in

Shared &share() {
  void *memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  return *new (memory) Shared();
}

[[noreturn]] void work(const Options &options, Shared &shared, const std::string &url, unsigned index) {
  try {
    Worker(options, shared, url, index).run();
  } catch (const std::exception &error) {
    std::fprintf(stderr, "worker %u: %s\n", index, error.what());
    std::exit(EXIT_FAILURE);
  }
  std::exit(EXIT_SUCCESS);  // not a return: the servers are the parent's to end
}

std::vector<pid_t> fork_workers(const Options &options, Shared &shared, const std::string &url) {
  std::vector<pid_t> workers;
  const pid_t parent = getpid();
  for (unsigned index = 0; index < kWorkers; ++index) {
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) std::_Exit(EXIT_FAILURE);
      work(options, shared, url, index);
    }
    workers.push_back(pid);
  }
  return workers;
}

// A run that did little proves little.
bool did_enough(const Options &options, const Shared &shared, const Nemeses &nemeses) {
  return shared.operations >= options.operations && shared.hits >= options.operations / 5 &&
         shared.fills >= options.operations / 50 && shared.fetched >= options.operations / 20 &&
         shared.invalidations >= options.operations / 50 && nemeses.rounds() >= kLeastRounds &&
         nemeses.deleted_stamps() >= kLeastRounds;
}

// Until enough is done, a mutant is found or the time is over.
void run(const Options &options, Shared &shared, Nemeses &nemeses) {
  const Clock::time_point end = Clock::now() + options.limit;
  const bool mutant = options.mutant != Mutant::kNone;
  while (Clock::now() < end) {
    if (mutant ? shared.violations > 0 : did_enough(options, shared, nemeses)) break;
    if (mutant) {  // without nemeses, which might hide it
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } else {
      nemeses.strike();
      // A server that starts slowly is away most of the time: some invalidations are to reach all three before the
      // next.
      const uint64_t before = shared.invalidations;
      eventually([&] { return shared.invalidations >= before + kLeastBetween; }, std::chrono::milliseconds(500));
    }
  }
  shared.stop = true;
}

// The number of workers that failed, or had to be killed because a call did not return.
unsigned join(const std::vector<pid_t> &workers) {
  const Clock::time_point end = Clock::now() + kGrace;
  unsigned failed = 0;
  for (const pid_t worker : workers) {
    int status = 0;
    const bool ended = eventually([&] { return waitpid(worker, &status, WNOHANG) == worker; },
                                  std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
    if (!ended) {
      std::fprintf(stderr, "worker %d hangs\n", worker);
      kill(worker, SIGKILL);
      waitpid(worker, &status, 0);
    }
    if (!ended || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) ++failed;
  }
  return failed;
}

void print(const char *label, uint64_t number) { std::printf("%-26s %10" PRIu64 "\n", label, number); }

void report(const Shared &shared, const Nemeses &nemeses, double seconds) {
  std::printf("%-26s %10.1f\n", "seconds", seconds);
  print("operations", shared.operations);
  print("hits", shared.hits);
  for (unsigned reason = 1; reason < kReasons; ++reason) {
    print((std::string("misses: ") + gc_reason_name(static_cast<int32_t>(reason))).c_str(), shared.misses[reason]);
  }
  print("fills ok", shared.fills);
  print("fills failed", shared.fills_failed);
  print("fetched", shared.fetched);
  print("invalidations ok", shared.invalidations);
  print("invalidations failed", shared.invalidations_failed);
  for (unsigned kind = 0; kind < Nemeses::kKinds; ++kind) print(Nemeses::name(kind), nemeses.count(kind));
  print("stamps deleted", nemeses.deleted_stamps());
  print("longest call, ms", shared.longest_us / 1000);
  print("violations", shared.violations);
  print("  stale", shared.stale);
  print("  of another key", shared.foreign);
  print("  never committed", shared.future);
}

bool passed(const Options &options, const Shared &shared, const Nemeses &nemeses) {
  const bool violated = shared.violations > 0;
  if (options.mutant != Mutant::kNone) {
    std::puts(violated ? "PASS: the mutant was found" : "FAIL: the mutant was not found");
    return violated;
  }
  if (violated) {
    std::puts("FAIL: an acknowledged invalidation was not honoured");
  } else if (!did_enough(options, shared, nemeses)) {
    std::puts("FAIL: too few operations, hits, fills, invalidations or nemeses in the time given");
  } else {
    std::puts("PASS: no violation");
    return true;
  }
  return false;
}

int check(const Options &options) {
  std::printf("consistency: %" PRIu64 " operations, seed %" PRIu64 "\n", options.operations, options.seed);
  std::vector<MemcachedServer> servers(3);
  Shared &shared = share();
  Nemeses nemeses(options, servers);
  std::fflush(stdout);  // or every worker would print it again

  const Clock::time_point start = Clock::now();
  const std::vector<pid_t> workers =
      fork_workers(options, shared, pool_url(servers, std::string("timeout_ms=100&prefix=") + kPrefix));
  run(options, shared, nemeses);
  const unsigned failed = join(workers);
  report(shared, nemeses, std::chrono::duration<double>(Clock::now() - start).count());
  if (failed > 0) {
    std::printf("FAIL: %u workers failed\n", failed);
    return 1;
  }
  return passed(options, shared, nemeses) ? 0 : 1;
}

}  // namespace
}  // namespace gencache::test

int main(int argc, char **argv) {
  try {
    return gencache::test::check(gencache::test::parse_options(argc, argv));
  } catch (const std::exception &error) {
    std::fprintf(stderr, "consistency: %s\n", error.what());
    return 2;
  }
}
