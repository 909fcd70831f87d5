#include "unreleased.h"

#include <utility>

namespace gencache::core {

void Unreleased::add(Lock lock) {
  const std::lock_guard guard(mutex_);
  locks_.push_back(std::move(lock));
  if (locks_.size() > most_locks) locks_.pop_front();
  is_empty_.store(false, std::memory_order_release);
}

std::vector<Unreleased::Lock> Unreleased::take(std::size_t server, Clock::time_point now) {
  std::vector<Lock> taken;
  const std::lock_guard guard(mutex_);
  std::erase_if(locks_, [&](Lock &lock) {
    if (lock.ends <= now) return true;
    if (lock.server != server) return false;
    taken.push_back(std::move(lock));
    return true;
  });
  is_empty_.store(locks_.empty(), std::memory_order_release);
  return taken;
}

}  // namespace gencache::core
