#include "consistency/nemeses.h"

#include <algorithm>
#include <thread>

#include "consistency/shared.h"

namespace gencache::test {

using std::this_thread::sleep_for;

Nemeses::Nemeses(const Options &options, std::vector<MemcachedServer> &servers)
    : options_(options), servers_(servers), random_(options.seed) {}

void Nemeses::strike() {
  MemcachedServer &server = servers_[random_() % servers_.size()];
  const Kind kind = next();
  switch (kind) {
    case kKill:
      server.kill9();
      sleep_for(between(0, 60));
      server.restart();
      break;
    case kStop:  // sometimes for less than a call's budget, sometimes for longer
      server.stop();
      sleep_for(between(10, 250));
      server.cont();
      break;
    case kDeleteStamps:
      delete_stamps(server);
      break;
    case kFlush:
      server.flush_all();
      break;
    case kKinds:
      break;
  }
  ++counts_[kind];
  sleep_for(between(5, 50));
}

// The workers go on meanwhile, so each deletion falls between any two of their steps.
void Nemeses::delete_stamps(const MemcachedServer &server) {
  for (unsigned i = 0; i < 4; ++i) {
    const uint64_t choice = random_() % (options_.rows + 2);
    std::string stamp = std::string(kPrefix) + ":";
    if (choice < options_.rows) {
      stamp += "row:id=" + std::to_string(choice);
    } else if (choice == options_.rows) {
      stamp += "table";
    }
    if (server.remove(stamp)) ++deleted_stamps_;
    sleep_for(between(0, 3));
  }
}

Nemeses::Kind Nemeses::next() {
  if (round_.empty()) {
    for (unsigned kind = 0; kind < kKinds; ++kind) round_.push_back(static_cast<Kind>(kind));
    std::shuffle(round_.begin(), round_.end(), random_);
  }
  const Kind kind = round_.back();
  round_.pop_back();
  return kind;
}

const char *Nemeses::name(unsigned kind) {
  constexpr std::array<const char *, kKinds> kNames = {"kill -9 and restart", "SIGSTOP and SIGCONT", "delete stamps",
                                                       "flush_all"};
  return kNames[kind];
}

uint64_t Nemeses::rounds() const { return *std::min_element(counts_.begin(), counts_.end()); }

std::chrono::milliseconds Nemeses::between(unsigned low, unsigned high) {
  return std::chrono::milliseconds(low + random_() % (high - low + 1));
}

}  // namespace gencache::test
