/**
 * @file batch.hpp
 * @brief Invalidations that wait for a commit.
 */
#ifndef GENCACHE_BATCH_HPP
#define GENCACHE_BATCH_HPP

#include "gencache/cache.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {
struct FreeBatch {
  void operator()(gc_batch *batch) const { gc_batch_free(batch); }
};
}  // namespace detail
/// @endcond

/**
 * Collects invalidations and deletions, say while a database transaction is open, and sends them together by commit.
 * Until then nothing is sent; cancel and the destructor drop them, so an exception that rolls the transaction back
 * takes them along. To be used by one thread at a time. @since 0.1
 */
class Batch {
 public:
  /** Begins a batch on @p cache. */
  explicit Batch(const Cache &cache) : Batch(cache, nullptr) {}
  /** Begins a batch on @p cache within @p parent, which must outlive it: its commit hands over to that one, which sends
   * nothing before its own. */
  Batch(const Cache &cache, Batch &parent) : Batch(cache, parent.handle()) {}

  /** Notes an invalidation; see Cache::invalidate. @throws ArgumentError */
  void invalidate(const Generations &generations, const Args &args = {}) {
    call(gc_batch_invalidate, generations, args);
  }
  /** Notes a soft invalidation; see Cache::invalidate_soft. @throws ArgumentError */
  void invalidate_soft(const Generations &generations, const Args &args = {}) {
    call(gc_batch_invalidate_soft, generations, args);
  }
  /** Notes a deletion; see Cache::erase. @throws ArgumentError */
  void erase(const Generations &generations, const Args &args = {}) { call(gc_batch_delete, generations, args); }

  /** Sends what was noted, in one round trip to each server; or hands it over to the parent. The batch is empty
   * afterwards and may be used again.
   * @throws Error like Cache::invalidate; what was not acknowledged is kept, and may be committed again. */
  void commit() {
    detail::Failure failure;
    detail::check(gc_batch_commit(batch_.get(), failure), failure);
  }

  /** Drops what was noted. The batch may be used again. */
  void cancel() noexcept { gc_batch_cancel(batch_.get()); }

 private:
  gc_batch *handle() const {
    if (!batch_) throw ArgumentError("parent: a batch that was moved from");
    return batch_.get();
  }
  Batch(const Cache &cache, gc_batch *parent) {
    detail::Failure failure;
    batch_.reset(gc_batch_new(cache.handle(), parent, failure));
    if (!batch_) failure.raise();
  }

  template <class Call>
  void call(Call function, const Generations &generations, const Args &args) {
    detail::Failure failure;
    detail::check(function(batch_.get(), generations.data(), generations.size(), args.data(), args.size(), failure),
                  failure);
  }

  std::unique_ptr<gc_batch, detail::FreeBatch> batch_;
};

}  // namespace gencache

#endif
