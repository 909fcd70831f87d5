#include "round.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>

#include "wall_clock.h"

namespace gencache::core {
namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

// The exchange with one server while it is put together.
struct Sheet {
  explicit Sheet(std::size_t server) { exchange.server = server; }

  std::uint32_t add(std::string_view name) {
    exchange.names.push_back(name);
    return static_cast<std::uint32_t>(exchange.names.size() - 1);
  }

  std::uint32_t add_stamp(std::string_view name, bool plants) {
    const auto [known, is_new] = stamps.try_emplace(name, 0);
    if (is_new) {
      known->second = add(name);
      if (plants) exchange.writes.push_back({Exchange::Verb::add, name});
    }
    return known->second;
  }

  Exchange exchange;
  std::unordered_map<std::string_view, std::uint32_t> stamps;
  const Stem *last_stem = nullptr;
  std::uint32_t last_group = 0;
};

// Stamps that one value needs, or several ones of one stem: where they stand in the reply.
using Group = std::vector<std::uint32_t>;

// Where the items of one value stand in the reply of its server.
struct Place {
  std::uint32_t sheet = 0;
  std::uint32_t group = 0;
  std::uint32_t value = 0;
  std::uint32_t lock = nowhere;
};

class Round {
 public:
  Round(Store &store, std::size_t values) : store_(store), sheet_of_(store.server_count(), nowhere), values_(values) {
    places_.reserve(values);
  }

  void write_down(const Asked &asked) {
    const std::uint32_t number = sheet_of(asked.server);
    Sheet &sheet = sheets_[number];
    Place &place = places_.emplace_back();
    place.sheet = number;
    // Before the value: whoever fills it gives the lock back afterwards, so where the lock is gone, the value is there.
    if (!asked.lock.empty()) {
      sheet.exchange.writes.push_back({Exchange::Verb::add, asked.lock, asked.token, true, asked.lock_lifetime});
      place.lock = sheet.add(asked.lock);
    }
    place.value = sheet.add(asked.key->wire());
    place.group = group_of(asked, sheet);
  }

  void ask(Memory *memory, Deadline deadline, const std::function<void(std::size_t, Heard &)> &on_heard) {
    std::vector<Exchange> exchanges;
    exchanges.reserve(sheets_.size());
    for (Sheet &sheet : sheets_) exchanges.push_back(std::move(sheet.exchange));
    store_.exchange(exchanges, deadline);
    Heard heard;
    heard.snapshot.read_at_ms = wall_clock_ms();
    std::uint32_t group = nowhere;  // whose stamps stand in the snapshot
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Place &place = places_[i];
      Exchange &exchange = exchanges[place.sheet];
      heard.answer = &exchange.answer;
      heard.snapshot.value.reset();
      heard.lock.reset();
      if (heard.answer->ok()) {
        if (place.group != group) read_stamps(groups_[place.group], exchange, heard.snapshot);
        group = place.group;
        if (const Exchange::Item &item = exchange.items[place.value]) {
          heard.snapshot.value = Bytes{memory == nullptr ? exchange.memory[item.block] : nullptr, item.view};
        }
        if (place.lock != nowhere) heard.lock = decode_stamp(exchange.items[place.lock].view);
      }
      on_heard(i, heard);
    }
    for (Exchange &exchange : exchanges) {
      if (memory != nullptr) std::move(exchange.memory.begin(), exchange.memory.end(), std::back_inserter(*memory));
    }
  }

 private:
  std::uint32_t sheet_of(std::size_t server) {
    if (sheet_of_[server] == nowhere) {
      sheet_of_[server] = static_cast<std::uint32_t>(sheets_.size());
      sheets_.emplace_back(server).exchange.names.reserve(values_ + 8);
    }
    return sheet_of_[server];
  }

  std::uint32_t group_of(const Asked &asked, Sheet &sheet) {
    if (asked.more == nullptr && asked.key->stem() == sheet.last_stem) return sheet.last_group;
    Group &group = groups_.emplace_back();
    for (const StampNames *names : {&asked.key->stamps(), asked.more}) {
      for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
        group.push_back(sheet.add_stamp((*names)[i], asked.plants));
      }
    }
    sheet.last_stem = asked.more == nullptr ? asked.key->stem() : nullptr;
    return sheet.last_group = static_cast<std::uint32_t>(groups_.size() - 1);
  }

  static void read_stamps(const Group &group, const Exchange &exchange, Snapshot &snapshot) {
    snapshot.stamps.assign(group.size(), std::nullopt);
    snapshot.softened_ms.clear();
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (const Exchange::Item &item = exchange.items[group[i]]) snapshot.take_stamp(i, item.view);
    }
  }

  Store &store_;
  std::vector<std::uint32_t> sheet_of_;  // of each server
  std::size_t values_;
  std::vector<Sheet> sheets_;
  std::vector<Group> groups_;
  std::vector<Place> places_;
};

}  // namespace

void ask(Store &store, std::span<const Asked> asked, Memory *memory, Deadline deadline,
         const std::function<void(std::size_t, Heard &)> &on_heard) {
  Round round(store, asked.size());
  for (const Asked &each : asked) round.write_down(each);
  round.ask(memory, deadline, on_heard);
}

}  // namespace gencache::core
