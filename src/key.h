// The key of a value: a canonical text that people can read, and the names under which the value and its stamps
// stand on a server (docs/protocol.md).
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "argument.h"
#include "generation.h"

namespace gencache::core {

/// Longest name on a server, in bytes; memcached itself takes 250.
inline constexpr std::size_t longest_wire_key = 200;

/// A list of strings in one buffer.
class Names {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t start = i == 0 ? 0 : ends_[i - 1];
    return {buffer_.data() + start, ends_[i] - start};
  }

  void add(std::string_view name) {
    buffer_ += name;
    end();
  }

  /// The buffer to append to; end() closes the name that was appended.
  std::string &buffer() { return buffer_; }
  void end() { ends_.push_back(static_cast<std::uint32_t>(buffer_.size())); }
  void reserve(std::size_t names, std::size_t bytes) {
    ends_.reserve(names);
    buffer_.reserve(bytes);
  }

 private:
  std::string buffer_;
  boost::container::small_vector<std::uint32_t, 8> ends_;
};

/// Where the stamps of a namespace's generations stand; the first is always the root's.
using StampNames = Names;

/// What the keys of several calls have in common where all their generations are static.
struct Stem {
  std::string start;       // the prefix, the mark and the generations
  std::size_t text_start;  // behind the mark
  StampNames stamps;
  boost::container::small_vector<std::uint32_t, 8> generation_ends;  // in the text
};

class Key {
 public:
  /// Throws a Failure where a value-based generation finds no argument.
  Key(std::string_view prefix, const Generations &generations, const Arguments &arguments);

  /// Ends in a NUL.
  std::string_view text() const { return whole().substr(stem_->text_start); }
  std::string_view wire() const { return digest_.empty() ? whole() : digest_; }
  const StampNames &stamps() const { return stem_->stamps; }
  std::string_view prefix() const { return whole().substr(0, stem_->text_start - 1); }

  /// Keys with one stem have the same stamps.
  const Stem *stem() const { return stem_; }

  /// Where the lock of whoever computes the value stands.
  std::string lock() const;

  /// The generation behind stamps()[i], as it stands in the text; empty for the root.
  std::string_view generation(std::size_t i) const;

 private:
  friend class KeySeries;
  Key(const Stem &stem, std::string_view whole);

  void set_whole(std::string_view whole);
  std::string_view whole() const { return {whole_.data(), whole_.size() - 1}; }

  std::shared_ptr<const Stem> own_stem_;
  const Stem *stem_;
  boost::container::small_vector<char, 104> whole_;  // the prefix and the text: the wire key, where it is short enough
  std::string digest_;                               // else the wire key
};

/// Makes the keys of several calls with the same generations, of which most give arguments of the same names. They may
/// need what stem() returns as long as they live.
class KeySeries {
 public:
  KeySeries(std::string_view prefix, Generations generations);

  Key make(const gc_arg *args, std::size_t count);
  std::shared_ptr<const Stem> stem() const { return stem_; }

 private:
  std::string_view prefix_;
  Generations generations_;
  ArgumentSeries arguments_;
  std::shared_ptr<const Stem> stem_;   // where all generations are static
  std::vector<std::string> lead_ins_;  // what stands before each argument's value
  std::string whole_;
};

/// The stamps of the root alone.
StampNames root_stamp(std::string_view prefix);

/// Where the stamp of `generation`, as it stands in a key text, stands.
std::string stamp_name(std::string_view prefix, std::string_view generation);

/// `generation` with its argument's value, as it stands in a key text.
std::string generation_text(const Generation &generation, const Arguments &arguments);

/// The stamps of `generations` without the root, for an invalidation. Arguments they do not name are ignored.
StampNames stamps_to_invalidate(std::string_view prefix, const Generations &generations, const Arguments &arguments);

}  // namespace gencache::core
