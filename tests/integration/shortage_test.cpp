// Memory that fails once, and threads that the system does not give: an error or a slower call, and afterwards all is
// as before.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>

#include "pool.h"
#include "support/computing.h"

namespace {

thread_local int64_t until_failure = -1;  // allocations; negative: none fails
std::atomic<bool> has_threads{true};

}  // namespace

// The program's own definitions stand before those of the libraries. Apart, so that no compiler looks through them.
[[gnu::noinline]] void *operator new(std::size_t size) {
  if (until_failure >= 0 && until_failure-- == 0) throw std::bad_alloc();
  void *block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void operator delete(void *block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void *block, std::size_t) noexcept { std::free(block); }

extern "C" [[gnu::visibility("default")]] int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                                             void *(*run)(void *), void *context) {
  if (!has_threads) return EAGAIN;
  static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, run, context);
}

namespace gencache::test {
namespace {

class Shortage : public Pool {
 protected:
  // Lets each allocation of `call` fail in turn, each time on a new cache that has just been opened or used.
  void let_each_fail(bool is_used, const std::function<gc_status(gc_cache *)> &call) {
    constexpr int64_t most = 2000;
    start(1);
    for (int64_t n = 0;; ++n) {
      ASSERT_LT(n, most) << "it never succeeded";
      const Cache cache = open("connections=1");
      if (is_used) {
        ASSERT_TRUE(cache.set(nav, {}, "value").ok());
      }
      until_failure = n;
      const gc_status status = call(cache.handle());
      const bool was_short = until_failure < 0;
      until_failure = -1;
      if (!was_short) {
        EXPECT_GE(status, 0);
        EXPECT_GT(n, 0) << "nothing was ever allocated";
        return;
      }
      ASSERT_TRUE(eventually([&] {  // a write that was under way may arrive late, and makes a miss of this
        const Done done = cache.set(nav, {}, "new");
        EXPECT_TRUE(done.ok()) << "after allocation " << n << ", which gave " << gc_status_name(status) << ": "
                               << done.message;
        return !done.ok() || cache.get(nav).data() == "new";
      }));
    }
  }

  static gc_status get(gc_cache *cache) {
    const char *generations[] = {"nav"};
    gc_entry *entry = nullptr;
    const gc_status status = gc_get(cache, generations, 1, nullptr, 0, &entry, nullptr);
    gc_entry_free(entry);
    return status;
  }
  static gc_status set(gc_cache *cache) {
    const char *generations[] = {"nav"};
    return gc_set(cache, generations, 1, nullptr, 0, "value", 5, nullptr, nullptr);
  }
  static gc_status invalidate(gc_cache *cache) { return gc_invalidate(cache, "nav", nullptr, 0, nullptr); }
};

TEST_F(Shortage, EachAllocationOfTheFirstGet) { let_each_fail(false, get); }
TEST_F(Shortage, EachAllocationOfAGet) { let_each_fail(true, get); }
TEST_F(Shortage, EachAllocationOfASet) { let_each_fail(true, set); }
TEST_F(Shortage, EachAllocationOfTheFirstInvalidation) { let_each_fail(false, invalidate); }
TEST_F(Shortage, EachAllocationOfAnInvalidation) { let_each_fail(true, invalidate); }

TEST_F(Shortage, NoThreadIsToBeHad) {
  const Cache cache = start(2);
  delay_so_far();  // its thread is there before none is to be had
  has_threads = false;
  EXPECT_TRUE(cache.ping().ok());
  for (int64_t i = 0; i < 10; ++i) {
    const Got computed = fetch(cache, nav, page(i), gives(std::to_string(i)));
    EXPECT_EQ(computed.data(), std::to_string(i)) << computed.summary();
    EXPECT_EQ(cache.get(nav, page(i)).data(), std::to_string(i));
  }
  EXPECT_EQ(get_many(cache, nav, {page(0), page(1), page(2), page(3)}).data(),
            (std::vector<std::string>{"0", "1", "2", "3"}));
  EXPECT_TRUE(cache.invalidate("nav").ok());
  EXPECT_TRUE(cache.get(nav, page(0)).miss());
  servers[0].stop();
  // libmemcached grants each single wait the whole budget.
  EXPECT_EQ(within(4 * kBudget, [&] { return cache.invalidate("nav"); }).status, GC_ERR_UNAVAILABLE);
  servers[0].cont();
  has_threads = true;
  EXPECT_TRUE(eventually([&] { return cache.ping().ok(); }));
  EXPECT_TRUE(cache.set(nav, {}, "value").ok());
  EXPECT_EQ(cache.get(nav).data(), "value");
}

}  // namespace
}  // namespace gencache::test
