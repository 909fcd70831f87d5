// The C handles for tests: each frees itself, and a call is one line.
#ifndef GENCACHE_TESTS_SUPPORT_HANDLES_H
#define GENCACHE_TESTS_SUPPORT_HANDLES_H

#include <gencache/gencache.h>

#include <memory>
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

  bool hit() const { return status == GC_OK; }
  bool miss() const { return status == GC_MISS; }
  std::string data() const { return entry.data(); }
  // For messages of tests: "hit", "invalidated nav", "unavailable: …".
  std::string summary() const;
};

class Options {
 public:
  Options() : options_(gc_options_new()) {}
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
  void close() { gc_close(std::exchange(cache_, nullptr)); }

  Got get(const Names &generations, const Args &args = {}) const;
  Done set(const Names &generations, const Args &args, std::string_view data,
           const gc_options *options = nullptr) const;
  Done set(const Names &generations, const Args &args, gc_value value, const gc_options *options = nullptr) const;
  Done remove(const Names &generations, const Args &args = {}) const;
  Done invalidate(const char *generation, const Args &args = {}) const;
  Done invalidate_many(const Names &generations, const Args &args = {}) const;
  Done clear() const;
  Done ping() const;

  std::string explain(const Names &generations, const Args &args = {}) const;  // throws where it fails
  // What stands behind `label: ` in the text of explain(), "" where there is no such line.
  std::string explained(const std::string &label, const Names &generations, const Args &args = {}) const;

 private:
  gc_cache *cache_;
};

}  // namespace gencache::test

#endif
