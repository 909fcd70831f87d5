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

// 0 for what is no socket.
std::uint64_t inode_of(int socket) {
  struct stat found {};
  return fstat(socket, &found) == 0 && S_ISSOCK(found.st_mode) ? found.st_ino : 0;
}

// libmemcached, or the child itself, may have closed it, and the number may be somebody else's by now.
void close_if(int socket, std::uint64_t inode) {
  if (inode != 0 && inode_of(socket) == inode) close(socket);
}

}  // namespace

void Sockets::add(int their_socket, int our_socket) {
  for (std::size_t i = 0; i < size_; ++i) {
    std::uint64_t free = 0;
    if (slots_[i].pair.compare_exchange_strong(free, packed(their_socket, our_socket))) {
      slots_[i].inode.store(inode_of(our_socket));
      return;
    }
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
    const std::uint64_t inode = slots_[i].inode.load();
    close_if(theirs(pair), inode);
    close_if(ours(pair), inode);
  }
}

}  // namespace gencache::core
