// One connection to one server: a libmemcached handle of its own, used by one call at a time. Whatever does not end
// plainly clean makes it unfit for another call.
#pragma once

#include <libmemcached/memcached.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "memcached/sockets.h"
#include "memcached/watchdog.h"
#include "options.h"
#include "store.h"

namespace gencache::core {

/// What the connections of a store share.
struct Wiring {
  Wiring(std::size_t most_sockets, std::size_t largest) : sockets(most_sockets), largest_allocation(largest) {}

  Watchdog watchdog;
  Sockets sockets;
  std::size_t largest_allocation;
};

/// Names as libmemcached takes them, forwards or backwards. Their bytes are borrowed.
class NameList {
 public:
  std::size_t size() const { return names_.size(); }
  std::string_view operator[](std::size_t i) const { return {names_[i], sizes_[i]}; }
  void add(std::string_view name) {
    names_.push_back(name.data());
    sizes_.push_back(name.size());
  }
  template <class List>  // Names, or a vector of views
  void add_all(const List &names) {
    const std::size_t first = size();
    names_.resize(first + names.size(), boost::container::default_init);
    sizes_.resize(first + names.size(), boost::container::default_init);
    for (std::size_t i = 0; i < names.size(); ++i) {
      names_[first + i] = names[i].data();
      sizes_[first + i] = names[i].size();
    }
  }

  void turn(bool is_backwards) {
    if (is_backwards == is_backwards_) return;
    std::reverse(names_.begin(), names_.end());
    std::reverse(sizes_.begin(), sizes_.end());
    is_backwards_ = is_backwards;
  }
  /// The place of names[i] when the list is forwards.
  std::size_t place(std::size_t i) const { return is_backwards_ ? size() - 1 - i : i; }

  const char *const *names() const { return names_.data(); }
  const std::size_t *sizes() const { return sizes_.data(); }

 private:
  boost::container::small_vector<const char *, 16> names_;
  boost::container::small_vector<std::size_t, 16> sizes_;
  bool is_backwards_ = false;
};

class Connection {
 public:
  Connection(const Address &address, Wiring &wiring);
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;
  ~Connection();

  /// Starts a call: what follows ends by `deadline`, up to finish(). Connecting takes at most what is left of it
  /// divided by `sharers`.
  void start(Deadline deadline, std::size_t sharers);

  /// Ends the call; tells whether the connection may serve another.
  bool finish();

  const Address &address() const { return address_; }
  bool is_connected() const { return watched_.has_value(); }
  bool has_unread_input() const;
  /// Whether its last call ended within the current tick of the system's clock, a few milliseconds.
  bool is_fresh() const;
  int socket() const { return watched_ ? watched_->socket() : -1; }

  /// The call will not have been clean, whatever follows.
  void distrust() { is_clean_ = false; }

  /// On a new connection: connects and hears the server once, so that the socket is under watch before something is
  /// written that libmemcached waits for by itself.
  Answer greet();

  /// Before a request of `names` names: greets where it is so large that sending it may have to wait.
  Answer prepare(std::size_t names) { return names > 64 ? greet() : Answer(); }

  /// Sends a request for `names`; receive() takes the reply. Each request turns the list round, so that a reply to the
  /// one before, of two items or more, is not taken for its own.
  Answer ask(NameList &names);

  /// Hands each item that comes back to `on_item(place, value)`. `evidence` tells whether there was any: libmemcached
  /// reports a refusal without text like an empty reply, so an empty reply alone proves nothing.
  template <class OnItem>
  Answer receive(const NameList &names, bool &evidence, OnItem on_item);

  /// Sends without waiting for a reply: no success is known until a later receive() shows it.
  Answer write_quietly(const Exchange::Write &write);

  Answer set(std::string_view name, std::string_view data, Expiry expiry);
  /// Both outcomes, replaced and not there, are GC_OK.
  Answer replace(std::string_view name, Stamp stamp);
  /// Softens the stamp that is there. That there is none, or meanwhile another one, is GC_OK too.
  Answer soften(std::string_view name, std::int64_t now_ms);
  Answer erase(std::string_view name);

 private:
  struct Free {
    void operator()(memcached_st *handle) const { memcached_free(handle); }
  };
  Answer ended(memcached_return_t end, bool evidence);
  Answer failed(memcached_return_t outcome);
  void watch_socket();

  Address address_;
  Wiring &wiring_;
  std::unique_ptr<memcached_st, Free> handle_;
  memcached_result_st result_;
  std::optional<Watched> watched_;
  Deadline deadline_;
  std::int64_t end_ = 0;  // of the last call
  bool is_clean_ = true;
  bool asks_backwards_ = true;
};

template <class OnItem>
Answer Connection::receive(const NameList &names, bool &evidence, OnItem on_item) {
  evidence = false;
  memcached_return_t end = MEMCACHED_SUCCESS;
  std::size_t next = 0;  // items come in the order they were asked for, the absent ones left out
  while (memcached_fetch_result(handle_.get(), &result_, &end) != nullptr) {
    const std::string_view name(memcached_result_key_value(&result_), memcached_result_key_length(&result_));
    while (next < names.size() && names[next] != name) ++next;
    if (next == names.size()) {
      is_clean_ = false;
      return {GC_ERR_UNAVAILABLE, "the server answered with a key that was not asked for, or not in its place"};
    }
    evidence = true;
    on_item(names.place(next++), result_);
  }
  return ended(end, evidence);
}

}  // namespace gencache::core
