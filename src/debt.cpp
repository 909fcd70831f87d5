#include "debt.h"

namespace gencache::core {

void Debt::add(const StampNames &names, const StampNames &root) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  for (std::size_t i = 0; i < names.size(); ++i) names_[std::string(names[i])] = moment_;
  if (names_.size() > most_names) {
    names_.clear();
    names_[std::string(root[0])] = moment_;
  }
  is_owed_.store(true, std::memory_order_release);
}

Debt::Demand Debt::demand() const {
  const std::lock_guard lock(mutex_);
  Demand demand;
  demand.moment = moment_;
  for (const auto &[name, moment] : names_) demand.names.add(name);
  return demand;
}

void Debt::settle(std::uint64_t moment) {
  const std::lock_guard lock(mutex_);
  std::erase_if(names_, [moment](const auto &owed) { return owed.second <= moment; });
  is_owed_.store(!names_.empty(), std::memory_order_release);
}

}  // namespace gencache::core
