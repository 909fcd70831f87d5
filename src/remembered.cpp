#include "remembered.h"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <string>

namespace gencache::core {
namespace {

namespace mi = boost::multi_index;

struct Value {
  std::string wire;
  std::shared_ptr<const Known> known;
};

struct Hash {
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
};
struct Equal {
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

using Values = mi::multi_index_container<
    Value, mi::indexed_by<mi::sequenced<>,  // most recently used first
                          mi::hashed_unique<mi::member<Value, std::string, &Value::wire>, Hash, Equal>>>;

}  // namespace

struct Remembered::Table {
  Values values;
};

Remembered::Remembered() : table_(std::make_unique<Table>()) {}
Remembered::~Remembered() = default;

std::shared_ptr<const Known> Remembered::find(const Key &key) {
  if (is_empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  Values &values = table_->values;
  const auto value = values.get<1>().find(key.wire());
  if (value == values.get<1>().end()) return nullptr;
  values.relocate(values.begin(), values.project<0>(value));
  return value->known;
}

std::shared_ptr<const Known> Remembered::learn(const Key &key, const Extras &extras) {
  std::shared_ptr<Known> known;
  if (!extras.empty()) {
    known = std::make_shared<Known>();
    known->extras = extras;
    for (const std::string &extra : extras) known->stamps.add(stamp_name(key.prefix(), extra));
  } else if (is_empty()) {
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  Values &values = table_->values;
  if (const auto old = values.get<1>().find(key.wire()); old != values.get<1>().end()) values.get<1>().erase(old);
  if (known == nullptr) return nullptr;
  values.push_front({std::string(key.wire()), known});
  if (values.size() > most_values) values.pop_back();
  is_empty_.store(false, std::memory_order_release);
  return known;
}

}  // namespace gencache::core
