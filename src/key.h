// The key of a value: a canonical text that people can read, and the names under which the value and its stamps
// stand on a server (docs/protocol.md).
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

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
  std::string start;  // the prefix and the generations
  StampNames stamps;
  boost::container::small_vector<std::uint32_t, 8> generation_ends;  // in the text
};

class Key {
 public:
  /// Throws a Failure where a value-based generation finds no argument.
  Key(std::string_view prefix, const Generations &generations, const Arguments &arguments)
      : Key(make_stem(prefix, generations, arguments), prefix.size() + 1, generations, arguments) {}

  /// `stem`: of another key with the same prefix and generations, all of which are static.
  Key(std::shared_ptr<const Stem> stem, std::size_t text_start, const Generations &generations,
      const Arguments &arguments);

  static std::shared_ptr<const Stem> make_stem(std::string_view prefix, const Generations &generations,
                                               const Arguments &arguments);

  /// Ends in a NUL, as all of a std::string does.
  std::string_view text() const { return std::string_view(whole_).substr(text_start_); }
  std::string_view wire() const { return digest_.empty() ? whole_ : digest_; }
  const StampNames &stamps() const { return stem_->stamps; }
  std::string_view prefix() const { return std::string_view(whole_).substr(0, text_start_ - 1); }

  /// Where the lock of whoever computes the value stands.
  std::string lock() const;

  /// The generation behind stamps()[i], as it stands in the text; empty for the root.
  std::string_view generation(std::size_t i) const;

 private:
  std::string whole_;  // the prefix and the text: the wire key, where it is short enough
  std::size_t text_start_;
  std::string digest_;  // else the wire key
  std::shared_ptr<const Stem> stem_;
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
