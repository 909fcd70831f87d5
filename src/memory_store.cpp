#include "memory_store.h"

#include <xxhash.h>

#include <algorithm>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <mutex>

#include "wall_clock.h"

namespace gencache::core {
namespace {

namespace mi = boost::multi_index;

struct Item {
  std::string name;
  std::shared_ptr<const std::string> data;
  Deadline expires;
};

// What an item costs beyond its bytes: the node, two index links, the shared string. Rather too much than too little.
constexpr std::size_t upkeep = 192;

std::size_t cost(std::string_view name, std::string_view data) { return name.size() + data.size() + upkeep; }

struct NameHash {
  std::size_t operator()(std::string_view name) const { return XXH3_64bits(name.data(), name.size()); }
};
struct NameEqual {
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

using Items = mi::multi_index_container<
    Item, mi::indexed_by<mi::sequenced<>,  // most recently used first
                         mi::hashed_unique<mi::member<Item, std::string, &Item::name>, NameHash, NameEqual>>>;

std::size_t shards_for(std::size_t capacity) {
  constexpr std::size_t smallest_shard = std::size_t{4} << 20U;
  return std::clamp<std::size_t>(capacity / smallest_shard, 1, 16);
}

}  // namespace

class MemoryStore::Shard {
 public:
  explicit Shard(std::size_t capacity) : capacity_(capacity) {}

  std::shared_ptr<const std::string> get(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto item = find(name);
    return item == items_.get<1>().end() ? nullptr : item->data;
  }

  void set(std::string_view name, std::string data, Deadline expires) {
    const std::lock_guard lock(mutex_);
    put(name, std::move(data), expires);
  }

  /// Stores `stamp` unless one is there; returns what is there then.
  std::shared_ptr<const std::string> add(std::string_view name, Stamp stamp, Deadline expires) {
    const std::lock_guard lock(mutex_);
    const auto item = find(name);
    if (item != items_.get<1>().end() && decode_stamp(*item->data)) return item->data;
    return put(name, encode(stamp), expires);
  }

  void replace(std::string_view name, Stamp stamp) {
    const std::lock_guard lock(mutex_);
    if (find(name) != items_.get<1>().end()) put(name, encode(stamp), Deadline::max());
  }

  void soften(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto item = find(name);
    if (item == items_.get<1>().end()) return;
    if (const auto stamp = decode_stamp(*item->data)) {
      put(name, encode(softened(*stamp), wall_clock_ms()), Deadline::max());
    }
  }

  void erase(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto item = find(name);
    if (item != items_.get<1>().end()) drop(item);
  }

 private:
  using ByName = Items::nth_index<1>::type;

  ByName::iterator find(std::string_view name) {
    auto &by_name = items_.get<1>();
    const auto item = by_name.find(name);
    if (item == by_name.end()) return item;
    if (item->expires != Deadline::max() && item->expires <= Clock::now()) {
      drop(item);
      return by_name.end();
    }
    items_.relocate(items_.begin(), items_.project<0>(item));
    return item;
  }

  void drop(ByName::iterator item) {
    used_ -= cost(item->name, *item->data);
    items_.get<1>().erase(item);
  }

  std::shared_ptr<const std::string> put(std::string_view name, std::string data, Deadline expires) {
    auto shared = std::make_shared<const std::string>(std::move(data));
    auto &by_name = items_.get<1>();
    if (const auto old = by_name.find(name); old != by_name.end()) drop(old);
    items_.push_front({std::string(name), shared, expires});
    used_ += cost(name, *shared);
    while (used_ > capacity_) drop(items_.project<1>(std::prev(items_.end())));
    return shared;
  }

  std::mutex mutex_;
  Items items_;
  std::size_t used_ = 0;
  const std::size_t capacity_;
};

namespace {

Stamp fresh() {
  Stamp stamp{};
  make_fresh({&stamp, 1});
  return stamp;
}

// Beyond a century the clock's own range would be left; the record knows its lifetime exactly.
Deadline moment_of(Expiry expiry) {
  constexpr Expiry century{std::int64_t{100} * 365 * 86400};
  return expiry.count() == 0 || expiry > century ? Deadline::max() : Clock::now() + expiry;
}

Bytes bytes_of(std::shared_ptr<const std::string> data) {
  const std::string_view view = *data;
  return {std::move(data), view};
}

}  // namespace

MemoryStore::MemoryStore(std::size_t capacity) : shard_capacity_(capacity / shards_for(capacity)) {
  for (std::size_t i = shards_for(capacity); i > 0; --i) shards_.push_back(std::make_unique<Shard>(shard_capacity_));
}

MemoryStore::~MemoryStore() = default;

// A shard must have room for a value and for the stamps it needs, or nothing would ever be a hit.
std::size_t MemoryStore::item_limit() const { return shard_capacity_ / 2 - upkeep; }

MemoryStore::Shard &MemoryStore::shard(std::string_view name) {
  // The upper half of the hash: the lower one picks the bucket inside the shard.
  return *shards_[(NameHash()(name) >> 32U) % shards_.size()];
}

Answer MemoryStore::read(std::size_t, const Key &key, const StampNames &more, Snapshot &snapshot, Deadline) {
  snapshot.value.reset();
  if (auto data = shard(key.wire()).get(key.wire())) snapshot.value = bytes_of(std::move(data));
  snapshot.stamps.assign(key.stamps().size() + more.size(), std::nullopt);
  snapshot.softened_ms.clear();
  std::size_t i = 0;
  for (const StampNames *names : {&key.stamps(), &more}) {
    for (std::size_t n = 0; n < names->size(); ++n, ++i) {
      if (const auto data = shard((*names)[n]).get((*names)[n])) snapshot.take_stamp(i, *data);
    }
  }
  return {};
}

void MemoryStore::write_quietly(Exchange::Write &write) {
  if (!write.is_token) write.stamp = fresh();
  switch (write.verb) {
    case Exchange::Verb::add:
      shard(write.name).add(write.name, write.stamp, moment_of(write.expiry));
      break;
    case Exchange::Verb::replace:
      shard(write.name).replace(write.name, write.stamp);
      break;
    case Exchange::Verb::erase:
      shard(write.name).erase(write.name);
      break;
  }
}

void MemoryStore::exchange(std::span<Exchange> exchanges, Deadline) {
  for (Exchange &exchange : exchanges) {
    for (Exchange::Write &write : exchange.writes) write_quietly(write);
    for (const std::string_view name : exchange.names) {
      Exchange::Item &item = exchange.items.emplace_back();
      if (auto data = shard(name).get(name)) {
        item = {*data, exchange.memory.size()};
        exchange.memory.push_back(std::move(data));
      }
    }
  }
}

Answer MemoryStore::plant(std::size_t, const StampNames &names, LeasedStamps &stamps, Deadline) {
  stamps.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    stamps.push_back(*decode_stamp(*shard(names[i]).add(names[i], fresh(), Deadline::max())));
  }
  return {};
}

Answer MemoryStore::write(std::size_t, std::string_view wire, std::string_view record, Expiry expiry, Deadline) {
  shard(wire).set(wire, std::string(record), moment_of(expiry));
  return {};
}

Answer MemoryStore::erase(std::size_t, std::string_view wire, Deadline) {
  shard(wire).erase(wire);
  return {};
}

void MemoryStore::replace(std::span<Invalidation> invalidations, Deadline) {
  for (const Invalidation &invalidation : invalidations) {
    for (std::size_t i = 0; i < invalidation.names.size(); ++i) {
      Shard &place = shard(invalidation.names[i]);
      if (invalidation.is_soft) {
        place.soften(invalidation.names[i]);
      } else {
        place.replace(invalidation.names[i], fresh());
      }
    }
  }
}

}  // namespace gencache::core
