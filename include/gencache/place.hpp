/**
 * @file place.hpp
 * @brief Where a computation stands in the source.
 */
#ifndef GENCACHE_PLACE_HPP
#define GENCACHE_PLACE_HPP

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <version>
#ifdef __cpp_lib_source_location
#include <source_location>
#endif

#include "gencache/error.hpp"

namespace gencache {

/**
 * A place in the source, which is part of a wrapped function's key. What std::source_location is, for compilers that
 * do not have it yet, and with the bare name of the function. @since 0.1
 */
class Place {
 public:
  /** @return The place of the call: leave the parameters to their defaults. */
  static constexpr Place here(const char *file = __builtin_FILE(), const char *function = __builtin_FUNCTION(),
                              int line = __builtin_LINE()) {
    return {file, function, line};
  }

  /** The line @p line in @p file, in @p function (both borrowed). */
  constexpr Place(const char *file, std::string_view function, int line)
      : file_(file), function_(function), line_(line) {}

#ifdef __cpp_lib_source_location
  /** The place that @p location tells. */
  constexpr Place(const std::source_location &location)  // NOLINT(google-explicit-constructor)
      : Place(location.file_name(), bare_name(location.function_name()), static_cast<int>(location.line())) {}
#endif

  /** @return `module.function:line`, where the module is the file without its ending; see gc_fetch_at. */
  std::string text() const {
    std::string text(module());
    if (!function_.empty()) text.append(".").append(function_);
    return text.append(":").append(std::to_string(line_));
  }

 private:
  constexpr std::string_view module() const {
    const std::size_t slash = file_.rfind('/');
    const std::size_t dot = file_.rfind('.');
    const bool has_ending = dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash + 1);
    return has_ending ? file_.substr(0, dot) : file_;
  }

  // `page` of `std::string Site::page(int) const`, as __func__ has it.
  static constexpr std::string_view bare_name(std::string_view pretty) {
    pretty = pretty.substr(0, pretty.find('('));
    const std::size_t before = pretty.find_last_of(" :*&");
    return before == std::string_view::npos ? pretty : pretty.substr(before + 1);
  }

  std::string_view file_;
  std::string_view function_;
  int line_;
};

/// @cond INTERNAL
namespace detail {

// Holds a place for one function, as long as it is wrapped there: two with the same keys would take each other's
// values. It ends with the function, since a cache that is opened later may have the address of one that was closed.
class PlaceTaken {
 public:
  // `keys` is what the keys of this function have in common.
  PlaceTaken(std::string keys, const std::string &place, const std::string &function) : keys_(std::move(keys)) {
    Registry &all = registry();
    const std::lock_guard lock(all.mutex);
    Holder &holder = all.holders.try_emplace(keys_, Holder{function, 0}).first->second;
    if (holder.function != function)
      throw ArgumentError("another function is wrapped at " + place +
                          ", with the same keys: pass wrap the place of the caller, or give each function a version "
                          "(WrapOptions::version)");
    ++holder.count;
  }
  ~PlaceTaken() {
    Registry &all = registry();
    const std::lock_guard lock(all.mutex);
    const auto holder = all.holders.find(keys_);
    if (--holder->second.count == 0) all.holders.erase(holder);
  }
  PlaceTaken(const PlaceTaken &) = delete;
  PlaceTaken &operator=(const PlaceTaken &) = delete;

 private:
  struct Holder {
    std::string function;
    std::size_t count;
  };
  struct Registry {
    std::mutex mutex;
    std::unordered_map<std::string, Holder> holders;
  };
  // Outlives every holder, also those that end with the program: it is made before the first of them is.
  static Registry &registry() {
    static Registry registry;
    return registry;
  }

  std::string keys_;
};

}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
