/**
 * @file fetch.hpp
 * @brief How a computation in C++ passes through the C interface. Nothing to be used directly.
 */
#ifndef GENCACHE_FETCH_HPP
#define GENCACHE_FETCH_HPP

#include <deque>
#include <exception>
#include <functional>

#include "gencache/entry.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {

template <class F>
inline constexpr bool takes_filling = !std::invocable<F &> && std::invocable<F &, Filling &>;

template <class F>
struct ResultOf {
  using Type = void;
};
template <class F>
requires std::invocable<F &>
struct ResultOf<F> {
  using Type = std::invoke_result_t<F &>;
};
template <class F>
requires takes_filling<F>
struct ResultOf<F> {
  using Type = std::invoke_result_t<F &, Filling &>;
};

// What fetch<T> returns for the computation F: T, or what the computation returns.
template <class T, class F>
using Fetched = std::conditional_t<std::is_void_v<T>, Kept<typename ResultOf<std::remove_reference_t<F>>::Type>, T>;

// Without a conversion that has to be asked for; nor does a pointer pass for a boolean.
template <class R, class T>
concept BecomesA = std::convertible_to<R, T> &&(!std::same_as<T, bool> || !std::is_pointer_v<std::decay_t<R>>);

}  // namespace detail
/// @endcond

/** A computation whose result can be cached as @p T: a callable without parameters, or with a `Filling &`. @since 0.1
 */
template <class F, class T>
concept ComputationOf = Storable<T> && detail::BecomesA<typename detail::ResultOf<std::remove_reference_t<F>>::Type, T>;

/** A computation of many values: a callable that takes a `std::span<Gap<T>>` and fills them. @since 0.1 */
template <class F, class T>
concept ManyComputationOf = Storable<T> && std::invocable<F &, std::span<Gap<T>>>;

/// @cond INTERNAL
namespace detail {

// An exception of the caller's computation stays on this side of the C interface.
class Caught {
 public:
  template <class Body>
  std::int32_t guard(Body body) noexcept {
    try {
      body();
      return 0;
    } catch (...) {
      exception_ = std::current_exception();
      return 1;
    }
  }
  bool is_caught() const { return exception_ != nullptr; }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::exception_ptr exception_;
};

// The payload of a gc_compute_fn. Keeps the computed value, so that the caller gets it without a detour and even where
// it could not be stored.
template <Storable T, class F>
class Computation {
 public:
  explicit Computation(F &function) : function_(function) {}

  static std::int32_t run(void *payload, gc_entry *entry) {
    auto &self = *static_cast<Computation *>(payload);
    return self.caught.guard([&] {
      self.compute(entry);
      fill(entry, *self.value, nullptr);
    });
  }

  std::optional<T> value;
  Caught caught;

 private:
  void compute(gc_entry *entry) {
    if constexpr (takes_filling<F>) {
      Filling filling(entry);
      value.emplace(std::invoke(function_, filling));
    } else {
      value.emplace(std::invoke(function_));
    }
  }

  F &function_;
};

// The entry's value if it is a T.
template <Storable T>
std::optional<Entry<T>> decoded(EntryHandle &entry) {
  if (!has_value(entry.get())) return std::nullopt;
  try {
    T value = decode_entry<T>(entry.get());
    return std::optional<Entry<T>>(std::in_place, std::move(entry), std::move(value));
  } catch (const TypeError &) {
    return std::nullopt;
  }
}

// One call of `fetch(compute, payload, options, entry, err)`. Nothing where what is cached is of another type.
template <Storable T, class F, class Fetch>
std::optional<Entry<T>> fetch_once(F &function, const gc_options *options, const Fetch &fetch) {
  Computation<T, F> computation(function);
  gc_entry *out = nullptr;
  Failure failure;
  const gc_status status = fetch(&Computation<T, F>::run, &computation, options, &out, failure);
  EntryHandle entry(out);
  if (status < 0) computation.caught.rethrow();
  if (computation.value && !computation.caught.is_caught()) {
    return std::optional<Entry<T>>(std::in_place, std::move(entry), *std::move(computation.value));
  }
  check(status, failure);
  std::optional<Entry<T>> found = decoded<T>(entry);
  if (!found) computation.caught.rethrow();
  return found;
}

// A value of another type, left by an earlier version of the program, say, is computed anew and overwritten.
template <Storable T, class F, class Fetch, class Refreshing>
Entry<T> fetch_entry(F &function, const gc_options *options, const Refreshing &refreshing, const Fetch &fetch) {
  if (auto found = fetch_once<T>(function, options, fetch)) return *std::move(found);
  const OptionsHandle refresh = refreshing();
  if (auto found = fetch_once<T>(function, refresh.get(), fetch)) return *std::move(found);
  throw TypeError("the value was not computed, and the one in the cache is of another type");
}

// The arguments of many calls, as the C interface takes them. Borrows them.
class Calls {
 public:
  Calls() = default;
  template <class Range>
  explicit Calls(const Range &calls) {
    for (auto &&call : calls) {
      if constexpr (std::is_lvalue_reference_v<decltype(call)>) {
        add(Args(call));
      } else {  // a view has made it just now
        const Args args(call);
        add(own_.emplace_back(args.data(), args.data() + args.size()));
      }
    }
  }
  Calls(Calls &&) = default;

  void add(const Args &args) {
    args_.push_back(args.data());
    sizes_.push_back(args.size());
  }
  Calls chosen(const std::vector<std::size_t> &indexes) const {
    Calls some;
    for (const std::size_t i : indexes) some.add(std::span(args_[i], sizes_[i]));
    return some;
  }

  const gc_arg *const *args() const { return args_.data(); }
  const std::size_t *sizes() const { return sizes_.data(); }
  std::size_t size() const { return args_.size(); }

 private:
  std::deque<std::vector<gc_arg>> own_;
  std::vector<const gc_arg *> args_;
  std::vector<std::size_t> sizes_;
};

// The handles of many entries, from the C interface.
class Entries {
 public:
  explicit Entries(std::size_t size) : entries_(size) {}
  Entries(const Entries &) = delete;
  Entries &operator=(const Entries &) = delete;
  ~Entries() {
    for (gc_entry *entry : entries_) gc_entry_free(entry);
  }

  gc_entry **data() { return entries_.data(); }
  std::size_t size() const { return entries_.size(); }
  EntryHandle take(std::size_t i) { return EntryHandle(std::exchange(entries_[i], nullptr)); }

 private:
  std::vector<gc_entry *> entries_;
};

template <Storable T, class Get>
std::vector<Entry<T>> get_many(const Calls &calls, const Get &get) {
  Entries entries(calls.size());
  Failure failure;
  done(get(calls, entries.data(), failure), failure);
  std::vector<Entry<T>> found;
  found.reserve(calls.size());
  for (std::size_t i = 0; i < entries.size(); ++i) found.emplace_back(entries.take(i));
  return found;
}

// The payload of a gc_compute_many_fn: the values of those calls that `indexes` lists.
template <Storable T, class F>
class ManyComputation {
 public:
  ManyComputation(F &function, std::vector<std::size_t> indexes)
      : values(indexes.size()), indexes_(std::move(indexes)), function_(function) {}

  static std::int32_t run(void *payload, gc_entry *const *entries, const std::size_t *at, std::size_t n) {
    auto &self = *static_cast<ManyComputation *>(payload);
    return self.caught.guard([&] {
      std::vector<Gap<T>> gaps;
      gaps.reserve(n);
      for (std::size_t i = 0; i < n; ++i) gaps.emplace_back(entries[i], self.indexes_[at[i]], self.values[at[i]]);
      std::invoke(self.function_, std::span<Gap<T>>(gaps));
    });
  }

  std::vector<std::optional<T>> values;
  Caught caught;

 private:
  std::vector<std::size_t> indexes_;
  F &function_;
};

// Fetches the calls that `indexes` lists into `found`; returns those whose value in the cache is of another type.
template <Storable T, class F, class Fetch>
std::vector<std::size_t> fetch_some(const Calls &calls, const std::vector<std::size_t> &indexes, F &function,
                                    const gc_options *options, const Fetch &fetch,
                                    std::vector<std::optional<Entry<T>>> &found) {
  ManyComputation<T, F> computation(function, indexes);
  Entries entries(indexes.size());
  Failure failure;
  const gc_status status =
      fetch(calls.chosen(indexes), &ManyComputation<T, F>::run, &computation, options, entries.data(), failure);
  if (status < 0) computation.caught.rethrow();
  done(status, failure);
  std::vector<std::size_t> of_another_type;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    EntryHandle entry = entries.take(i);
    auto &out = found[indexes[i]];
    if (computation.values[i]) {
      out.emplace(std::move(entry), *std::move(computation.values[i]));
    } else if (!has_value(entry.get())) {
      out.emplace(std::move(entry));
    } else if (!(out = decoded<T>(entry))) {
      of_another_type.push_back(indexes[i]);
    }
  }
  return of_another_type;
}

template <Storable T, class F, class Fetch, class Refreshing>
std::vector<Entry<T>> fetch_many(const Calls &calls, F &function, const gc_options *options,
                                 const Refreshing &refreshing, const Fetch &fetch) {
  std::vector<std::size_t> indexes(calls.size());
  for (std::size_t i = 0; i < indexes.size(); ++i) indexes[i] = i;
  std::vector<std::optional<Entry<T>>> found(calls.size());
  indexes = fetch_some<T>(calls, indexes, function, options, fetch, found);
  if (!indexes.empty()) indexes = fetch_some<T>(calls, indexes, function, refreshing().get(), fetch, found);
  if (!indexes.empty()) throw TypeError("a value was not computed, and the one in the cache is of another type");
  std::vector<Entry<T>> entries;
  entries.reserve(calls.size());
  for (auto &entry : found) entries.push_back(*std::move(entry));
  return entries;
}

}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
