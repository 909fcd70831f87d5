#include "fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace gencache::core {
namespace {

constexpr std::size_t page_size = 4096;

}  // namespace

ForkGuard::ForkGuard() {
  void *page = mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  is_wiped_ = madvise(page, page_size, MADV_WIPEONFORK) == 0;
  state_ = new (page) std::atomic<std::uint64_t>(settled | owner());
}

ForkGuard::~ForkGuard() { munmap(state_, page_size); }

std::uint64_t ForkGuard::process() { return static_cast<std::uint64_t>(getpid()) << 2; }

}  // namespace gencache::core
