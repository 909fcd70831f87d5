#include "support/proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace gencache::test {
namespace {

constexpr size_t kPiece = 65536;

// Reads what is there; false once the peer has closed.
bool receive(const Fd &socket, std::string &into) {
  char buffer[kPiece];
  const ssize_t got = recv(socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (got > 0) into.append(buffer, static_cast<size_t>(got));
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

// Sends at most `most` bytes of `from` and removes them; false once the peer has closed.
bool transmit(const Fd &socket, std::string &from, size_t most = std::string::npos) {
  const size_t size = std::min(most, from.size());
  const ssize_t sent = send(socket.get(), from.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) from.erase(0, static_cast<size_t>(sent));
  return sent >= 0 || errno == EAGAIN || errno == EINTR;
}

pollfd watch(const Fd &socket, bool read, bool write) {
  const int events = (read ? POLLIN : 0) | (write ? POLLOUT : 0);
  return {events == 0 ? -1 : socket.get(), static_cast<short>(events), 0};
}

}  // namespace

Proxy::Proxy(uint16_t upstream) : upstream_(upstream), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), owner_(getpid()) {
  Listening listening = listen_on_free_port();
  port_ = listening.port;
  listener_ = std::move(listening.socket);
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  if (owner_ != getpid()) {
    thread_.detach();  // this process does not have it
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
}

void Proxy::forward() { change(Mode::forward); }
void Proxy::cut() { change(Mode::cut); }
void Proxy::hold() { change(Mode::hold); }
void Proxy::drip(std::chrono::milliseconds per_byte) { change(Mode::drip, per_byte); }
void Proxy::duplicate(std::chrono::milliseconds later) { change(Mode::duplicate, later); }
void Proxy::repeat_at_next() { change(Mode::repeat_at_next); }
void Proxy::drop() { change(Mode::drop); }
void Proxy::delay(const std::string &beginning) {
  {
    const std::lock_guard lock(mutex_);
    beginning_ = beginning;
  }
  change(Mode::delay);
}

size_t Proxy::held() const {
  const std::lock_guard lock(mutex_);
  size_t bytes = 0;
  for (const Connection &connection : connections_) bytes += connection.to_server.size();
  return bytes;
}

size_t Proxy::waiting() const {
  const std::lock_guard lock(mutex_);
  const auto waits = [](const Connection &connection) { return !connection.to_server.empty(); };
  return static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(), waits));
}

size_t Proxy::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

size_t Proxy::repeated() const {
  const std::lock_guard lock(mutex_);
  return repeated_;
}

size_t Proxy::trips() const {
  const std::lock_guard lock(mutex_);
  return trips_;
}

void Proxy::change(Mode mode, std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  wanted_ = mode;
  pause_ = pause;
  const uint64_t mine = ++asked_;
  wake();
  changed_.wait(lock, [&] { return applied_ >= mine; });
}

void Proxy::wake() const {
  const uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) continue;
}

void Proxy::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    std::vector<pollfd> events = watched();
    const int timeout = poll_timeout();
    lock.unlock();
    poll(events.data(), events.size(), timeout);
    lock.lock();
    uint64_t woken = 0;
    while (read(wake_.get(), &woken, sizeof woken) < 0 && errno == EINTR) continue;
    handle(events);
    apply_change();
  }
}

void Proxy::apply_change() {
  if (applied_ == asked_) return;
  mode_ = wanted_;
  if (mode_ == Mode::cut) {
    connections_.clear();
    listener_.reset();
  } else if (!listener_) {
    listener_ = listen_on(port_);
  }
  for (Connection &connection : connections_) {
    connection.next_byte = Clock::now();
    if (mode_ == Mode::forward) connection.is_delayed = false;
  }
  applied_ = asked_;
  changed_.notify_all();
}

std::vector<pollfd> Proxy::watched() {
  std::vector<pollfd> events = {watch(wake_, true, false), watch(listener_, bool(listener_), false)};
  for (Connection &connection : connections_) {
    connection.first_poll = events.size();
    const bool may_reply = mode_ != Mode::drip || Clock::now() >= connection.next_byte;
    events.push_back(watch(connection.client, bool(connection.client), !connection.to_client.empty() && may_reply));
    events.push_back(watch(connection.server, connection.to_client.size() < kPiece,
                           !connection.to_server.empty() && mode_ != Mode::hold && !connection.is_delayed));
  }
  return events;
}

int Proxy::poll_timeout() const {
  const auto waits = [this](const Connection &connection) {
    return !connection.to_repeat.empty() || (mode_ == Mode::drip && !connection.to_client.empty());
  };
  return std::any_of(connections_.begin(), connections_.end(), waits) ? 1 : -1;
}

void Proxy::handle(const std::vector<pollfd> &events) {
  for (Connection &connection : connections_) move_bytes(connection, events);
  connections_.remove_if([this](const Connection &connection) { return finished(connection); });
  if (events[1].revents != 0) accept_all();
}

void Proxy::accept_all() {
  for (;;) {
    Fd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    Fd server = connect_to(upstream_);
    if (!server) continue;
    do_not_delay(client);
    Connection &connection = connections_.emplace_back();
    connection.client = std::move(client);
    connection.server = std::move(server);
  }
}

void Proxy::move_bytes(Connection &connection, const std::vector<pollfd> &events) {
  const auto client = events[connection.first_poll].revents;
  const auto server = events[connection.first_poll + 1].revents;
  if ((client & (POLLIN | POLLHUP | POLLERR)) != 0) take_request(connection);
  if ((server & POLLOUT) != 0 && !transmit(connection.server, connection.to_server)) connection.server.reset();
  if (connection.server && (server & (POLLIN | POLLHUP | POLLERR)) != 0) take_reply(connection);
  repeat_reply(connection);
  if (connection.client && (client & POLLOUT) != 0) give_reply(connection);
}

void Proxy::take_request(Connection &connection) {
  const size_t before = connection.to_server.size();
  if (!receive(connection.client, connection.to_server)) connection.client.reset();
  if (connection.to_server.size() > before && !std::exchange(connection.is_asking, true)) ++trips_;
  connection.to_client += std::exchange(connection.last_reply, {});
  if (mode_ != Mode::delay || beginning_.empty() || !connection.to_server.starts_with(beginning_)) return;
  beginning_.clear();
  connection.is_delayed = true;
  connection.client.reset();
}

void Proxy::take_reply(Connection &connection) {
  std::string piece;
  if (!receive(connection.server, piece)) connection.server.reset();
  connection.is_asking = false;
  if (mode_ == Mode::drop) return;
  connection.to_client += piece;
  if (mode_ == Mode::repeat_at_next) connection.last_reply += piece;
  if (mode_ != Mode::duplicate) return;
  connection.to_repeat += piece;
  connection.repeat_at = Clock::now() + pause_;
}

void Proxy::give_reply(Connection &connection) {
  const bool dripping = mode_ == Mode::drip;
  if (!transmit(connection.client, connection.to_client, dripping ? 1 : std::string::npos)) connection.client.reset();
  if (dripping) connection.next_byte = Clock::now() + pause_;
  if (connection.to_client.empty() && std::exchange(connection.is_repeating, false)) ++repeated_;
}

void Proxy::repeat_reply(Connection &connection) {
  if (connection.to_repeat.empty() || Clock::now() < connection.repeat_at) return;
  connection.to_client += std::exchange(connection.to_repeat, {});
  connection.is_repeating = true;
}

// A client that has left still has its requests delivered; a server that has left, its replies.
bool Proxy::finished(const Connection &connection) const {
  if (!connection.client) return !connection.server || connection.to_server.empty();
  return !connection.server && connection.to_client.empty();
}

}  // namespace gencache::test
