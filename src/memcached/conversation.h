// One server's part of a call to several: sends an exchange and takes the reply, once more where that may help. All are
// sent before the first reply is awaited.
#pragma once

#include <optional>

#include "memcached/server.h"

namespace gencache::core {

class Conversation {
 public:
  Conversation(Exchange &exchange, Server &server, Deadline deadline);

  /// Takes a connection, for which `sharers` of these share the time to connect.
  void take(std::size_t sharers);
  /// Whether what comes is to wait in libmemcached: where it has to connect, or writes.
  bool is_delicate() const;

  /// Sends. Afterwards a reply is awaited, or the attempt has failed.
  void send();

  /// Waits for the reply and takes it. Afterwards the answer is known, or another attempt is due.
  void collect();

  bool is_due() const { return state_ == State::due; }
  bool is_awaited() const { return state_ == State::awaited; }
  int socket() const { return lane_->connection->socket(); }

 private:
  enum class State { due, awaited, over };

  Answer request(Connection &connection);
  void conclude(Answer answer);

  Exchange &exchange_;
  Server &server_;
  const Deadline deadline_;
  State state_ = State::due;
  std::size_t attempt_ = 0;
  std::optional<Server::Lane> lane_;
  NameList names_;
};

/// The bytes of an item that came back alone.
Bytes take_value(memcached_result_st &result);

}  // namespace gencache::core
