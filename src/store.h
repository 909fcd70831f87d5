// What a cache needs of its servers. A store moves bytes and stamps; it knows nothing of records, leases or reasons.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gencache/gencache.h"
#include "key.h"
#include "stamp.h"

namespace gencache::core {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// When one of `sharers`, who come one after another, has used its share of what is left until `end`.
inline Deadline share_of(Deadline end, std::size_t sharers) {
  const Clock::time_point now = Clock::now();
  return now + std::max(end - now, Clock::duration::zero()) / static_cast<Clock::rep>(sharers);
}

/// How talking to a server ended: GC_OK, GC_ERR_UNAVAILABLE or GC_ERR_REFUSED, and what to tell about it.
struct [[nodiscard]] Answer {
  gc_status status = GC_OK;
  std::string detail;
  bool is_repeated = false;  // the server was not asked: it is left alone since an earlier call failed

  bool ok() const { return status == GC_OK; }
};

/// What bytes live in.
using Memory = std::vector<std::shared_ptr<const void>>;

/// Bytes that live as long as their owner is held; without one, as long as somebody holds their memory.
struct Bytes {
  std::shared_ptr<const void> owner;
  std::string_view view;
};

/// The stamps of some generations on one server; nothing where there is none, or something that is no stamp.
using Stamps = boost::container::small_vector<std::optional<Stamp>, 8>;

/// A value and its stamps as one server held them at one moment.
struct Snapshot {
  std::optional<Bytes> value;
  Stamps stamps;
  std::int64_t read_at_ms = 0;                                  // wall clock
  boost::container::small_vector<std::int64_t, 8> softened_ms;  // of the stamps; empty where no stamp has such a moment

  /// Takes what was found under the name of a stamp.
  void take_stamp(std::size_t i, std::string_view bytes) {
    stamps[i] = decode_stamp(bytes);
    if (bytes.size() <= sizeof(Stamp)) return;
    softened_ms.resize(stamps.size());
    softened_ms[i] = core::softened_ms(bytes);
  }

  /// A reply that shows nothing at all may be a refusal: libmemcached tells some of them like that.
  bool shows_anything() const {
    const auto is_there = [](const std::optional<Stamp> &stamp) { return stamp.has_value(); };
    return value || std::any_of(stamps.begin(), stamps.end(), is_there);
  }
};

/// A lease's stamps: none is missing.
using LeasedStamps = boost::container::small_vector<Stamp, 8>;

/// When an item may be dropped, in seconds as memcached takes them: 0 never, else from now on.
using Expiry = std::chrono::seconds;

/// What is to be invalidated on one server, and how that ended.
struct Invalidation {
  std::size_t server = 0;
  StampNames names;
  bool is_soft = false;
  Answer answer;
};

/// A message to one server, and what came back: quiet writes, then a read on the same connection, which shows what
/// became of them. The names are borrowed.
struct Exchange {
  enum class Verb : std::uint8_t { add, replace, erase };
  struct Write {
    Verb verb = Verb::add;
    std::string_view name;
    Stamp stamp{};  // what was written last: fresh for every attempt, unless it is a token
    bool is_token = false;
    Expiry expiry{0};
  };

  struct Item {
    std::string_view view;  // in memory[block]; without data: there is no such item
    std::size_t block = 0;

    explicit operator bool() const { return view.data() != nullptr; }
  };

  std::size_t server = 0;
  std::vector<Write> writes;
  std::vector<std::string_view> names;
  std::vector<Item> items;  // by the names
  Memory memory;
  Answer answer;

  bool shows_anything() const {
    return std::any_of(items.begin(), items.end(), [](const Item &item) { return static_cast<bool>(item); });
  }
};

/// Thread-safe. Every call ends by its deadline.
class Store {
 public:
  Store() = default;
  Store(const Store &) = delete;
  Store &operator=(const Store &) = delete;
  virtual ~Store() = default;

  virtual std::size_t server_count() const = 0;
  virtual std::string server_name(std::size_t server) const = 0;

  /// The server that holds the value `wire`, and beside it the stamps that value needs.
  virtual std::size_t route(std::string_view wire) const = 0;

  /// The largest item, as bytes of its name and its value together, that a server takes.
  virtual std::size_t item_limit() const = 0;

  /// Reads a value, its stamps and those named by `more` in one round trip.
  virtual Answer read(std::size_t server, const Key &key, const StampNames &more, Snapshot &snapshot,
                      Deadline deadline) = 0;

  /// Does several exchanges, each with another server, at once.
  virtual void exchange(std::span<Exchange> exchanges, Deadline deadline) = 0;

  /// Makes the stamps that are absent, and reads all of them back, in one round trip.
  virtual Answer plant(std::size_t server, const StampNames &names, LeasedStamps &stamps, Deadline deadline) = 0;

  virtual Answer write(std::size_t server, std::string_view wire, std::string_view record, Expiry expiry,
                       Deadline deadline) = 0;
  virtual Answer erase(std::size_t server, std::string_view wire, Deadline deadline) = 0;

  /// Puts fresh stamps in place of those that are there, or softened ones, on all the servers at once, and tells each
  /// its answer.
  virtual void replace(std::span<Invalidation> invalidations, Deadline deadline) = 0;

  /// Closes the sockets that a forked child has inherited, taking no lock and sending nothing.
  virtual void abandon() = 0;
};

}  // namespace gencache::core
