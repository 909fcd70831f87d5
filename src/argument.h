// The arguments of a call, checked and in canonical order.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "gencache/gencache.h"

namespace gencache::core {

struct Argument {
  std::string_view name;  // empty: an explicit extra part of the key
  gc_value value;
};

/// Extra parts first, in the caller's order; then the named ones, sorted by name.
using Arguments = boost::container::small_vector<Argument, 8>;

/// Checks the arguments of a call; throws a Failure that names the bad one. `list` is the parameter they came in.
Arguments parse_arguments(const gc_arg *args, std::size_t count, const char *list = "args");

/// The arguments of several calls, most of which give the same names in the same order.
class ArgumentSeries {
 public:
  /// Like parse_arguments. Tells whether the names are those of the last call; their bytes must not change in between.
  bool parse(const gc_arg *args, std::size_t count);
  const Arguments &arguments() const { return arguments_; }

 private:
  Arguments arguments_;
  boost::container::small_vector<const char *, 8> names_;  // of the last call, as they were given
  boost::container::small_vector<std::size_t, 8> order_;   // where they stand in arguments_
};

/// What is wrong with `value` wherever it stands (its type, its pointer, its UTF-8), as the end of a sentence that
/// begins with its name; null where nothing is.
const char *problem_with(const gc_value &value);

/// The value of the argument `name`, or null where there is none.
const gc_value *find(const Arguments &arguments, std::string_view name);

/// Appends how `value` reads in the rest of the key, where values of different types differ.
void append_in_key(std::string &out, const gc_value &value);

}  // namespace gencache::core
