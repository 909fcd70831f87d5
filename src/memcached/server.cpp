#include "memcached/server.h"

#include <algorithm>

namespace gencache::core {
namespace {

constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{1000};

}  // namespace

void HealthGate::failed(Deadline now, const std::string &why) {
  if (is_closed(now)) return;  // one pause for all calls that failed together
  const auto pause = std::min(first_pause * (1 << std::min(failures_, 6)), longest_pause);
  ++failures_;
  why_ = why;
  opens_ = now + pause / 2 + std::chrono::milliseconds(jitter_() % static_cast<unsigned>(pause.count() / 2 + 1));
}

Server::Server(const ServerOptions &options, std::size_t most_connections, Wiring &wiring)
    : name_(options.name()), addresses_(options.addresses), wiring_(wiring), most_connections_(most_connections) {}

Server::Lane::~Lane() {
  if (!connection) return;
  connection.reset();
  {
    const std::lock_guard lock(server->mutex_);
    --server->in_use_;
  }
  server->returned_.notify_one();
}

Server::Lane Server::take(Deadline deadline, std::size_t sharers, std::size_t attempt, Look look) {
  Lane lane;
  lane.server = this;
  lane.deadline = deadline;
  lane.attempt = attempt;
  {
    std::unique_lock lock(mutex_);
    if (gate_.has_failed() && gate_.is_closed(Clock::now())) {
      lane.answer = {GC_ERR_UNAVAILABLE, "not tried again yet after: " + gate_.why(), true};
      return lane;
    }
    const auto is_free = [this] { return in_use_ < most_connections_; };
    if (!is_free() && !returned_.wait_until(lock, share_of(deadline, sharers), is_free)) {
      lane.answer = {GC_ERR_UNAVAILABLE, "all " + std::to_string(most_connections_) + " connections are in use"};
      return lane;
    }
    if (attempt > 0) idle_.clear();
    if (idle_.empty()) {
      lane.connection = std::make_unique<Connection>(addresses_[address_], wiring_);
    } else {
      lane.connection = std::move(idle_.back());
      lane.is_reused = true;
      idle_.pop_back();
    }
    ++in_use_;
  }
  const bool is_spared = look == Look::unless_fresh && lane.connection->is_fresh();
  if (lane.is_reused && !is_spared && lane.connection->has_unread_input()) {
    lane.connection = std::make_unique<Connection>(lane.connection->address(), wiring_);
    lane.is_reused = false;
  }
  lane.connection->start(deadline, sharers);
  return lane;
}

bool Server::give_back(Lane lane, const Answer &answer) {
  const bool was_connected = lane.connection->is_connected();
  const bool is_fit = lane.connection->finish() && was_connected;
  const bool is_away = answer.status == GC_ERR_UNAVAILABLE;
  const Deadline now = is_away ? Clock::now() : Deadline();
  const bool again =
      is_away && now < lane.deadline && lane.attempt < addresses_.size() && (lane.is_reused || !was_connected);
  {
    const std::lock_guard lock(mutex_);
    if (!is_away) gate_.succeeded();
    if (is_away && !was_connected) address_ = (address_ + 1) % addresses_.size();
    if (is_away && !again) gate_.failed(now, answer.detail);
    if (is_fit) {
      idle_.push_back(std::move(lane.connection));  // may fail for want of memory: then the lane closes and counts it
      --in_use_;
    }
  }
  if (is_fit) returned_.notify_one();
  return again;
}

}  // namespace gencache::core
