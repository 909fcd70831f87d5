// The sockets of a store, in a table that a forked child can read without a lock, to close what it has inherited.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace gencache::core {

class Sockets {
 public:
  /// Room for `most` sockets at once; one beyond them is merely not closed in a child.
  explicit Sockets(std::size_t most) : size_(most), slots_(std::make_unique<Slot[]>(most)) {}

  /// Notes libmemcached's socket and our duplicate of it.
  void add(int their_socket, int our_socket);
  void remove(int our_socket);

  /// In a forked child: closes this process's copies. The parent's connections stay as they are.
  void close_inherited();

 private:
  struct Slot {
    std::atomic<std::uint64_t> pair{0};  // theirs, ours + 1; 0: free
    std::atomic<std::uint64_t> inode{0};
  };

  std::size_t size_;
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace gencache::core
