// The core against plain libmemcached: what a hit and an invalidation cost. See script/bench.
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/harness.h"
#include "bench/pages.h"
#include "bench/placement.h"
#include "bench/reference.h"

namespace gencache::bench {
namespace {

constexpr int kDependents = 1'000'000;
constexpr Plan kHits = {.rounds = 800, .warm_up = 5, .operations = 25};
constexpr Plan kInvalidations = {.rounds = 300, .warm_up = 3, .operations = 15};

struct Servers {
  std::vector<uint16_t> ports;
  std::vector<pid_t> pids;

  std::span<const uint16_t> one() const { return std::span(ports).first(1); }
};

class Bench {
 public:
  explicit Bench(Servers servers) : servers_(std::move(servers)), cores_(usable_cores()) {
    if (cores_.size() < 2) throw std::runtime_error("two cores are needed to place client and servers on");
  }

  std::vector<Result> run() {
    print_heading();
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
    return std::move(results_);
  }

 private:
  void one_core() { place({cores_[0]}, {cores_[0]}); }
  void two_cores() { place({cores_[0]}, {cores_[1]}); }
  void place(const std::vector<int> &client, const std::vector<int> &servers) {
    pin(0, client);
    for (const pid_t server : servers_.pids) pin(server, servers);
  }

  void add(Result result) {
    print(result);
    results_.push_back(std::move(result));
  }

  void hits(const std::string &placement);
  void compare_to_plain_get(const std::string &name, std::span<const uint16_t> ports,
                            std::vector<const char *> generations);
  void compare_to_two_trips(const std::string &name);
  void record_overhead();
  void prepare_dependents();
  void invalidations(const std::string &placement);

  Servers servers_;
  std::vector<int> cores_;
  std::vector<Result> results_;
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
  compare_to_plain_get("get_hit_1_server" + placement, servers_.one(), kTwoGenerations);
  compare_to_plain_get("get_hit_3_servers" + placement, servers_.ports, kTwoGenerations);
  compare_to_two_trips("get_hit_vs_two_trips" + placement);
  compare_to_plain_get("get_hit_32_generations" + placement, servers_.one(), many_generations());
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
  const Cache cache = open(servers_.one());
  Pages pages(cache.get(), kTwoGenerations);
  pages.fill();
  Reference reference(servers_.one());
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
  const Cache cache = open(servers_.one());
  Pages pages(cache.get(), kTwoGenerations);
  pages.fill();
  const std::string key = pages.key(0);
  const std::string item = Reference(servers_.one()).get("gc/" + key);
  add(constant("record_overhead_bytes", "bytes", static_cast<double>(item.size() - kValueSize - key.size()),
               48 + 8 * 3));
}

// A million values that depend on `million`, ten that depend on `ten`, on three servers.
void Bench::prepare_dependents() {
  place(cores_, cores_);
  dependents_ = open(servers_.ports);
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

// PORT:PID
void parse_server(std::string_view text, Servers &servers) {
  uint16_t port = 0;
  pid_t pid = 0;
  const char *end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, port);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':' ||
      std::from_chars(first.ptr + 1, end, pid).ptr != end || pid <= 0) {
    throw std::invalid_argument("not PORT:PID: " + std::string(text));
  }
  servers.ports.push_back(port);
  servers.pids.push_back(pid);
}

int run(int argc, char **argv) {
  if (argc != 5) throw std::invalid_argument("usage: bench_core OUTPUT.json PORT:PID PORT:PID PORT:PID");
  Servers servers;
  for (int i = 2; i < argc; ++i) parse_server(argv[i], servers);
  write_json(argv[1], Bench(std::move(servers)).run());
  return 0;
}

}  // namespace
}  // namespace gencache::bench

int main(int argc, char **argv) {
  try {
    return gencache::bench::run(argc, argv);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "bench_core: %s\n", error.what());
    return 1;
  }
}
