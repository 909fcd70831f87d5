// One server's part of an invalidation: quiet replaces, and a read-back on the same connection that shows what came of
// them. Sent to all servers before the first reply is awaited.
#pragma once

#include <string_view>

#include "memcached/server.h"

namespace gencache::core {

class Replacement {
 public:
  /// `root`: the name of the root's stamp, which is read back too. It is nearly always there, and a reply that holds
  /// nothing at all would be no evidence.
  Replacement(Invalidation &invalidation, Server &server, std::string_view root, Deadline deadline);

  /// Takes a connection and sends. Afterwards a reply is awaited, or the attempt has failed.
  void send(std::size_t sharers);

  /// Takes the reply. Afterwards the answer is known, another attempt is due, or some names are in doubt.
  void collect();

  bool is_due() const { return state_ == State::due; }
  bool is_awaited() const { return state_ == State::awaited; }
  int socket() const { return lane_->connection->socket(); }

  /// Settles the names in doubt with plain replaces, each of which is answered.
  void settle_doubts();

 private:
  enum class State { due, awaited, over };

  void conclude(Answer answer);
  bool is_acknowledged(std::size_t i) const;

  Invalidation &invalidation_;
  Server &server_;
  const Deadline deadline_;
  State state_ = State::due;
  std::size_t attempt_ = 0;
  std::optional<Server::Lane> lane_;
  NameList names_;  // those to replace, then the root's
  LeasedStamps fresh_;
  struct Seen {
    bool is_there = false;
    std::optional<Stamp> stamp;
  };
  boost::container::small_vector<Seen, 4> seen_;
  boost::container::small_vector<std::size_t, 4> doubtful_;
};

}  // namespace gencache::core
