#include "memory_store.h"

#include <xxhash.h>

#include <algorithm>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <mutex>

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

  /// Stores what `make()` returns unless something is there; returns what is there then.
  template <class Make>
  std::shared_ptr<const std::string> add(std::string_view name, Make make) {
    const std::lock_guard lock(mutex_);
    const auto item = find(name);
    if (item != items_.get<1>().end() && decode_stamp(*item->data)) return item->data;
    return put(name, make(), Deadline::max());
  }

  template <class Make>
  void replace(std::string_view name, Make make) {
    const std::lock_guard lock(mutex_);
    if (find(name) != items_.get<1>().end()) put(name, make(), Deadline::max());
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

std::string fresh() {
  Stamp stamp{};
  make_fresh({&stamp, 1});
  return encode(stamp);
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

Answer MemoryStore::read(std::size_t, const Key &key, Snapshot &snapshot, Deadline) {
  if (auto data = shard(key.wire()).get(key.wire())) {
    const std::string_view view = *data;
    snapshot.value = Bytes{std::move(data), view};
  }
  for (std::size_t i = 0; i < key.stamps().size(); ++i) {
    const auto data = shard(key.stamps()[i]).get(key.stamps()[i]);
    snapshot.stamps.push_back(data ? decode_stamp(*data) : std::nullopt);
  }
  return {};
}

Answer MemoryStore::plant(std::size_t, const StampNames &names, LeasedStamps &stamps, Deadline) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    stamps.push_back(*decode_stamp(*shard(names[i]).add(names[i], fresh)));
  }
  return {};
}

Answer MemoryStore::write(std::size_t, std::string_view wire, std::string_view record, Expiry expiry, Deadline) {
  // Beyond a century the clock's own range would be left; the record knows its lifetime exactly.
  constexpr Expiry century{std::int64_t{100} * 365 * 86400};
  const Deadline expires = expiry.count() == 0 || expiry > century ? Deadline::max() : Clock::now() + expiry;
  shard(wire).set(wire, std::string(record), expires);
  return {};
}

Answer MemoryStore::erase(std::size_t, std::string_view wire, Deadline) {
  shard(wire).erase(wire);
  return {};
}

void MemoryStore::replace(std::span<Invalidation> invalidations, Deadline) {
  for (const Invalidation &invalidation : invalidations) {
    for (std::size_t i = 0; i < invalidation.names.size(); ++i) {
      shard(invalidation.names[i]).replace(invalidation.names[i], fresh);
    }
  }
}

}  // namespace gencache::core
