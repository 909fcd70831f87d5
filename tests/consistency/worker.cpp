#include "consistency/worker.h"

#include <array>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace gencache::test {
namespace {

// A value says whose it is, so that another key's value is noticed.
struct Page {
  uint32_t row;
  uint32_t page;
  uint64_t version;  // of the row when it was computed
};

constexpr std::array<const char *, 2> kGenerations = {"table", "row:id"};

std::array<gc_arg, 2> arguments(unsigned row, unsigned page) { return {gc_int("id", row), gc_int("page", page)}; }

void pause(unsigned microseconds) { std::this_thread::sleep_for(std::chrono::microseconds(microseconds)); }

// What no call should return: the test itself is wrong, or the library is.
[[noreturn]] void give_up(const char *what, const gc_error *error) {
  throw std::runtime_error(std::string(what) + ": " + gc_status_name(gc_error_status(error)) + ": " +
                           gc_error_message(error));
}

void report(const char *kind, const Page &found, unsigned row, unsigned page, uint64_t floor, uint64_t committed) {
  std::fprintf(stderr,
               "%s: row %u page %u: hit row %u page %u version %" PRIu64 ", floor %" PRIu64 ", committed %" PRIu64 "\n",
               kind, row, page, found.row, found.page, found.version, floor, committed);
}

}  // namespace

Worker::Worker(const Options &options, Shared &shared, const std::string &url, unsigned index)
    : options_(options), shared_(shared), random_(options.seed + 1 + index) {
  gc_error *error = nullptr;
  cache_ = gc_open(url.c_str(), &error);
  if (cache_ == nullptr) give_up("gc_open", error);
}

void Worker::run() {
  while (!shared_.stop) {
    const unsigned row = below(options_.rows);
    if (below(100) >= options_.writes_in_100) {
      read(row, below(options_.pages));
    } else if (below(20) == 0) {
      write_table();
    } else {
      write_row(row);
    }
  }
}

void Worker::read(unsigned row, unsigned page) {
  const uint64_t floor = shared_.rows[row].acked;
  const auto args = arguments(row, page);
  gc_entry *entry = nullptr;
  const gc_status status = timed([&](gc_error **error) {
    return gc_get(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), &entry, error);
  });
  if (status == GC_OK) {
    ++shared_.hits;
    judge(entry, row, page, floor);
  } else {
    ++shared_.misses[static_cast<unsigned>(gc_entry_reason(entry)) % kReasons];
    if (status == GC_MISS) {
      fill(entry, row, page);
    } else {
      pause(1000);  // a closed gate fails at once: do not spin on it
    }
  }
  if (status >= 0) ++shared_.operations;
  gc_entry_free(entry);
}

void Worker::judge(const gc_entry *entry, unsigned row, unsigned page, uint64_t floor) {
  Page found = {};
  const bool whole = gc_entry_size(entry) == sizeof found;
  if (whole) std::memcpy(&found, gc_entry_data(entry), sizeof found);
  const uint64_t committed = shared_.rows[row].committed;

  const char *kind = nullptr;
  if (!whole || found.row != row || found.page != page) {
    kind = "FOREIGN";
    ++shared_.foreign;
  } else if (found.version < floor) {
    kind = "STALE";
    ++shared_.stale;
  } else if (found.version > committed) {
    kind = "FUTURE";
    ++shared_.future;
  }
  if (kind != nullptr && shared_.violations++ < 10) report(kind, found, row, page, floor, committed);
}

void Worker::fill(gc_entry *miss, unsigned row, unsigned page) {
  const Page value = {row, page, compute(row)};
  const gc_status status = timed([&](gc_error **error) {
    if (options_.mutant != Mutant::kLateLease) return gc_fill(miss, &value, sizeof value, nullptr, error);
    const auto args = arguments(row, page);
    return gc_set(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), &value, sizeof value,
                  nullptr, error);
  });
  ++(status == GC_OK ? shared_.fills : shared_.fills_failed);
}

// The row is read at the start: what a computation returns is as old as its beginning.
uint64_t Worker::compute(unsigned row) {
  const uint64_t version = shared_.rows[row].committed;
  if (below(2) == 0) pause(below(300));
  return version;
}

void Worker::write_row(unsigned row) {
  const uint64_t version = ++shared_.rows[row].committed;
  const gc_arg id = gc_int("id", row);
  if (invalidate([&](gc_error **error) { return gc_invalidate(cache_, "row:id", &id, 1, error); })) {
    raise_to(shared_.rows[row].acked, version);
  }
}

// Every row at once, by the generation that all values share or by a clear.
void Worker::write_table() {
  std::array<uint64_t, kMaxRows> versions = {};
  for (unsigned row = 0; row < options_.rows; ++row) versions[row] = ++shared_.rows[row].committed;
  const bool clear = below(4) == 0;
  const bool done = invalidate([&](gc_error **error) {
    return clear ? gc_clear(cache_, error) : gc_invalidate(cache_, "table", nullptr, 0, error);
  });
  if (!done) return;
  for (unsigned row = 0; row < options_.rows; ++row) raise_to(shared_.rows[row].acked, versions[row]);
}

// True if it is acknowledged. What failed is not retried here: the floor stays where it is, and the next write of the
// row covers this one.
bool Worker::invalidate(const std::function<gc_status(gc_error **)> &call) {
  if (options_.mutant != Mutant::kSkipInvalidate && timed(call) != GC_OK) {
    ++shared_.invalidations_failed;
    pause(1000);
    return false;
  }
  ++shared_.invalidations;
  ++shared_.operations;
  return true;
}

// Servers that fail are expected here; anything else ends the test.
gc_status Worker::timed(const std::function<gc_status(gc_error **)> &call) {
  gc_error *error = nullptr;
  const auto start = std::chrono::steady_clock::now();
  const gc_status status = call(&error);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  raise_to(shared_.longest_us, static_cast<uint64_t>(took.count()));
  if (status < 0 && status != GC_ERR_UNAVAILABLE && status != GC_ERR_REFUSED) give_up("a call", error);
  gc_error_free(error);
  return status;
}

}  // namespace gencache::test
