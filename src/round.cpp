#include "round.h"

#include <limits>
#include <unordered_map>
#include <utility>

namespace gencache::core {
namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

// The exchange with one server while it is put together.
class Sheet {
 public:
  explicit Sheet(std::size_t server) { exchange.server = server; }

  std::uint32_t add(std::string_view name) {
    exchange.names.push_back(name);
    return static_cast<std::uint32_t>(exchange.names.size() - 1);
  }

  // The stamps of values that are asked for together are mostly the same, at the same place.
  std::uint32_t add_stamp(std::string_view name, std::size_t place, bool plants) {
    if (place < last_.size() && exchange.names[last_[place]] == name) return last_[place];
    const auto [known, is_new] = stamps_.try_emplace(name, 0);
    if (is_new) {
      known->second = add(name);
      if (plants) exchange.writes.push_back({Exchange::Verb::add, name});
    }
    if (last_.size() <= place) last_.resize(place + 1, known->second);
    last_[place] = known->second;
    return known->second;
  }

  Exchange exchange;

 private:
  std::vector<std::uint32_t> last_;
  std::unordered_map<std::string_view, std::uint32_t> stamps_;
};

// Where the items of one value stand in the reply of its server.
struct Place {
  std::uint32_t sheet = 0;
  std::uint32_t value = 0;
  std::uint32_t lock = nowhere;
  std::uint32_t stamps = 0;  // how many, one after the other in a list of all values'
};

class Round {
 public:
  Round(Store &store, std::size_t values) : store_(store), sheet_of_(store.server_count(), nowhere) {
    places_.reserve(values);
    stamps_.reserve(values * 4);
  }

  void write_down(const Asked &asked) {
    Place &place = places_.emplace_back();
    place.sheet = sheet_of(asked.server);
    Sheet &sheet = sheets_[place.sheet];
    place.value = sheet.add(asked.key->wire());
    for (const StampNames *names : {&asked.key->stamps(), asked.more}) {
      for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
        stamps_.push_back(sheet.add_stamp((*names)[i], place.stamps++, asked.plants));
      }
    }
    if (asked.lock.empty()) return;
    sheet.exchange.writes.push_back({Exchange::Verb::add, asked.lock, asked.token, true, asked.lock_lifetime});
    place.lock = sheet.add(asked.lock);
  }

  void ask(Deadline deadline, const std::function<void(std::size_t, Heard &)> &on_heard) {
    std::vector<Exchange> exchanges;
    for (Sheet &sheet : sheets_) exchanges.push_back(std::move(sheet.exchange));
    store_.exchange(exchanges, deadline);
    Heard heard;
    const std::uint32_t *stamps = stamps_.data();
    for (std::size_t i = 0; i < places_.size(); ++i) {
      read_off(places_[i], stamps, exchanges[places_[i].sheet], heard);
      stamps += places_[i].stamps;
      on_heard(i, heard);
    }
  }

 private:
  std::uint32_t sheet_of(std::size_t server) {
    if (sheet_of_[server] == nowhere) {
      sheet_of_[server] = static_cast<std::uint32_t>(sheets_.size());
      sheets_.emplace_back(server);
    }
    return sheet_of_[server];
  }

  static void read_off(const Place &place, const std::uint32_t *stamps, Exchange &exchange, Heard &heard) {
    heard.answer = &exchange.answer;
    heard.snapshot.value.reset();
    heard.snapshot.stamps.assign(place.stamps, std::nullopt);
    heard.snapshot.softened_ms.clear();
    heard.lock.reset();
    if (!heard.answer->ok()) return;
    heard.snapshot.value = std::move(exchange.items[place.value]);
    for (std::size_t i = 0; i < place.stamps; ++i) {
      if (const auto &item = exchange.items[stamps[i]]) heard.snapshot.take_stamp(i, item->view);
    }
    if (place.lock == nowhere || !exchange.items[place.lock]) return;
    heard.lock = decode_stamp(exchange.items[place.lock]->view);
  }

  Store &store_;
  std::vector<std::uint32_t> sheet_of_;  // of each server
  std::vector<Sheet> sheets_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> stamps_;
};

}  // namespace

void ask(Store &store, std::span<const Asked> asked, Deadline deadline,
         const std::function<void(std::size_t, Heard &)> &on_heard) {
  Round round(store, asked.size());
  for (const Asked &each : asked) round.write_down(each);
  round.ask(deadline, on_heard);
}

}  // namespace gencache::core
