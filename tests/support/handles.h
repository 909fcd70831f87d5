// The C handles for tests: each frees itself, and a call is one line.
#ifndef GENCACHE_TESTS_SUPPORT_HANDLES_H
#define GENCACHE_TESTS_SUPPORT_HANDLES_H

#include <gencache/gencache.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gencache::test {

using Names = std::vector<const char *>;
using Args = std::vector<gc_arg>;

// The error of a call: `gc_get(…, error.out())`.
class Error {
 public:
  Error() = default;
  Error(Error &&other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  Error &operator=(Error &&other) noexcept;
  ~Error() { gc_error_free(error_); }

  gc_error **out() { return &error_; }
  gc_status status() const { return gc_error_status(error_); }
  int32_t origin() const { return gc_error_origin(error_); }
  std::string message() const { return gc_error_message(error_); }

 private:
  gc_error *error_ = nullptr;
};

struct EntryDeleter {
  void operator()(gc_entry *entry) const { gc_entry_free(entry); }
};

// A hit or a miss. All questions may be asked of an empty one, too.
class Entry {
 public:
  Entry() = default;
  explicit Entry(gc_entry *entry) : entry_(entry) {}

  explicit operator bool() const { return entry_ != nullptr; }
  gc_entry *get() const { return entry_.get(); }
  void reset() { entry_.reset(); }
  gc_status status() const { return gc_entry_status(get()); }
  int32_t reason() const { return entry_ ? gc_entry_reason(get()) : -1; }
  std::string generation() const { return entry_ ? gc_entry_generation(get()) : ""; }
  std::string key() const { return entry_ ? gc_entry_key(get()) : ""; }
  std::string data() const;  // "" for a miss

 private:
  std::unique_ptr<gc_entry, EntryDeleter> entry_;
};

// The outcome of a write.
struct Done {
  gc_status status = GC_OK;
  std::string message;

  bool ok() const { return status == GC_OK; }
};

// The outcome of a read.
struct Got {
  gc_status status = GC_OK;
  Entry entry;
  std::string message;
  int32_t origin = 0;  // what a failed computation returned

  bool hit() const { return status == GC_OK; }
  bool miss() const { return status == GC_MISS; }
  bool stale() const { return status == GC_STALE; }
  bool busy() const { return status == GC_BUSY; }
  std::string data() const { return entry.data(); }
  // For messages of tests: "hit", "invalidated nav", "unavailable: …".
  std::string summary() const;
};

// What options say; what is not given stays at its default.
struct Settings {
  std::optional<int64_t> ttl_ms = {};
  std::optional<int64_t> nothing_ttl_ms = {};
  std::optional<double> jitter = {};
  std::optional<int64_t> stale_for_ms = {};
  std::optional<int64_t> fail_safe_ms = {};
  std::optional<int64_t> lock_ms = {};
  std::optional<int64_t> wait_ms = {};
  std::optional<double> beta = {};
  std::optional<bool> refresh = {};
  std::optional<bool> log_misses = {};
};

class Options {
 public:
  Options() : options_(gc_options_new()) {}
  explicit Options(const Settings &settings);  // throws std::runtime_error where one is refused
  ~Options() { gc_options_free(options_); }
  Options(const Options &) = delete;
  Options &operator=(const Options &) = delete;

  static std::unique_ptr<Options> ttl_ms(int64_t ttl_ms);  // throws std::runtime_error where it is refused
  gc_options *get() const { return options_; }

 private:
  gc_options *options_;
};

Done fill(const Entry &entry, std::string_view data, const gc_options *options = nullptr);
Done fill(const Entry &entry, gc_value value, const gc_options *options = nullptr);

class Cache {
 public:
  explicit Cache(const std::string &url);  // throws std::runtime_error with the error's message
  Cache(Cache &&other) noexcept : cache_(std::exchange(other.cache_, nullptr)) {}
  Cache &operator=(Cache &&other) noexcept;
  ~Cache() { close(); }

  gc_cache *handle() const { return cache_; }
  Cache with_timeout(int64_t timeout_ms) const;  // throws std::runtime_error where it is refused
  void close() { gc_close(std::exchange(cache_, nullptr)); }

  Got get(const Names &generations, const Args &args = {}) const;
  Done set(const Names &generations, const Args &args, std::string_view data,
           const gc_options *options = nullptr) const;
  Done set(const Names &generations, const Args &args, gc_value value, const gc_options *options = nullptr) const;
  Done remove(const Names &generations, const Args &args = {}) const;
  Done invalidate(const char *generation, const Args &args = {}) const;
  Done invalidate_many(const Names &generations, const Args &args = {}) const;
  Done invalidate_soft(const Names &generations, const Args &args = {}) const;
  Done clear() const;
  Done ping() const;

  std::string explain(const Names &generations, const Args &args = {}) const;  // throws where it fails
  // What stands behind `label: ` in the text of explain(), "" where there is no such line.
  std::string explained(const std::string &label, const Names &generations, const Args &args = {}) const;

 private:
  explicit Cache(gc_cache *cache) : cache_(cache) {}

  gc_cache *cache_;
};

}  // namespace gencache::test

#endif
