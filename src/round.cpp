#include "round.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "wall_clock.h"

namespace gencache::core {
namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

std::uint32_t add(Exchange &exchange, std::string_view name) {
  exchange.names.push_back(name);
  return static_cast<std::uint32_t>(exchange.names.size() - 1);
}

}  // namespace

Round::Round(Store &store, std::size_t values)
    : store_(store), sheet_of_(store.server_count(), nowhere), values_(values), heard_group_(nowhere) {
  places_.reserve(values);
}

void Round::write_down(const Asked &asked) {
  Place &place = places_.emplace_back();
  place.sheet = sheet_of(asked.server);
  Exchange &exchange = exchanges_[place.sheet];
  // Before the value: whoever fills it gives the lock back afterwards, so where the lock is gone, the value is there.
  if (!asked.lock.empty()) {
    exchange.writes.push_back({Exchange::Verb::add, asked.lock, asked.token, true, asked.lock_lifetime});
    place.lock = add(exchange, asked.lock);
  }
  place.value = add(exchange, asked.key->wire());
  place.group = group_of(asked, place.sheet);
}

std::uint32_t Round::sheet_of(std::size_t server) {
  if (sheet_of_[server] == nowhere) {
    sheet_of_[server] = static_cast<std::uint32_t>(sheets_.size());
    sheets_.emplace_back();
    exchanges_.emplace_back().server = server;
    exchanges_.back().names.reserve(values_ + 8);
  }
  return sheet_of_[server];
}

std::uint32_t Round::group_of(const Asked &asked, std::uint32_t sheet) {
  if (asked.more == nullptr && asked.key->stem() == sheets_[sheet].last_stem) return sheets_[sheet].last_group;
  Group &group = groups_.emplace_back();
  for (const StampNames *names : {&asked.key->stamps(), asked.more}) {
    for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
      group.push_back(add_stamp((*names)[i], asked.plants, sheet));
    }
  }
  sheets_[sheet].last_stem = asked.more == nullptr ? asked.key->stem() : nullptr;
  sheets_[sheet].last_group = static_cast<std::uint32_t>(groups_.size() - 1);
  return sheets_[sheet].last_group;
}

std::uint32_t Round::add_stamp(std::string_view name, bool plants, std::uint32_t sheet) {
  const auto [known, is_new] = sheets_[sheet].stamps.try_emplace(name, 0);
  if (is_new) {
    known->second = add(exchanges_[sheet], name);
    if (plants) exchanges_[sheet].writes.push_back({Exchange::Verb::add, name});
  }
  return known->second;
}

void Round::send(Deadline deadline) {
  const auto is_to_be_sent = [](const Exchange &exchange) { return exchange.answer.ok(); };
  if (std::all_of(exchanges_.begin(), exchanges_.end(), is_to_be_sent)) {
    store_.exchange(exchanges_, deadline);
  } else {
    std::vector<Exchange> sent;
    std::copy_if(exchanges_.begin(), exchanges_.end(), std::back_inserter(sent), is_to_be_sent);
    store_.exchange(sent, deadline);
    auto back = sent.begin();
    for (Exchange &exchange : exchanges_) {
      if (is_to_be_sent(exchange)) exchange = std::move(*back++);
    }
  }
  heard_.snapshot.read_at_ms = wall_clock_ms();
}

Heard &Round::hear(std::size_t i) {
  const Place &place = places_[i];
  const Exchange &exchange = exchanges_[place.sheet];
  heard_.answer = &exchange.answer;
  heard_.snapshot.value.reset();
  heard_.lock.reset();
  if (!exchange.answer.ok()) return heard_;
  if (std::exchange(heard_group_, place.group) != place.group) read_stamps(groups_[place.group], exchange);
  if (const Exchange::Item &item = exchange.items[place.value]) {
    heard_.snapshot.value = Bytes{is_memory_given_ ? nullptr : exchange.memory[item.block], item.view};
  }
  if (place.lock) heard_.lock = decode_stamp(exchange.items[*place.lock].view);
  return heard_;
}

void Round::read_stamps(const Group &group, const Exchange &exchange) {
  heard_.snapshot.stamps.assign(group.size(), std::nullopt);
  heard_.snapshot.softened_ms.clear();
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (const Exchange::Item &item = exchange.items[group[i]]) heard_.snapshot.take_stamp(i, item.view);
  }
}

void Round::give_memory_to(Memory &memory) {
  is_memory_given_ = true;
  for (Exchange &exchange : exchanges_) {
    std::move(exchange.memory.begin(), exchange.memory.end(), std::back_inserter(memory));
  }
}

}  // namespace gencache::core
