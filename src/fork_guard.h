// Notices that this process is a forked child: a page that the kernel wipes in every child, raw clones included, or,
// where the kernel cannot do that, the process id.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

namespace gencache::core {

class ForkGuard {
 public:
  ForkGuard();
  ~ForkGuard();
  ForkGuard(const ForkGuard &) = delete;
  ForkGuard &operator=(const ForkGuard &) = delete;

  /// Whether this process has not yet been through renew().
  bool is_in_child() const { return state_->load(std::memory_order_acquire) != (settled | owner()); }

  /// Runs `make_anew` once in a child, however many of its threads come here at once. What it throws passes through,
  /// and the next thread tries again.
  template <class MakeAnew>
  void renew(MakeAnew make_anew) {
    const std::uint64_t mine = owner();
    std::uint64_t found = state_->load(std::memory_order_acquire);
    while (found != (settled | mine)) {
      if (found == (renewing | mine)) {
        sched_yield();
        found = state_->load(std::memory_order_acquire);
      } else if (state_->compare_exchange_strong(found, renewing | mine)) {
        try {
          make_anew();
        } catch (...) {
          state_->store(wiped, std::memory_order_release);
          throw;
        }
        state_->store(settled | mine, std::memory_order_release);
        return;
      }
    }
  }

 private:
  // The state is one word, with the process it holds for: two words could not change at once for other threads.
  static constexpr std::uint64_t wiped = 0;
  static constexpr std::uint64_t renewing = 1;
  static constexpr std::uint64_t settled = 2;

  std::uint64_t owner() const { return is_wiped_ ? 0 : process(); }
  static std::uint64_t process();  // the process id, clear of the bits of the states

  std::atomic<std::uint64_t> *state_;
  bool is_wiped_;
};

}  // namespace gencache::core
