#include "memcached/memcached_store.h"

#include <poll.h>

#include <algorithm>
#include <deque>

#include "memcached/conversation.h"
#include "memcached/signals.h"
#include "wall_clock.h"

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
void collect_all(std::deque<Conversation> &parts, Deadline deadline) {
  while (true) {
    std::vector<pollfd> sockets;
    std::vector<Conversation *> awaited;
    for (Conversation &part : parts) {
      if (!part.is_awaited()) continue;
      sockets.push_back({part.socket(), POLLIN, 0});
      awaited.push_back(&part);
    }
    if (awaited.empty()) return;
    if (awaited.size() == 1) {
      awaited[0]->collect();
      continue;
    }
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
      wiring_(options.servers.size() * options.connections, options.item_max + (std::size_t{64} << 10U)),
      ring_(options.servers) {
  for (const ServerOptions &server : options.servers) {
    servers_.push_back(std::make_unique<Server>(server, options.connections, wiring_));
  }
}

template <class Work>
Answer MemcachedStore::call(std::size_t server, Deadline deadline, Work work, Look look) {
  Answer answer = servers_[server]->call(deadline, look, work);
  if (!answer.ok()) answer.detail = server_name(server) + ": " + answer.detail;
  return answer;
}

Answer MemcachedStore::read(std::size_t server, const Key &key, const StampNames &more, Snapshot &snapshot,
                            Deadline deadline) {
  NameList names;
  names.add(key.wire());
  names.add_all(key.stamps());
  if (more.size() > 0) names.add_all(more);
  const auto work = [&](Connection &connection) {
    // A mask costs more than all else that is ours in a hit. On a connection that stands, libmemcached does not wait
    // by its own means, and starts again what a signal has interrupted.
    std::optional<BlockSignals> blocked;
    if (!connection.is_connected()) blocked.emplace();
    snapshot.value.reset();
    snapshot.stamps.assign(names.size() - 1, std::nullopt);
    snapshot.softened_ms.clear();
    if (Answer answer = connection.prepare(names.size()); !answer.ok()) return answer;
    if (Answer answer = connection.ask(names); !answer.ok()) return answer;
    bool evidence = false;
    return connection.receive(names, evidence, [&](std::size_t i, memcached_result_st &result) {
      if (i == 0) {
        snapshot.value = take_value(result);
      } else {
        snapshot.take_stamp(i - 1, value_of(result));
      }
    });
  };
  return call(server, deadline, work, Look::unless_fresh);
}

void MemcachedStore::exchange(std::span<Exchange> exchanges, Deadline deadline) {
  std::optional<BlockSignals> blocked;  // as in read()
  // Connections are taken in the order of the servers: two calls that took them crosswise would wait for each other.
  std::vector<Exchange *> by_server;
  for (Exchange &exchange : exchanges) by_server.push_back(&exchange);
  std::sort(by_server.begin(), by_server.end(), [](auto *a, auto *b) { return a->server < b->server; });
  std::deque<Conversation> parts;
  for (Exchange *exchange : by_server) parts.emplace_back(*exchange, *servers_[exchange->server], deadline);
  const auto is_due = [](const Conversation &part) { return part.is_due(); };
  while (std::any_of(parts.begin(), parts.end(), is_due)) {
    // They are taken and connected one after another: each gets its share of what is left, so that none starves the
    // others, and one share stays for their use.
    auto sharers = static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), is_due)) + (parts.size() > 1);
    bool is_delicate = false;
    for (Conversation &part : parts) {
      if (!part.is_due()) continue;
      part.take(sharers--);
      is_delicate = is_delicate || part.is_delicate();
    }
    if (is_delicate && !blocked) blocked.emplace();
    for (Conversation &part : parts) {
      if (part.is_due()) part.send();
    }
    collect_all(parts, deadline);
  }
  for (Exchange &exchange : exchanges) {
    if (!exchange.answer.ok()) exchange.answer.detail = server_name(exchange.server) + ": " + exchange.answer.detail;
  }
}

Answer MemcachedStore::plant(std::size_t server, const StampNames &names, LeasedStamps &stamps, Deadline deadline) {
  Exchange adds;
  adds.server = server;
  for (std::size_t i = 0; i < names.size(); ++i) {
    adds.writes.push_back({Exchange::Verb::add, names[i]});
    adds.names.push_back(names[i]);
  }
  exchange({&adds, 1}, deadline);
  if (!adds.answer.ok()) return std::move(adds.answer);
  stamps.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!adds.items[i]) {
      return {GC_ERR_REFUSED, server_name(server) + ": the server does not keep the stamp " + std::string(names[i])};
    }
    if (const auto stamp = decode_stamp(adds.items[i].view)) {
      stamps.push_back(*stamp);
    } else {  // somebody else's bytes stand there: no lease can rest on them
      Answer answer = overwrite(server, names[i], stamps.emplace_back(), deadline);
      if (!answer.ok()) return answer;
    }
  }
  return {};
}

Answer MemcachedStore::overwrite(std::size_t server, std::string_view name, Stamp &stamp, Deadline deadline) {
  const BlockSignals blocked;
  return call(server, deadline, [&](Connection &connection) {
    if (Answer answer = connection.greet(); !answer.ok()) return answer;
    make_fresh({&stamp, 1});  // on every attempt: what an earlier one sent may arrive late
    return connection.set(name, encode(stamp), Expiry(0));
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

// Our stamp is there: stored. None is there: nothing depends on it. Another one: maybe somebody invalidated after us,
// maybe the server could not store ours. Those are settled by plain commands, each of which is answered. The root is
// read back too: it is nearly always there, and a reply that holds nothing at all would be no evidence.
void MemcachedStore::replace(std::span<Invalidation> invalidations, Deadline deadline) {
  std::vector<Exchange> exchanges;
  for (const Invalidation &invalidation : invalidations) {
    Exchange &each = exchanges.emplace_back();
    each.server = invalidation.server;
    for (std::size_t i = 0; i < invalidation.names.size(); ++i) {
      if (!invalidation.is_soft) each.writes.push_back({Exchange::Verb::replace, invalidation.names[i]});
      each.names.push_back(invalidation.names[i]);
    }
    each.names.push_back(root_[0]);
  }
  // A soft one has a second step: a server that does not answer must not take the time for it from the others.
  const bool is_soft = !invalidations.empty() && invalidations[0].is_soft;
  exchange(exchanges, is_soft ? share_of(deadline, 2) : deadline);
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    invalidations[i].answer = std::move(exchanges[i].answer);
    if (invalidations[i].answer.ok()) settle_doubts(invalidations[i], exchanges[i], deadline);
  }
}

void MemcachedStore::settle_doubts(Invalidation &invalidation, const Exchange &exchange, Deadline deadline) {
  const bool evidence = exchange.shows_anything();
  std::vector<std::string_view> doubtful;
  for (std::size_t i = 0; i < invalidation.names.size(); ++i) {
    const Exchange::Item &item = exchange.items[i];
    const bool is_ours = item && !invalidation.is_soft && decode_stamp(item.view) == exchange.writes[i].stamp;
    if (!evidence || (item && !is_ours)) doubtful.push_back(invalidation.names[i]);
  }
  if (doubtful.empty()) return;
  const BlockSignals blocked;
  invalidation.answer = call(invalidation.server, deadline, [&](Connection &connection) {
    Answer answer = connection.greet();
    for (std::size_t i = 0; i < doubtful.size() && answer.ok(); ++i) {
      if (invalidation.is_soft) {
        answer = connection.soften(doubtful[i], wall_clock_ms());
      } else {
        Stamp fresh{};
        make_fresh({&fresh, 1});
        answer = connection.replace(doubtful[i], fresh);
      }
    }
    return answer;
  });
}

}  // namespace gencache::core
