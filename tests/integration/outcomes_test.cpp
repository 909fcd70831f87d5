// What gc_fetch gives: for each state of the value, with whatever happens meanwhile, under each policy. One table.
#include <ostream>

#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

enum class State { hit, absent, expired, soft, hard, down };  // soft, hard: invalidated like that; down: the server
enum class Meanwhile { nothing, error, locked };              // error: the computation fails; locked: another computes

struct Outcome {
  gc_status status;
  int32_t reason;  // -1: there is no entry
  std::string value;
  bool is_computed;

  bool operator==(const Outcome &) const = default;
};

std::ostream &operator<<(std::ostream &out, const Outcome &outcome) {
  return out << gc_status_name(outcome.status) << ", " << gc_reason_name(outcome.reason) << ", \"" << outcome.value
             << "\", " << (outcome.is_computed ? "" : "not ") << "computed";
}

// The outcomes that there are.
const Outcome kHit{GC_OK, GC_REASON_HIT, "old", false};
Outcome computed(int32_t reason) { return {GC_OK, reason, "new", true}; }   // by this caller
Outcome stale(int32_t reason) { return {GC_STALE, reason, "old", false}; }  // instead of waiting
Outcome saved(int32_t reason) { return {GC_STALE, reason, "old", true}; }   // instead of the error
const Outcome kFailed{GC_ERR_ORIGIN, -1, "", true};                         // with the caller's own error

const int32_t kAbsent = GC_REASON_ABSENT;
const int32_t kExpired = GC_REASON_EXPIRED;
const int32_t kInvalid = GC_REASON_INVALIDATED;
const int32_t kAway = GC_REASON_UNAVAILABLE;

struct Row {
  State state;
  Meanwhile meanwhile;
  Outcome plain;
  Outcome stale_allowed;
  Outcome fail_safe;
};

// Who waits for another's lock is plain and patient for a moment; then it computes, too.
// clang-format off
const Row kTable[] = {
    // state         meanwhile            plain               stale allowed       fail-safe
    {State::hit,     Meanwhile::nothing,  kHit,               kHit,               kHit},
    {State::hit,     Meanwhile::error,    kHit,               kHit,               kHit},
    {State::hit,     Meanwhile::locked,   kHit,               kHit,               kHit},
    {State::absent,  Meanwhile::nothing,  computed(kAbsent),  computed(kAbsent),  computed(kAbsent)},
    {State::absent,  Meanwhile::error,    kFailed,            kFailed,            kFailed},
    {State::absent,  Meanwhile::locked,   computed(kAbsent),  computed(kAbsent),  computed(kAbsent)},
    {State::expired, Meanwhile::nothing,  computed(kExpired), computed(kExpired), computed(kExpired)},
    {State::expired, Meanwhile::error,    kFailed,            kFailed,            saved(kExpired)},
    {State::expired, Meanwhile::locked,   computed(kExpired), stale(kExpired),    computed(kExpired)},
    {State::soft,    Meanwhile::nothing,  computed(kInvalid), computed(kInvalid), computed(kInvalid)},
    {State::soft,    Meanwhile::error,    kFailed,            kFailed,            saved(kInvalid)},
    {State::soft,    Meanwhile::locked,   computed(kInvalid), stale(kInvalid),    computed(kInvalid)},
    {State::hard,    Meanwhile::nothing,  computed(kInvalid), computed(kInvalid), computed(kInvalid)},
    {State::hard,    Meanwhile::error,    kFailed,            kFailed,            kFailed},
    {State::hard,    Meanwhile::locked,   computed(kInvalid), computed(kInvalid), computed(kInvalid)},
    {State::down,    Meanwhile::nothing,  computed(kAway),    computed(kAway),    computed(kAway)},
    {State::down,    Meanwhile::error,    kFailed,            kFailed,            kFailed},
    {State::down,    Meanwhile::locked,   computed(kAway),    computed(kAway),    computed(kAway)},
};
// clang-format on

std::string text_of(const Row &row) {
  static const char *const states[] = {"hit", "absent", "expired", "softly invalidated", "hard invalidated", "down"};
  static const char *const meanwhiles[] = {"nothing", "an origin error", "another holds the lock"};
  return std::string(states[static_cast<int>(row.state)]) + ", " + meanwhiles[static_cast<int>(row.meanwhile)];
}

constexpr int64_t kLong = 60'000;

// One cell of the table: a value of its own in the state of its row, and one fetch.
class Cell {
 public:
  Cell(const Cache &cache, const Cache &other, int64_t number)
      : cache_(cache), other_(other), args_{gc_int("id", number)} {}

  void lock() {
    holder_ = begin(other_, names_, args_);
    ASSERT_EQ(holder_.status, GC_MISS);
  }

  void put(State state) {
    if (state == State::absent) return;
    const Options kept(
        Settings{.ttl_ms = state == State::expired ? 1 : kLong, .stale_for_ms = kLong, .fail_safe_ms = kLong});
    ASSERT_TRUE(cache_.set(names_, args_, "old", kept.get()).ok());
    if (state == State::soft) {
      ASSERT_TRUE(cache_.invalidate_soft({"row:id"}, args_).ok());
    } else if (state == State::hard) {
      ASSERT_TRUE(cache_.invalidate("row:id", args_).ok());
    } else if (state == State::expired) {
      ASSERT_TRUE(eventually([&] { return cache_.get(names_, args_).entry.reason() == GC_REASON_EXPIRED; }));
    }
  }

  Outcome fetched(bool fails, const Settings &policy) const {
    std::atomic<int> count{0};
    const Got got =
        fetch(cache_, names_, args_, counted(count, fails ? fails_with(77) : gives("new")), Options(policy).get());
    EXPECT_EQ(got.origin, got.status == GC_ERR_ORIGIN ? 77 : 0);
    EXPECT_EQ(got.entry.generation(),
              got.entry.reason() == GC_REASON_INVALIDATED ? "row:id=" + std::to_string(args_[0].value.as.i) : "");
    return {got.status, got.entry.reason(), got.data(), count > 0};
  }

 private:
  const Cache &cache_;
  const Cache &other_;
  const Names names_ = {"row", "row:id"};
  const Args args_;
  Got holder_;
};

class Outcomes : public EveryStore {
 protected:
  Cache cache = open();
  Cache second = in_memory() ? Cache("memory://") : open();
  int64_t cells = 0;

  const Cache &other() const { return in_memory() ? cache : second; }

  void expect(const Row &row, const Settings &policy, const Outcome &expected) {
    Cell cell(cache, other(), ++cells);
    if (row.meanwhile == Meanwhile::locked) cell.lock();
    cell.put(row.state);
    EXPECT_EQ(cell.fetched(row.meanwhile == Meanwhile::error, policy), expected);
  }

  void expect_away(const Row &row, const Settings &policy, const Outcome &expected) {
    MemcachedServer server;
    Cache its(server.url("timeout_ms=5000"));
    Cache others(server.url("timeout_ms=5000"));
    Cell cell(its, others, ++cells);
    if (row.meanwhile == Meanwhile::locked) cell.lock();
    cell.put(State::soft);
    server.kill9();
    EXPECT_EQ(cell.fetched(row.meanwhile == Meanwhile::error, policy), expected);
  }
};

TEST_P(Outcomes, Table) {
  const Settings plain{.wait_ms = 20};
  const Settings stale_allowed{.stale_for_ms = kLong, .wait_ms = 20};
  const Settings fail_safe{.fail_safe_ms = kLong, .wait_ms = 20};
  for (const Row &row : kTable) {
    if (row.state == State::down && GetParam() != Store::one_server) continue;
    const auto check = [&](const char *name, const Settings &policy, const Outcome &expected) {
      SCOPED_TRACE(text_of(row) + ", " + name);
      row.state == State::down ? expect_away(row, policy, expected) : expect(row, policy, expected);
    };
    check("plain", plain, row.plain);
    check("stale allowed", stale_allowed, row.stale_allowed);
    check("fail-safe", fail_safe, row.fail_safe);
  }
}

GENCACHE_ON_EVERY_STORE(Outcomes);

}  // namespace
}  // namespace gencache::test
