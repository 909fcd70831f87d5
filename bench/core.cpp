// The core against plain libmemcached: what a hit and an invalidation cost. See script/bench.
#include <array>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "bench/pages.h"
#include "bench/reference.h"
#include "bench/suite.h"

namespace gencache::bench {
namespace {

constexpr int kDependents = 1'000'000;
constexpr Plan kHits = {.rounds = 800, .warm_up = 5, .operations = 25};
constexpr Plan kInvalidations = {.rounds = 300, .warm_up = 3, .operations = 15};

class Bench : Suite {
 public:
  using Suite::Suite;

  std::vector<Result> run() {
    one_core();
    hits("");
    two_cores();
    hits("_split");
    record_overhead();
    prepare_dependents();
    one_core();
    invalidations("");
    two_cores();
    invalidations("_split");
    return take_results();
  }

 private:
  void hits(const std::string &placement);
  void compare_to_plain_get(const std::string &name, std::span<const uint16_t> ports,
                            std::vector<const char *> generations);
  void compare_to_two_trips(const std::string &name);
  void record_overhead();
  void prepare_dependents();
  void invalidations(const std::string &placement);

  Cache dependents_;
};

const std::vector<const char *> kTwoGenerations = {"nav", "nav_portal:user_id"};

std::vector<const char *> many_generations() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    made.reserve(32);
    for (int i = 10; i < 42; ++i) made.push_back(std::string("g").append(std::to_string(i)));
    return made;
  }();
  std::vector<const char *> list;
  list.reserve(names.size());
  for (const std::string &name : names) list.push_back(name.c_str());
  return list;
}

// The length of the name under which a value stands: `gc/` and the text, or 32 digits where that is too long.
size_t wire_size(const std::string &key) { return 3 + key.size() <= 200 ? 3 + key.size() : 3 + 1 + 32; }

void Bench::hits(const std::string &placement) {
  compare_to_plain_get("get_hit_1_server" + placement, servers().one(), kTwoGenerations);
  compare_to_plain_get("get_hit_3_servers" + placement, servers().ports, kTwoGenerations);
  compare_to_two_trips("get_hit_vs_two_trips" + placement);
  compare_to_plain_get("get_hit_32_generations" + placement, servers().one(), many_generations());
}

// The reference reads values of the same size under keys of the same length.
void Bench::compare_to_plain_get(const std::string &name, std::span<const uint16_t> ports,
                                 std::vector<const char *> generations) {
  const Cache cache = open(ports);
  Pages pages(cache.get(), std::move(generations));
  pages.fill();
  Reference reference(ports);
  std::vector<std::string> keys;
  keys.reserve(Pages::kUsers);
  for (int i = 0; i < Pages::kUsers; ++i) {
    std::string key = "plain-" + std::to_string(100 + i) + "-";
    key.resize(wire_size(pages.key(i)), 'x');
    reference.set(key, std::string(kValueSize, 'x'));
    keys.push_back(std::move(key));
  }
  add(compare_latency(
      name, kHits, [&](int i) { pages.hit(i); }, [&](int i) { reference.hit(keys[i % Pages::kUsers], kValueSize); }));
}

// On one server, where the classical read costs least.
void Bench::compare_to_two_trips(const std::string &name) {
  const Cache cache = open(servers().one());
  Pages pages(cache.get(), kTwoGenerations);
  pages.fill();
  Reference reference(servers().one());
  std::array<std::array<std::string, 2>, Pages::kUsers> generations;
  std::array<std::string, Pages::kUsers> rests;
  for (size_t i = 0; i < generations.size(); ++i) {
    const int user = static_cast<int>(i);
    generations[i] = {"classic:nav", "classic:nav_portal:user_id=" + std::to_string(100 + user)};
    rests[i] = pages.key(user);
    reference.store_by_generations(generations[i], rests[i], std::string(kValueSize, 'x'));
  }
  add(compare_latency(
      name, kHits, [&](int i) { pages.hit(i); },
      [&](int i) {
        const size_t user = static_cast<size_t>(i) % generations.size();
        reference.hit_by_generations(generations[user], rests[user], kValueSize);
      }));
}

// What an item holds beside payload and key text, against 48 bytes and 8 for each stamp: the root's and two more.
void Bench::record_overhead() {
  const Cache cache = open(servers().one());
  Pages pages(cache.get(), kTwoGenerations);
  pages.fill();
  const std::string key = pages.key(0);
  const std::string item = Reference(servers().one()).get("gc/" + key);
  add(constant("record_overhead_bytes", "bytes", static_cast<double>(item.size() - kValueSize - key.size()),
               48 + 8 * 3));
}

// A million values that depend on `million`, ten that depend on `ten`, on three servers.
void Bench::prepare_dependents() {
  all_cores();
  dependents_ = open(servers().ports);
  std::fprintf(stderr, "storing %d values that depend on one generation ...\n", kDependents);
  store_dependents(dependents_.get(), "million", kDependents);
  store_dependents(dependents_.get(), "ten", 10);

  constexpr int kSample = 1000;
  const int before = hits_among(dependents_.get(), "million", kDependents, kSample);
  const double first = microseconds([&] { invalidate(dependents_.get(), "million"); });
  const int after = hits_among(dependents_.get(), "million", kDependents, kSample);
  std::fprintf(stderr, "of a sample of %d, %d were hits before the first invalidation (%.0f us) and %d after it\n",
               kSample, before, first, after);
  if (before != kSample || after != 0) throw std::runtime_error("the dependents are not what they should be");
}

void Bench::invalidations(const std::string &placement) {
  add(compare_latency(
      "invalidate_1m_dependents" + placement, kInvalidations, [&](int) { invalidate(dependents_.get(), "million"); },
      [&](int) { invalidate(dependents_.get(), "ten"); }));
}

std::vector<Result> measure(Servers servers) { return Bench(std::move(servers)).run(); }

}  // namespace
}  // namespace gencache::bench

int main(int argc, char **argv) {
  return gencache::bench::run_suite("bench_core", argc, argv, gencache::bench::measure);
}
