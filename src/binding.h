// A bound cache: generations, parameters and defaults given once, checked once.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "argument.h"
#include "generation.h"

namespace gencache::core {

/// Immutable, so thread-safe.
class Binding {
 public:
  /// Copies everything. Throws a Failure where a generation names no parameter.
  Binding(const char *const *generations, std::size_t n_generations, const gc_arg *params, std::size_t n_params);
  Binding(const Binding &) = delete;
  Binding &operator=(const Binding &) = delete;

  const Generations &generations() const { return generations_; }

  /// The arguments of a call, by name or by position, completed with the defaults.
  Arguments complete(const gc_arg *args, std::size_t n_args) const;

  /// The arguments that were given, by name, without defaults.
  Arguments given(const gc_arg *args, std::size_t n_args) const;

  /// The generations whose argument is among `given`; the static ones where nothing is given.
  Generations chosen_by(const Arguments &given) const;

 private:
  std::string_view keep(std::string_view text) { return kept_.emplace_back(text); }
  std::vector<gc_arg> named(const gc_arg *args, std::size_t n_args) const;

  std::deque<std::string> kept_;  // what the views below point into; a deque does not move its strings
  Generations generations_;
  std::vector<gc_arg> parameters_;  // in the order they were declared
};

}  // namespace gencache::core
