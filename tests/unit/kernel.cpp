#include "kernel.h"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <deque>

namespace gencache::test {
namespace {

std::deque<Random> outcomes;
bool can_wipe_on_fork = true;

}  // namespace

void expect_of_getrandom(Random outcome) { outcomes.push_back(outcome); }
void let_kernel_wipe_on_fork(bool can_it) { can_wipe_on_fork = can_it; }

}  // namespace gencache::test

extern "C" {

ssize_t getrandom(void *buffer, size_t size, unsigned flags) {
  using gencache::test::outcomes;
  using gencache::test::Random;
  if (!outcomes.empty()) {
    const Random outcome = outcomes.front();
    outcomes.pop_front();
    if (outcome == Random::one_byte) {
      size = 1;
    } else {
      errno = outcome == Random::interrupted ? EINTR : ENOSYS;
      return -1;
    }
  }
  return syscall(SYS_getrandom, buffer, size, flags);
}

int madvise(void *address, size_t size, int advice) noexcept {
  if (advice == MADV_WIPEONFORK && !gencache::test::can_wipe_on_fork) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(syscall(SYS_madvise, address, size, advice));
}

}  // extern "C"
