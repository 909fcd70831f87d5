#include "memcached/memcached_store.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <new>

#include "memcached/replacement.h"
#include "memcached/signals.h"

namespace gencache::core {
namespace {

// Room that memcached needs in an item beside its name and its value.
constexpr std::size_t item_upkeep = 512;

std::chrono::milliseconds left_until(Deadline deadline) {
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
}

std::string_view value_of(const memcached_result_st &result) {
  return {memcached_result_value(&result), memcached_result_length(&result)};
}

// A small value is copied, into one allocation of its size; a large one changes hands.
Bytes take_value(memcached_result_st &result) {
  constexpr std::size_t small = 4096;
  const std::string_view value = value_of(result);
  if (value.size() <= small) {
    auto copy = std::make_shared_for_overwrite<char[]>(value.size());
    std::copy(value.begin(), value.end(), copy.get());
    return {copy, {copy.get(), value.size()}};
  }
  const std::shared_ptr<const void> owner(memcached_result_take_value(&result), std::free);
  if (!owner) throw std::bad_alloc();
  return {owner, {static_cast<const char *>(owner.get()), value.size()}};
}

// memcached takes more than 30 days for a date, and dates as 32-bit numbers.
Expiry as_memcached_takes_it(Expiry expiry) {
  constexpr Expiry longest_span{2'592'000};
  constexpr std::int64_t last_date = 0x7FFFFFFF;
  if (expiry <= longest_span) return expiry;
  const std::int64_t now =
      std::chrono::duration_cast<Expiry>(std::chrono::system_clock::now().time_since_epoch()).count();
  return expiry.count() > last_date - now ? Expiry(0) : Expiry(now + expiry.count());
}

// Takes the replies as they come in; at the deadline, those that have not come are failures.
void collect_all(std::deque<Replacement> &parts, Deadline deadline) {
  while (true) {
    std::vector<pollfd> sockets;
    std::vector<Replacement *> awaited;
    for (Replacement &part : parts) {
      if (!part.is_awaited()) continue;
      sockets.push_back({part.socket(), POLLIN, 0});
      awaited.push_back(&part);
    }
    if (awaited.empty()) return;
    poll(sockets.data(), sockets.size(), static_cast<int>(std::max<std::int64_t>(left_until(deadline).count(), 0)));
    const bool is_over = Clock::now() >= deadline;
    for (std::size_t i = 0; i < awaited.size(); ++i) {
      const bool is_unwatched = sockets[i].fd < 0;  // then libmemcached has to wait itself
      if (is_over || is_unwatched || sockets[i].revents != 0) awaited[i]->collect();
    }
  }
}

}  // namespace

MemcachedStore::MemcachedStore(const Options &options)
    : item_limit_(options.item_max - item_upkeep),
      root_(root_stamp(options.prefix)),
      wiring_(options.servers.size() * options.connections, options.item_max + (std::size_t{64} << 10U),
              options.timeout),
      ring_(options.servers) {
  for (const ServerOptions &server : options.servers) {
    servers_.push_back(std::make_unique<Server>(server, options.connections, wiring_));
  }
}

template <class Work>
Answer MemcachedStore::call(std::size_t server, Deadline deadline, Work work) {
  Answer answer = servers_[server]->call(deadline, work);
  if (!answer.ok()) answer.detail = server_name(server) + ": " + answer.detail;
  return answer;
}

Answer MemcachedStore::read(std::size_t server, const Key &key, Snapshot &snapshot, Deadline deadline) {
  NameList names;
  names.add(key.wire());
  names.add(key.stamps());
  return call(server, deadline, [&](Connection &connection) {
    // A mask costs more than all else that is ours in a hit. On a connection that stands, the wait is our own, and a
    // signal in the rare wait of libmemcached's can only make this attempt fail: the next one is on a new connection.
    std::optional<BlockSignals> blocked;
    if (!connection.is_connected()) blocked.emplace();
    snapshot.value.reset();
    snapshot.stamps.assign(key.stamps().size(), std::nullopt);
    if (Answer answer = connection.prepare(names.size()); !answer.ok()) return answer;
    if (Answer answer = connection.ask(names); !answer.ok()) return answer;
    bool evidence = false;
    return connection.receive(names, evidence, [&](std::size_t i, memcached_result_st &result) {
      if (i == 0) {
        snapshot.value = take_value(result);
      } else {
        snapshot.stamps[i - 1] = decode_stamp(value_of(result));
      }
    });
  });
}

Answer MemcachedStore::plant(std::size_t server, const StampNames &stamp_names, LeasedStamps &stamps,
                             Deadline deadline) {
  NameList names;
  names.add(stamp_names);
  const BlockSignals blocked;
  return call(server, deadline, [&](Connection &connection) {
    if (Answer answer = connection.prepare(names.size()); !answer.ok()) return answer;
    stamps.resize(names.size());
    make_fresh({stamps.data(), stamps.size()});
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (Answer answer = connection.add_quietly(names[i], stamps[i]); !answer.ok()) return answer;
    }
    if (Answer answer = connection.ask(names); !answer.ok()) return answer;
    Stamps found(names.size());
    std::vector<bool> is_there(names.size());
    bool evidence = false;
    Answer answer = connection.receive(names, evidence, [&](std::size_t i, const memcached_result_st &result) {
      is_there[i] = true;
      found[i] = decode_stamp(value_of(result));
    });
    for (std::size_t i = 0; answer.ok() && i < names.size(); ++i) {
      if (!is_there[i]) return Answer{GC_ERR_REFUSED, "the server does not keep the stamp " + std::string(names[i])};
      if (found[i]) {
        stamps[i] = *found[i];
      } else {  // somebody else's bytes stand there: no lease can rest on them
        make_fresh({&stamps[i], 1});
        answer = connection.set(names[i], encode(stamps[i]), Expiry(0));
      }
    }
    return answer;
  });
}

Answer MemcachedStore::write(std::size_t server, std::string_view wire, std::string_view record, Expiry expiry,
                             Deadline deadline) {
  const BlockSignals blocked;
  return call(server, deadline, [&](Connection &connection) {
    if (Answer answer = connection.greet(); !answer.ok()) return answer;
    return connection.set(wire, record, as_memcached_takes_it(expiry));
  });
}

Answer MemcachedStore::erase(std::size_t server, std::string_view wire, Deadline deadline) {
  const BlockSignals blocked;
  return call(server, deadline, [&](Connection &connection) {
    if (Answer answer = connection.greet(); !answer.ok()) return answer;
    return connection.erase(wire);
  });
}

void MemcachedStore::replace(std::span<Invalidation> invalidations, Deadline deadline) {
  const BlockSignals blocked;
  std::deque<Replacement> parts;
  for (Invalidation &invalidation : invalidations) {
    parts.emplace_back(invalidation, *servers_[invalidation.server], root_[0], deadline);
  }
  const auto is_due = [](const Replacement &part) { return part.is_due(); };
  while (std::any_of(parts.begin(), parts.end(), is_due)) {
    // Connects come one after another: each gets its share of what is left, so that none starves the others.
    auto sharers = static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), is_due));
    for (Replacement &part : parts) {
      if (part.is_due()) part.send(sharers--);
    }
    collect_all(parts, deadline);
  }
  for (Replacement &part : parts) part.settle_doubts();
  for (Invalidation &invalidation : invalidations) {
    if (!invalidation.answer.ok()) {
      invalidation.answer.detail = server_name(invalidation.server) + ": " + invalidation.answer.detail;
    }
  }
}

}  // namespace gencache::core
