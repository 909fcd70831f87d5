#include "memcached/sockets.h"

#include <sys/stat.h>
#include <unistd.h>

namespace gencache::core {
namespace {

std::uint64_t packed(int theirs, int ours) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(theirs)) << 32U) |
         (static_cast<std::uint32_t>(ours) + 1U);
}
int theirs(std::uint64_t pair) { return static_cast<int>(pair >> 32U); }
int ours(std::uint64_t pair) { return static_cast<int>(pair & 0xFFFFFFFFU) - 1; }

// libmemcached may have closed its socket, and the number may be somebody else's by now.
bool is_same_socket(int a, int b) {
  struct stat one {};
  struct stat other {};
  return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

}  // namespace

void Sockets::add(int their_socket, int our_socket) {
  for (std::size_t i = 0; i < size_; ++i) {
    std::uint64_t free = 0;
    if (slots_[i].pair.compare_exchange_strong(free, packed(their_socket, our_socket))) return;
  }
}

void Sockets::remove(int our_socket) {
  for (std::size_t i = 0; i < size_; ++i) {
    const std::uint64_t pair = slots_[i].pair.load();
    if (pair != 0 && ours(pair) == our_socket) slots_[i].pair.store(0);
  }
}

void Sockets::close_inherited() {
  for (std::size_t i = 0; i < size_; ++i) {
    const std::uint64_t pair = slots_[i].pair.exchange(0);
    if (pair == 0) continue;
    if (is_same_socket(theirs(pair), ours(pair))) close(theirs(pair));
    close(ours(pair));
  }
}

}  // namespace gencache::core
