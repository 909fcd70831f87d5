// Generations as a caller declares them, `name` or `name:argument`, checked and in canonical order.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "gencache/gencache.h"

namespace gencache::core {

struct Generation {
  std::string_view declared;
  std::string_view name;
  std::string_view argument;  // empty: the generation is static
  bool is_plain = false;      // neither the name nor the argument's needs escaping

  bool is_static() const { return argument.empty(); }
  bool operator==(const Generation &other) const { return declared == other.declared; }
  bool operator<(const Generation &other) const { return declared < other.declared; }
};

/// Sorted, without duplicates. The views point into the caller's strings.
using Generations = boost::container::small_vector<Generation, 8>;

/// Checks the generations of a call; throws a Failure that names the bad one.
Generations parse_generations(const char *const *generations, std::size_t count);

/// Appends how `value` reads inside a generation: the same for 42, "42" and 42.0, since invalidating too much is
/// harmless and invalidating too little is not.
void append_in_generation(std::string &out, const gc_value &value);

}  // namespace gencache::core
