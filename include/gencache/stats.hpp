/**
 * @file stats.hpp
 * @brief What a cache has done, and the log.
 */
#ifndef GENCACHE_STATS_HPP
#define GENCACHE_STATS_HPP

#include <functional>
#include <string>
#include <vector>

#include "gencache/entry.hpp"

namespace gencache {

/** What a cache has done in this process since it was opened: the fields of gc_stats, and sums of them. @since 0.1 */
struct Stats : gc_stats {
  /** A name, and how often. */
  struct Named {
    std::string name;        /**< Of a server, or of a generation as it stands in keys. */
    std::uint64_t count = 0; /**< How often. */
  };

  std::vector<Named> server_errors;   /**< Calls that failed, by server. */
  std::vector<Named> top_generations; /**< Misses by generation, most first; see gc_top_generation. */

  /** @return Reads that found a valid value. */
  std::uint64_t hits() const { return count(Reason::hit); }
  /** @return Reads that did not, for whatever reason. */
  std::uint64_t misses() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t of_reason : reads) sum += of_reason;
    return sum - hits();
  }
  /** @return Reads that ended with @p reason. */
  std::uint64_t count(Reason reason) const { return reads[static_cast<std::size_t>(reason)]; }
};

/** How much a log callback is told. @since 0.1 */
enum class LogLevel : std::int32_t {
  error = GC_LOG_ERROR,     /**< An invalidation that did not reach every server. */
  warning = GC_LOG_WARNING, /**< A server that failed, a corrupt record. */
  info = GC_LOG_INFO,       /**< A server that came back; misses where Options::log_misses asks for them. */
  debug = GC_LOG_DEBUG      /**< Every miss: key, reason, generation. */
};

/** Receives a message, on the thread whose call caused it, maybe on several threads at once. The text is borrowed for
 * the call. It must not close the cache; what it throws is ignored. @since 0.1 */
using LogFunction = std::function<void(LogLevel level, std::string_view message)>;

}  // namespace gencache

#endif
