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
  // A lock that died with its server's connection is not waited for.
  patience_ = gc_options_new();
  if (gc_options_set_lock_ms(patience_, 2000, &error) != GC_OK ||
      gc_options_set_wait_ms(patience_, 200, &error) != GC_OK) {
    give_up("gc_options", error);
  }
}

Worker::~Worker() {
  gc_options_free(patience_);
  gc_close(cache_);
}

void Worker::run() {
  while (!shared_.stop) {
    if (below(100) < options_.writes_in_100) {
      below(20) == 0 ? write_table() : write_row(below(options_.rows));
      continue;
    }
    switch (below(8)) {
      case 0:
        fetch(somewhere());
        break;
      case 1:
        fetch_many();
        break;
      default:
        get(somewhere());
    }
  }
}

Worker::Place Worker::somewhere() {
  const unsigned row = below(options_.rows);
  return {row, below(options_.pages), shared_.rows[row].acked};
}

void Worker::get(const Place &place) {
  const auto args = arguments(place.row, place.page);
  gc_entry *entry = nullptr;
  const gc_status status = timed([&](gc_error **error) {
    return gc_get(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), &entry, error);
  });
  if (status == GC_OK) {
    ++shared_.hits;
    judge(entry, place);
  } else {
    ++shared_.misses[static_cast<unsigned>(gc_entry_reason(entry)) % kReasons];
    if (status == GC_MISS) {
      fill(entry, place);
    } else {
      pause(1000);  // a closed gate fails at once: do not spin on it
    }
  }
  if (status >= 0) ++shared_.operations;
  gc_entry_free(entry);
}

// A value that comes out of a fetch has the same promise, whoever has computed it.
void Worker::fetch(const Place &place) {
  const auto args = arguments(place.row, place.page);
  gc_entry *entry = nullptr;
  gc_error *error = nullptr;
  auto compute = [&](gc_entry *miss) { compute_into(miss, *this, place); };
  const auto call = [](void *payload, gc_entry *miss) { return (*static_cast<decltype(compute) *>(payload))(miss), 0; };
  if (gc_fetch(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), call, &compute, patience_,
               &entry, &error) != GC_OK) {
    give_up("gc_fetch", error);
  }
  judge(entry, place);
  ++shared_.fetched;
  ++shared_.operations;
  gc_entry_free(entry);
}

void Worker::fetch_many() {
  constexpr size_t n = 3;
  std::array<Place, n> places;
  std::array<std::array<gc_arg, 2>, n> arguments_of;
  std::array<const gc_arg *, n> args;
  std::array<size_t, n> n_args;
  std::array<gc_entry *, n> entries = {};
  for (size_t i = 0; i < n; ++i) {
    places[i] = somewhere();
    arguments_of[i] = arguments(places[i].row, places[i].page);
    args[i] = arguments_of[i].data();
    n_args[i] = arguments_of[i].size();
  }
  gc_error *error = nullptr;
  auto compute = [&](gc_entry *miss, size_t index) { compute_into(miss, *this, places[index]); };
  const auto call = [](void *payload, gc_entry *const *misses, const size_t *indexes, size_t count) {
    for (size_t i = 0; i < count; ++i) (*static_cast<decltype(compute) *>(payload))(misses[i], indexes[i]);
    return 0;
  };
  if (gc_fetch_many(cache_, kGenerations.data(), kGenerations.size(), args.data(), n_args.data(), n, call, &compute,
                    patience_, entries.data(), &error) != GC_OK) {
    give_up("gc_fetch_many", error);
  }
  for (size_t i = 0; i < n; ++i) judge(entries[i], places[i]);
  shared_.fetched += n;
  ++shared_.operations;
  gc_entries_free(entries.data(), n);
}

void Worker::judge(const gc_entry *entry, const Place &place) {
  const auto [row, page, floor] = place;
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

void Worker::fill(gc_entry *miss, const Place &place) {
  const Page value = {place.row, place.page, compute(place.row)};
  const gc_status status = timed([&](gc_error **error) {
    if (options_.mutant != Mutant::kLateLease) return gc_fill(miss, &value, sizeof value, nullptr, error);
    const auto args = arguments(place.row, place.page);
    return gc_set(cache_, kGenerations.data(), kGenerations.size(), args.data(), args.size(), &value, sizeof value,
                  nullptr, error);
  });
  ++(status == GC_OK ? shared_.fills : shared_.fills_failed);
}

// Whether it can be stored makes no difference to the caller of the fetch.
void Worker::compute_into(gc_entry *entry, Worker &worker, const Place &place) {
  const Page value = {place.row, place.page, worker.compute(place.row)};
  gc_fill(entry, &value, sizeof value, nullptr, nullptr);
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
  // To reads that allow no stale values, which all of these are, a soft one is as good.
  const bool is_soft = below(8) == 0;
  const bool is_done = invalidate([&](gc_error **error) {
    return is_soft ? gc_invalidate_soft(cache_, &kGenerations[1], 1, &id, 1, error)
                   : gc_invalidate(cache_, kGenerations[1], &id, 1, error);
  });
  if (is_done) raise_to(shared_.rows[row].acked, version);
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
