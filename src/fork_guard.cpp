#include "fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace gencache::core {
namespace {

constexpr std::size_t page_size = 4096;

}  // namespace

ForkGuard::ForkGuard() : process_(getpid()) {
  void *page = mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  is_wiped_ = madvise(page, page_size, MADV_WIPEONFORK) == 0;
  state_ = new (page) std::atomic<std::uint32_t>(settled);
}

ForkGuard::~ForkGuard() { munmap(state_, page_size); }

bool ForkGuard::is_other_process() const { return process_.load() != getpid(); }

void ForkGuard::adopt() {
  pid_t parent = process_.load();
  const pid_t self = getpid();
  if (parent != self && process_.compare_exchange_strong(parent, self)) state_->store(wiped);
}

}  // namespace gencache::core
