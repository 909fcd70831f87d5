#include "memcached/conversation.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace gencache::core {

// A small value is copied, into one allocation of its size; a large one changes hands.
Bytes take_value(memcached_result_st &result) {
  constexpr std::size_t small = 4096;
  const std::string_view value(memcached_result_value(&result), memcached_result_length(&result));
  if (value.size() <= small) {
    auto copy = std::make_shared_for_overwrite<char[]>(value.size());
    std::copy(value.begin(), value.end(), copy.get());
    return {copy, {copy.get(), value.size()}};
  }
  const std::shared_ptr<const void> owner(memcached_result_take_value(&result), std::free);
  if (!owner) throw std::bad_alloc();
  return {owner, {static_cast<const char *>(owner.get()), value.size()}};
}

namespace {

// The small values of one reply share a few blocks of memory.
class Pile {
 public:
  Pile(Memory &memory, std::size_t values)
      : memory_(memory), block_size_(std::min<std::size_t>(values * 256, 32'768)) {}

  Exchange::Item take(memcached_result_st &result) {
    const std::string_view value(memcached_result_value(&result), memcached_result_length(&result));
    if (value.size() > 1024) return take_large(result);
    if (next_ == nullptr || value.size() > left_) begin_block(std::max(block_size_, value.size()));
    char *const start = next_;
    std::copy(value.begin(), value.end(), start);
    next_ += value.size();
    left_ -= value.size();
    return {{start, value.size()}, block_};
  }

 private:
  Exchange::Item take_large(memcached_result_st &result) {
    Bytes bytes = take_value(result);
    memory_.push_back(std::move(bytes.owner));
    return {bytes.view, memory_.size() - 1};
  }

  void begin_block(std::size_t size) {
    auto block = std::make_shared_for_overwrite<char[]>(size);
    next_ = block.get();
    left_ = size;
    block_ = memory_.size();
    memory_.push_back(std::move(block));
  }

  Memory &memory_;
  std::size_t block_size_;
  std::size_t block_ = 0;
  char *next_ = nullptr;
  std::size_t left_ = 0;
};

// While it lives, what is written to a TCP socket is held back, to leave in one piece. -1 stands for no socket.
class Corked {
 public:
  explicit Corked(int socket) : socket_(socket) { set(1); }
  Corked(const Corked &) = delete;
  Corked &operator=(const Corked &) = delete;
  ~Corked() { set(0); }

 private:
  void set(int corked) const {
    if (socket_ >= 0) setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &corked, sizeof corked);
  }

  const int socket_;
};

}  // namespace

Conversation::Conversation(Exchange &exchange, Server &server, Deadline deadline)
    : exchange_(exchange), server_(server), deadline_(deadline) {
  names_.add_all(exchange.names);
}

void Conversation::take(std::size_t sharers) {
  // Among several, one that had died would be tried again only when all others have answered.
  const bool is_read_alone = exchange_.writes.empty() && sharers == 1;
  lane_.emplace(server_.take(deadline_, sharers, attempt_++, is_read_alone ? Look::unless_fresh : Look::always));
}

bool Conversation::is_delicate() const {
  return !exchange_.writes.empty() || !lane_->connection || !lane_->connection->is_connected();
}

void Conversation::send() {
  if (!lane_->connection) {
    conclude(lane_->answer);
    return;
  }
  Answer answer = request(*lane_->connection);
  if (answer.ok()) {
    state_ = State::awaited;
  } else {
    conclude(std::move(answer));
  }
}

Answer Conversation::request(Connection &connection) {
  Answer answer = connection.prepare(names_.size() + exchange_.writes.size());
  const Corked together(exchange_.writes.empty() ? -1 : connection.socket());
  for (Exchange::Write &write : exchange_.writes) {
    if (!answer.ok()) break;
    if (!write.is_token) make_fresh({&write.stamp, 1});  // on every attempt: what an earlier one sent may arrive late
    answer = connection.write_quietly(write);
  }
  return answer.ok() ? connection.ask(names_) : answer;
}

void Conversation::collect() {
  bool evidence = false;
  exchange_.memory.clear();
  exchange_.items.assign(names_.size(), {});
  Pile pile(exchange_.memory, names_.size());
  const auto keep = [&](std::size_t i, memcached_result_st &result) { exchange_.items[i] = pile.take(result); };
  Answer answer = lane_->connection->receive(names_, evidence, keep);
  if (answer.ok() && !evidence && !exchange_.writes.empty()) lane_->connection->distrust();
  conclude(std::move(answer));
}

void Conversation::conclude(Answer answer) {
  const bool again = lane_->connection && server_.give_back(std::move(*lane_), answer);
  state_ = again ? State::due : State::over;
  exchange_.answer = std::move(answer);
}

}  // namespace gencache::core
