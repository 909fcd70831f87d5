// Notices that this process is a forked child: a page that the kernel wipes in every child, raw clones included, or,
// where the kernel cannot do that, the process id.
#pragma once

#include <sched.h>
#include <sys/types.h>

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
  bool is_in_child() const {
    return state_->load(std::memory_order_acquire) != settled || (!is_wiped_ && is_other_process());
  }

  /// Runs `make_anew` once in a child, however many of its threads come here at once.
  template <class MakeAnew>
  void renew(MakeAnew make_anew) {
    if (!is_wiped_ && is_other_process()) adopt();
    std::uint32_t expected = wiped;
    if (state_->compare_exchange_strong(expected, renewing)) {
      try {
        make_anew();
      } catch (...) {
        state_->store(wiped, std::memory_order_release);  // the next call tries again
        throw;
      }
      state_->store(settled, std::memory_order_release);
    }
    while (state_->load(std::memory_order_acquire) == renewing) sched_yield();
  }

 private:
  static constexpr std::uint32_t wiped = 0;
  static constexpr std::uint32_t renewing = 1;
  static constexpr std::uint32_t settled = 2;

  bool is_other_process() const;
  void adopt();

  std::atomic<std::uint32_t> *state_;
  bool is_wiped_;
  std::atomic<pid_t> process_;
};

}  // namespace gencache::core
