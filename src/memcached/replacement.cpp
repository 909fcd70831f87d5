#include "memcached/replacement.h"

namespace gencache::core {

Replacement::Replacement(Invalidation &invalidation, Server &server, std::string_view root, Deadline deadline)
    : invalidation_(invalidation), server_(server), deadline_(deadline), fresh_(invalidation.names.size()) {
  names_.add(invalidation.names);
  names_.add(root);
}

void Replacement::send(std::size_t sharers) {
  lane_.emplace(server_.take(deadline_, sharers, attempt_++));
  if (!lane_->connection) {
    conclude(lane_->answer);
    return;
  }
  make_fresh({fresh_.data(), fresh_.size()});  // on every attempt: what an earlier one sent may arrive late
  Answer answer = lane_->connection->prepare(names_.size());
  for (std::size_t i = 0; i < fresh_.size() && answer.ok(); ++i) {
    answer = lane_->connection->replace_quietly(names_[i], fresh_[i]);
  }
  if (answer.ok()) answer = lane_->connection->ask(names_);
  if (answer.ok()) {
    state_ = State::awaited;
  } else {
    conclude(std::move(answer));
  }
}

void Replacement::collect() {
  bool evidence = false;
  seen_.assign(names_.size(), {});
  Answer answer = lane_->connection->receive(names_, evidence, [&](std::size_t i, const memcached_result_st &result) {
    seen_[i] = {true, decode_stamp({memcached_result_value(&result), memcached_result_length(&result)})};
  });
  doubtful_.clear();
  for (std::size_t i = 0; answer.ok() && i < fresh_.size(); ++i) {
    if (!evidence || !is_acknowledged(i)) doubtful_.push_back(i);
  }
  if (answer.ok() && !evidence) lane_->connection->distrust();
  conclude(std::move(answer));
}

// Our stamp is there: stored. None is there: nothing depends on it. Another one: maybe somebody invalidated after us,
// maybe the server could not store ours.
bool Replacement::is_acknowledged(std::size_t i) const { return !seen_[i].is_there || seen_[i].stamp == fresh_[i]; }

void Replacement::conclude(Answer answer) {
  const bool again = lane_->connection && server_.give_back(std::move(*lane_), answer);
  state_ = again ? State::due : State::over;
  invalidation_.answer = std::move(answer);
}

void Replacement::settle_doubts() {
  if (!invalidation_.answer.ok() || doubtful_.empty()) return;
  invalidation_.answer = server_.call(deadline_, [&](Connection &connection) {
    Answer answer = connection.greet();
    make_fresh({fresh_.data(), fresh_.size()});
    for (std::size_t n = 0; n < doubtful_.size() && answer.ok(); ++n) {
      answer = connection.replace(names_[doubtful_[n]], fresh_[doubtful_[n]]);
    }
    return answer;
  });
}

}  // namespace gencache::core
