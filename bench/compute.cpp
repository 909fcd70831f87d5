// Computing through the cache: what fetch costs over a plain read, many values at once, and a stampede. See
// script/bench.
#include <gencache/gencache.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "bench/many_reference.h"
#include "bench/pages.h"
#include "bench/stampede.h"
#include "bench/suite.h"
#include "bench/wrapped.h"

namespace gencache::bench {
namespace {

constexpr Plan kHits = {.rounds = 800, .warm_up = 5, .operations = 25};
constexpr Plan kMany = {.rounds = 400, .warm_up = 2, .operations = 9};
constexpr size_t kKeys = 100;
constexpr int kProcesses = 64;
constexpr int kStampedes = 15;
constexpr std::chrono::milliseconds kComputation(200);

const std::array<const char *, 2> kGenerations = {"nav", "blog"};

int32_t never_called(void *, gc_entry *) { return 1; }

// Keys of one length.
std::array<gc_arg, 2> page(int64_t i) { return {gc_int("page", 1000 + i), gc_str("language", "en")}; }

// Values that depend on two shared generations, read one by one or together.
class Values {
 public:
  explicit Values(gc_cache *cache) : cache_(cache), value_(kValueSize, 'x') {
    for (size_t i = 0; i < kKeys; ++i) {
      args_.push_back(page(static_cast<int64_t>(i)));
      gc_error *error = nullptr;
      const gc_status status = gc_set(cache_, kGenerations.data(), kGenerations.size(), args_[i].data(),
                                      args_[i].size(), value_.data(), value_.size(), nullptr, &error);
      expect(GC_OK, status, error, "gc_set");
    }
    for (const auto &args : args_) pointers_.push_back(args.data());
    sizes_.assign(kKeys, args_[0].size());
    entries_.assign(kKeys, nullptr);
  }

  void get(int i) const {
    const auto &args = args_[static_cast<size_t>(i) % kKeys];
    gc_entry *entry = nullptr;
    gc_error *error = nullptr;
    const gc_status status =
        gc_get(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), &entry, &error);
    done(status, entry, error, "gc_get");
  }

  void fetch(int i) const {
    const auto &args = args_[static_cast<size_t>(i) % kKeys];
    gc_entry *entry = nullptr;
    gc_error *error = nullptr;
    const gc_status status = gc_fetch(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(),
                                      never_called, nullptr, nullptr, &entry, &error);
    done(status, entry, error, "gc_fetch");
  }

  void get_many() {
    gc_error *error = nullptr;
    const gc_status status = gc_get_many(cache_, kGenerations.data(), kGenerations.size(), pointers_.data(),
                                         sizes_.data(), kKeys, entries_.data(), &error);
    expect(GC_OK, status, error, "gc_get_many");
    for (gc_entry *entry : entries_) {
      if (gc_entry_size(entry) != kValueSize) throw std::runtime_error("gc_get_many: a value has another size");
    }
    gc_entries_free(entries_.data(), entries_.size());
  }

  // The names of the items.
  std::vector<std::string> wire_keys() const {
    std::vector<std::string> keys;
    for (const auto &args : args_) {
      keys.push_back("gc/blog,nav|language=\"en\",page=" + std::to_string(args[0].value.as.i));
    }
    return keys;
  }

 private:
  static void done(gc_status status, gc_entry *entry, gc_error *error, const char *what) {
    expect(GC_OK, status, error, what);
    if (gc_entry_size(entry) != kValueSize) throw std::runtime_error(std::string(what) + ": another size");
    gc_entry_free(entry);
  }

  gc_cache *cache_;
  std::string value_;
  std::vector<std::array<gc_arg, 2>> args_;
  std::vector<const gc_arg *> pointers_;
  std::vector<size_t> sizes_;
  std::vector<gc_entry *> entries_;
};

class Bench : Suite {
 public:
  using Suite::Suite;

  std::vector<Result> run() {
    one_core();
    latencies("");
    two_cores();
    latencies("_split");
    all_cores();
    stampedes();
    return take_results();
  }

 private:
  void latencies(const std::string &placement) {
    fetch_hit("fetch_hit" + placement);
    add(compare_wrapped("wrap_hit" + placement, kHits, url()));
    get_many("get_many_100_1_server" + placement, servers().one());
    get_many("get_many_100_3_servers" + placement, servers().ports);
  }

  void fetch_hit(const std::string &name) {
    const Cache cache = open(servers().one());
    const Values values(cache.get());
    add(compare_latency(
        name, kHits, [&](int i) { values.fetch(i); }, [&](int i) { values.get(i); }));
  }

  void get_many(const std::string &name, std::span<const uint16_t> ports) {
    const Cache cache = open(ports);
    Values values(cache.get());
    ManyReference reference(ports, values.wire_keys());
    add(compare_latency(
        name, kMany, [&](int) { values.get_many(); },
        [&](int) {
          for (const std::string &value : reference.read()) {
            if (value.size() <= kValueSize) throw std::runtime_error("the reference: a value has another size");
          }
        }));
  }

  std::string url() const {
    return "memcached://127.0.0.1:" + std::to_string(servers().ports[0]) + "/?timeout_ms=5000";
  }

  // The reference is the computation itself.
  void stampedes() {
    int computations = 0;
    const auto slowest = [&] {
      const Stampede one = stampede(url(), kProcesses, kComputation);
      computations += one.computations;
      return one.slowest_ms;
    };
    add(compare("stampede_64", "ms", kStampedes, slowest, [] { return static_cast<double>(kComputation.count()); }));
    std::fprintf(stderr, "%d stampedes of %d processes: %d computations\n", kStampedes, kProcesses, computations);
    if (computations != kStampedes) throw std::runtime_error("a stampede took more than one computation");
  }
};

std::vector<Result> measure(Servers servers) { return Bench(std::move(servers)).run(); }

}  // namespace
}  // namespace gencache::bench

int main(int argc, char **argv) {
  return gencache::bench::run_suite("bench_compute", argc, argv, gencache::bench::measure);
}
