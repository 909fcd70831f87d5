/**
 * @file entry.hpp
 * @brief What a read found, and what a computation is given to fill.
 */
#ifndef GENCACHE_ENTRY_HPP
#define GENCACHE_ENTRY_HPP

#include "gencache/options.hpp"
#include "gencache/value.hpp"

namespace gencache {

/** Why a read was not a hit. @since 0.1 */
enum class Reason : std::int32_t {
  hit = GC_REASON_HIT,                     /**< It was a hit. */
  absent = GC_REASON_ABSENT,               /**< Nothing is stored for the key. */
  expired = GC_REASON_EXPIRED,             /**< The value's lifetime is over. */
  invalidated = GC_REASON_INVALIDATED,     /**< A generation was invalidated, or lost by its server. */
  cleared = GC_REASON_CLEARED,             /**< The namespace was cleared. */
  corrupt = GC_REASON_CORRUPT,             /**< What is stored is damaged. */
  other_version = GC_REASON_OTHER_VERSION, /**< What is stored has the format of another version of gencache. */
  unavailable = GC_REASON_UNAVAILABLE      /**< The server could not be asked. */
};

/** @return The name of @p reason: "hit", "absent", … @since 0.1 */
inline const char *name(Reason reason) { return gc_reason_name(static_cast<std::int32_t>(reason)); }

/// @cond INTERNAL
namespace detail {

struct FreeEntry {
  void operator()(gc_entry *entry) const { gc_entry_free(entry); }
};
using EntryHandle = std::unique_ptr<gc_entry, FreeEntry>;

// True if it was done, false if a server could not do it, which costs no more than a miss.
inline bool done(gc_status status, const Failure &failure) {
  if (is_only_a_miss(status)) return false;
  check(status, failure);
  return true;
}

inline bool depend(gc_entry *entry, const char *generation, const Args &args) {
  Failure failure;
  return done(gc_depend(entry, generation, args.data(), args.size(), failure), failure);
}

template <Storable T>
bool fill(gc_entry *entry, const T &value, const gc_options *options) {
  Failure failure;
  return done(store_as(value, [&](const gc_value &stored) { return gc_fill_value(entry, stored, options, failure); }),
              failure);
}

inline bool has_value(const gc_entry *entry) { return gc_entry_type(entry) >= 0; }

// The value of an entry that has one.
template <Storable T>
T decode_entry(const gc_entry *entry) {
  gc_value value;
  Failure failure;
  check(gc_entry_value(entry, &value, failure), failure);
  return decode<T>(value);
}

}  // namespace detail
/// @endcond

/**
 * What a computation fills with its result. A computation that takes a `Filling &` can tell what its value depends on.
 * Belongs to gencache; only to be used while the computation runs, by one thread at a time. @since 0.1
 */
class Filling {
 public:
  /** For @p entry (borrowed), or for nothing where a value is computed without the cache. */
  explicit Filling(gc_entry *entry) : entry_(entry) {}

  /**
   * Makes the value depend on one more generation, which turned up only while computing it. To be called before the
   * source that the generation stands for is read: then there is no race with an invalidation of it.
   * @param generation `name` or `name:argument`.
   * @param args The arguments; those that the generation does not name are ignored.
   * @return Whether it was noted; where a server could not do it, the value is computed but not stored.
   * @throws ArgumentError
   */
  bool depend(const char *generation, const Args &args = {}) {
    return entry_ != nullptr && detail::depend(entry_, generation, args);
  }

 protected:
  gc_entry *entry_; /**< Borrowed; null where there is none. */
};

/** One of the values that Cache::fetch_many has to compute. @since 0.1 */
template <Storable T>
class Gap : public Filling {
 public:
  /** For the call number @p index, with a place for the value (both borrowed). */
  Gap(gc_entry *entry, std::size_t index, std::optional<T> &value) : Filling(entry), index_(index), value_(&value) {}

  /** @return Which of the calls it belongs to, from 0. */
  std::size_t index() const noexcept { return index_; }

  /**
   * Fills it.
   * @param value The value. Fetch_many returns it, whether or not it could be stored.
   * @return Whether it was stored.
   * @throws ArgumentError where it cannot be stored at all.
   */
  bool fill(T value) {
    *value_ = std::move(value);
    return detail::fill(entry_, **value_, nullptr);
  }

 private:
  std::size_t index_;
  std::optional<T> *value_;
};

/**
 * What a read found: a value, or a miss with its reason and its lease.
 *
 * ```cpp
 * auto page = cache.get<std::string>({"nav", "nav_portal:user_id"}, {arg("user_id", 1)});
 * if (!page) page.fill(render(1));
 * show(*page);
 * ```
 *
 * No invalidation gets lost between get and fill: what is invalidated meanwhile makes the filled value a miss.
 * An entry may be read by several threads, but not while one fills it. It may outlive its cache. @since 0.1
 */
template <Storable T>
class [[nodiscard]] Entry {
 public:
  /** Of the handle @p entry; a value in it is decoded. @throws TypeError if it is of another type. */
  explicit Entry(detail::EntryHandle entry) : entry_(std::move(entry)) {
    if (detail::has_value(entry_.get())) value_ = detail::decode_entry<T>(entry_.get());
  }
  /** Of the handle @p entry, whose value is @p value. */
  Entry(detail::EntryHandle entry, T value) : entry_(std::move(entry)), value_(std::move(value)) {}

  /** @return Whether there is a value: found, or filled. A cached "nothing" is one. */
  explicit operator bool() const noexcept { return value_.has_value(); }
  /** @return The value, which must be there. */
  const T &operator*() const & { return *value_; }
  /** @return The value, which must be there. */
  T operator*() && { return *std::move(value_); }
  /** @return The value, which must be there. */
  const T *operator->() const { return &*value_; }
  /** @return The value. @throws std::bad_optional_access where there is none. */
  const T &value() const & { return value_.value(); }
  /** @return The value. @throws std::bad_optional_access where there is none. */
  T value() && { return std::move(value_).value(); }

  /** @return Whether the value is an old one, which the options allowed. */
  bool is_stale() const noexcept { return gc_entry_status(entry_.get()) == GC_STALE; }
  /** @return Why the read was not a hit. */
  Reason reason() const noexcept { return static_cast<Reason>(gc_entry_reason(entry_.get())); }
  /** @return The generation that caused the miss (`nav_portal:user_id=1`), borrowed; "" where none did. */
  std::string_view generation() const & { return gc_entry_generation(entry_.get()); }
  /** The same of a temporary, a copy. */
  std::string generation() && { return gc_entry_generation(entry_.get()); }
  /** @return The readable key, borrowed. */
  std::string_view key() const & { return gc_entry_key(entry_.get()); }
  /** The same of a temporary, a copy. */
  std::string key() && { return gc_entry_key(entry_.get()); }
  /** @return How long ago the value was stored, by this host's clock; nothing where the read found none. */
  std::optional<std::chrono::milliseconds> age() const { return time(gc_entry_age_ms(entry_.get())); }
  /** @return What was left of the value's lifetime; nothing where it has no end or the read found none. */
  std::optional<std::chrono::milliseconds> remaining() const { return time(gc_entry_remaining_ms(entry_.get())); }

  /**
   * Fills a miss, which has the value from now on.
   * @param value The value.
   * @param options How to store it.
   * @return Whether it was stored. Where a server is away or refuses it, or it is too large, it is not.
   * @throws ArgumentError where the entry is no miss, or the value or an option cannot be stored at all.
   */
  bool fill(T value, const Options &options = {}) {
    const bool is_stored = detail::fill(entry_.get(), value, detail::to_handle(options).get());
    value_ = std::move(value);
    return is_stored;
  }

  /** Makes the value of a miss depend on one more generation; see Filling::depend. */
  bool depend(const char *generation, const Args &args = {}) { return detail::depend(entry_.get(), generation, args); }

 private:
  static std::optional<std::chrono::milliseconds> time(std::int64_t ms) {
    return ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
  }

  detail::EntryHandle entry_;
  std::optional<T> value_;
};

}  // namespace gencache

#endif
