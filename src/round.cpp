#include "round.h"

#include <limits>
#include <unordered_map>

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

// Where the items of one value stand in the reply.
struct Place {
  std::uint32_t sheet = 0;
  std::uint32_t value = 0;
  std::uint32_t lock = nowhere;
  boost::container::small_vector<std::uint32_t, 8> stamps;
};

Place write_down(const Asked &asked, Sheet &sheet) {
  Place place;
  place.value = sheet.add(asked.key->wire());
  for (const StampNames *names : {&asked.key->stamps(), asked.more}) {
    for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
      place.stamps.push_back(sheet.add_stamp((*names)[i], place.stamps.size(), asked.plants));
    }
  }
  if (!asked.lock.empty()) {
    sheet.exchange.writes.push_back({Exchange::Verb::add, asked.lock, asked.token, true, asked.lock_lifetime});
    place.lock = sheet.add(asked.lock);
  }
  return place;
}

Heard read_off(const Place &place, const Exchange &exchange) {
  Heard heard;
  heard.answer = exchange.answer;
  if (!heard.answer.ok()) return heard;
  heard.snapshot.value = exchange.items[place.value];
  heard.snapshot.stamps.resize(place.stamps.size());
  for (std::size_t i = 0; i < place.stamps.size(); ++i) {
    if (const auto &item = exchange.items[place.stamps[i]]) heard.snapshot.take_stamp(i, item->view);
  }
  if (place.lock != nowhere && exchange.items[place.lock]) heard.lock = decode_stamp(exchange.items[place.lock]->view);
  return heard;
}

}  // namespace

std::vector<Heard> ask(Store &store, std::span<const Asked> asked, Deadline deadline) {
  std::vector<std::uint32_t> sheet_of(store.server_count(), nowhere);
  std::vector<Sheet> sheets;
  std::vector<Place> places;
  places.reserve(asked.size());
  for (const Asked &each : asked) {
    std::uint32_t &sheet = sheet_of[each.server];
    if (sheet == nowhere) {
      sheet = static_cast<std::uint32_t>(sheets.size());
      sheets.emplace_back(each.server);
    }
    places.push_back(write_down(each, sheets[sheet]));
    places.back().sheet = sheet;
  }
  std::vector<Exchange> exchanges;
  for (Sheet &sheet : sheets) exchanges.push_back(std::move(sheet.exchange));
  store.exchange(exchanges, deadline);
  std::vector<Heard> heard;
  heard.reserve(asked.size());
  for (const Place &place : places) heard.push_back(read_off(place, exchanges[place.sheet]));
  return heard;
}

}  // namespace gencache::core
