#include "memcached/connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <system_error>

namespace gencache::core {
namespace {

// libmemcached believes any length that a server announces; a block beyond the largest item is refused instead.
bool is_too_large(const memcached_st *handle, std::size_t size) {
  const void *context = memcached_get_memory_allocators_context(handle);
  return context != nullptr && size > *static_cast<const std::size_t *>(context);
}
void *allocate(const memcached_st *handle, const std::size_t size, void *) {
  return is_too_large(handle, size) ? nullptr : std::malloc(size);
}
void *reallocate(const memcached_st *handle, void *block, const std::size_t size, void *) {
  return is_too_large(handle, size) ? nullptr : std::realloc(block, size);
}
void *allocate_zeroed(const memcached_st *handle, std::size_t count, const std::size_t size, void *) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  return is_too_large(handle, count * size) ? nullptr : std::calloc(count, size);
}
void release(const memcached_st *, void *block, void *) { std::free(block); }

std::int64_t milliseconds_left(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return std::max<std::int64_t>(left, 1);  // 0 would fail, -1 would wait for ever
}

// It costs a tenth of a look at the exact time.
std::int64_t current_tick() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// VERIFY_KEY stays off: every name here is made by key.cpp from an alphabet without spaces and control characters, and
// going through each of its bytes once more is a tenth of what reading a small value costs.
void configure(memcached_st *handle) {
  memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
  memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_TCP_KEEPALIVE, 1);
}

// The start of libmemcached 1.1.4's private memcached_instance_st. It offers no way to ask for the socket; a wrong
// guess is found out by the comparison below, and then the connection serves one call, without the watchdog.
struct InstancePrefix {
  bool options[5];
  short events;
  short revents;
  std::uint32_t cursor_active;
  in_port_t port;
  int socket;
};

// A socket that waits by itself takes fewer system calls for a reply, and a signal does not disturb the wait, which the
// watchdog ends.
bool make_waiting(int socket) {
  const int flags = fcntl(socket, F_GETFL);
  return flags >= 0 && fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

bool is_socket_of(const memcached_instance_st *instance, int socket, const Address &address) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (address.port == 0) {
    const auto &unix_name = reinterpret_cast<const sockaddr_un &>(name);
    return getpeername(socket, reinterpret_cast<sockaddr *>(&name), &size) == 0 && name.ss_family == AF_UNIX &&
           address.host == unix_name.sun_path;
  }
  // The port stands at the same place for IPv4 and IPv6.
  const auto &inet_name = reinterpret_cast<const sockaddr_in &>(name);
  return getsockname(socket, reinterpret_cast<sockaddr *>(&name), &size) == 0 &&
         (name.ss_family == AF_INET || name.ss_family == AF_INET6) &&
         ntohs(inet_name.sin_port) == memcached_server_srcport(instance);
}

}  // namespace

Connection::Connection(const Address &address, Wiring &wiring)
    : address_(address), wiring_(wiring), handle_(memcached_create(nullptr)) {
  if (!handle_) throw std::bad_alloc();
  memcached_set_memory_allocators(handle_.get(), allocate, release, reallocate, allocate_zeroed,
                                  &wiring_.largest_allocation);
  configure(handle_.get());
  const memcached_return_t added = address.port == 0
                                       ? memcached_server_add_unix_socket(handle_.get(), address.host.c_str())
                                       : memcached_server_add(handle_.get(), address.host.c_str(), address.port);
  if (added != MEMCACHED_SUCCESS || memcached_result_create(handle_.get(), &result_) == nullptr) throw std::bad_alloc();
}

Connection::~Connection() {
  // memcached_free says goodbye and may wait for that; a socket that is shut answers at once.
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_POLL_TIMEOUT, 1);
  if (watched_) {
    shutdown(watched_->socket(), SHUT_RDWR);
    wiring_.watchdog.remove(*watched_);
    wiring_.sockets.remove(watched_->socket());
  }
  memcached_result_free(&result_);
}

void Connection::start(Deadline deadline, std::size_t sharers) {
  deadline_ = deadline;
  is_clean_ = true;
  if (watched_) {
    wiring_.watchdog.enter(*watched_, deadline);
    return;
  }
  const std::int64_t left = milliseconds_left(deadline);
  const auto share = std::clamp<std::int64_t>(left / static_cast<std::int64_t>(sharers), 1, 250);
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_POLL_TIMEOUT, static_cast<std::uint64_t>(left));
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, static_cast<std::uint64_t>(share));
}

bool Connection::is_fresh() const { return end_ == current_tick(); }

bool Connection::finish() {
  end_ = current_tick();
  if (watched_) wiring_.watchdog.leave(*watched_);
  return is_clean_;
}

// Called when libmemcached has connected. Where the socket cannot be watched, libmemcached waits by its own means, and
// the connection serves one call.
void Connection::watch_socket() {
  const memcached_instance_st *instance = memcached_server_instance_by_position(handle_.get(), 0);
  InstancePrefix prefix;
  std::memcpy(&prefix, static_cast<const void *>(instance), sizeof prefix);
  if (prefix.port != memcached_server_port(instance) || !is_socket_of(instance, prefix.socket, address_)) return;
  const int duplicate = fcntl(prefix.socket, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return;
  watched_.emplace(duplicate);
  if (!wiring_.watchdog.add(*watched_) || !make_waiting(duplicate)) {
    wiring_.watchdog.remove(*watched_);
    watched_.reset();
    return;
  }
  wiring_.sockets.add(prefix.socket, duplicate);
  wiring_.watchdog.enter(*watched_, deadline_);
}

Answer Connection::failed(memcached_return_t outcome) {
  is_clean_ = false;
  if (Clock::now() >= deadline_) outcome = MEMCACHED_TIMEOUT;  // whatever the watchdog made it look like
  switch (outcome) {
    case MEMCACHED_E2BIG:
    case MEMCACHED_SERVER_ERROR:
    case MEMCACHED_CLIENT_ERROR:
    case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
      return {GC_ERR_REFUSED, std::string("the server refused: ") + memcached_strerror(handle_.get(), outcome)};
    case MEMCACHED_MEMORY_ALLOCATION_FAILURE:
      return {GC_ERR_REFUSED, "an item is larger than item_max says, or memory is short"};
    case MEMCACHED_TIMEOUT:
      return {GC_ERR_UNAVAILABLE, "no answer in time"};
    case MEMCACHED_SERVER_TEMPORARILY_DISABLED:  // libmemcached's word for a connect that failed
      return {GC_ERR_UNAVAILABLE, "cannot connect"};
    default: {
      const int error = memcached_last_error_errno(handle_.get());
      return {GC_ERR_UNAVAILABLE,
              error != 0 ? std::generic_category().message(error) : memcached_strerror(handle_.get(), outcome)};
    }
  }
}

Answer Connection::ask(NameList &names) {
  asks_backwards_ = !asks_backwards_;
  names.turn(asks_backwards_);
  const memcached_return_t sent = memcached_mget(handle_.get(), names.names(), names.sizes(), names.size());
  if (sent != MEMCACHED_SUCCESS) return failed(sent);
  if (!watched_) watch_socket();
  return {};
}

bool Connection::has_unread_input() const {
  if (!watched_) return false;
  pollfd input{watched_->socket(), POLLIN, 0};
  return poll(&input, 1, 0) != 0;
}

// Only the plainly clean end of a reply leaves a connection fit for use.
Answer Connection::ended(memcached_return_t end, bool evidence) {
  const memcached_instance_st *instance = memcached_server_instance_by_position(handle_.get(), 0);
  const memcached_return_t error = memcached_last_error(handle_.get());
  const bool is_end = end == MEMCACHED_END || end == MEMCACHED_NOTFOUND;
  if (error != MEMCACHED_SUCCESS) return failed(error);
  if (!is_end) return failed(end);
  if (memcached_server_response_count(instance) != 0 || (!evidence && has_unread_input())) {
    return failed(MEMCACHED_PROTOCOL_ERROR);
  }
  return {};
}

Answer Connection::greet() {
  if (is_connected()) return {};
  NameList any;
  any.add("gencache");
  bool evidence = false;
  if (Answer answer = ask(any); !answer.ok()) return answer;
  return receive(any, evidence, [](std::size_t, memcached_result_st &) {});
}

Answer Connection::write_quietly(const Exchange::Write &write) {
  const std::string_view name = write.name;
  const std::string bytes = encode(write.stamp);
  const auto expiry = static_cast<time_t>(write.expiry.count());
  memcached_return_t sent = MEMCACHED_FAILURE;
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_NOREPLY, 1);
  switch (write.verb) {
    case Exchange::Verb::add:
      sent = memcached_add(handle_.get(), name.data(), name.size(), bytes.data(), bytes.size(), expiry, 0);
      break;
    case Exchange::Verb::replace:
      sent = memcached_replace(handle_.get(), name.data(), name.size(), bytes.data(), bytes.size(), expiry, 0);
      break;
    case Exchange::Verb::erase:
      sent = memcached_delete(handle_.get(), name.data(), name.size(), 0);
      break;
  }
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_NOREPLY, 0);
  return sent == MEMCACHED_SUCCESS ? Answer() : failed(sent);
}

Answer Connection::set(std::string_view name, std::string_view data, Expiry expiry) {
  const memcached_return_t outcome = memcached_set(handle_.get(), name.data(), name.size(), data.data(), data.size(),
                                                   static_cast<time_t>(expiry.count()), 0);
  return outcome == MEMCACHED_SUCCESS ? ended(MEMCACHED_END, true) : failed(outcome);
}

Answer Connection::replace(std::string_view name, Stamp stamp) {
  const std::string bytes = encode(stamp);
  const memcached_return_t outcome =
      memcached_replace(handle_.get(), name.data(), name.size(), bytes.data(), bytes.size(), 0, 0);
  const bool is_acknowledged = outcome == MEMCACHED_SUCCESS || outcome == MEMCACHED_NOTSTORED;
  return is_acknowledged ? ended(MEMCACHED_END, true) : failed(outcome);
}

Answer Connection::soften(std::string_view name, std::int64_t now_ms) {
  NameList one;
  one.add(name);
  std::optional<Stamp> stamp;
  std::uint64_t unique = 0;
  bool evidence = false;
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1);
  Answer answer = ask(one);
  if (answer.ok()) {
    answer = receive(one, evidence, [&](std::size_t, const memcached_result_st &result) {
      stamp = decode_stamp({memcached_result_value(&result), memcached_result_length(&result)});
      unique = memcached_result_cas(&result);
    });
  }
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_SUPPORT_CAS, 0);
  if (!answer.ok()) return answer;
  if (!stamp) {  // nothing there, or a refusal that looks like that: a plain replace is answered
    Stamp fresh{};
    make_fresh({&fresh, 1});
    return replace(name, fresh);
  }
  const std::string bytes = encode(softened(*stamp), now_ms);
  const memcached_return_t outcome =
      memcached_cas(handle_.get(), name.data(), name.size(), bytes.data(), bytes.size(), 0, 0, unique);
  const bool is_acknowledged =
      outcome == MEMCACHED_SUCCESS || outcome == MEMCACHED_DATA_EXISTS || outcome == MEMCACHED_NOTFOUND;
  return is_acknowledged ? ended(MEMCACHED_END, true) : failed(outcome);
}

Answer Connection::erase(std::string_view name) {
  const memcached_return_t outcome = memcached_delete(handle_.get(), name.data(), name.size(), 0);
  const bool is_gone = outcome == MEMCACHED_SUCCESS || outcome == MEMCACHED_NOTFOUND;
  return is_gone ? ended(MEMCACHED_END, true) : failed(outcome);
}

}  // namespace gencache::core
