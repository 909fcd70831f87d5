#include "support/handles.h"

#include <sstream>
#include <stdexcept>

namespace gencache::test {
namespace {

Done done(gc_status status, const Error &error) { return {status, error.message()}; }

}  // namespace

Error &Error::operator=(Error &&other) noexcept {
  if (this != &other) {
    gc_error_free(error_);
    error_ = std::exchange(other.error_, nullptr);
  }
  return *this;
}

std::string Entry::data() const {
  if (!entry_ || gc_entry_data(get()) == nullptr) return {};
  return {static_cast<const char *>(gc_entry_data(get())), gc_entry_size(get())};
}

std::string Got::summary() const {
  if (hit()) return "hit";
  if (stale() || busy()) return stale() ? "stale" : "busy";
  std::string text = entry ? gc_reason_name(entry.reason()) : gc_status_name(status);
  if (!entry.generation().empty()) text += " " + entry.generation();
  return message.empty() ? text : text + ": " + message;
}

std::unique_ptr<Options> Options::ttl_ms(int64_t ttl_ms) {
  auto options = std::make_unique<Options>();
  Error error;
  if (gc_options_set_ttl_ms(options->get(), ttl_ms, error.out()) != GC_OK) throw std::runtime_error(error.message());
  return options;
}

Options::Options(const Settings &settings) : Options() {
  Error error;
  const auto check = [&](gc_status status) {
    if (status != GC_OK) throw std::runtime_error(error.message());
  };
  const auto &[ttl, nothing_ttl, jitter, stale_for, fail_safe, lock, wait, beta, refresh, log_misses] = settings;
  if (ttl) check(gc_options_set_ttl_ms(options_, *ttl, error.out()));
  if (nothing_ttl) check(gc_options_set_nothing_ttl_ms(options_, *nothing_ttl, error.out()));
  if (jitter) check(gc_options_set_jitter(options_, *jitter, error.out()));
  if (stale_for) check(gc_options_set_stale_for_ms(options_, *stale_for, error.out()));
  if (fail_safe) check(gc_options_set_fail_safe_ms(options_, *fail_safe, error.out()));
  if (lock) check(gc_options_set_lock_ms(options_, *lock, error.out()));
  if (wait) check(gc_options_set_wait_ms(options_, *wait, error.out()));
  if (beta) check(gc_options_set_beta(options_, *beta, error.out()));
  if (refresh) check(gc_options_set_refresh(options_, *refresh ? 1 : 0, error.out()));
  if (log_misses) check(gc_options_set_log_misses(options_, *log_misses ? 1 : 0, error.out()));
}

Done fill(const Entry &entry, std::string_view data, const gc_options *options) {
  Error error;
  return done(gc_fill(entry.get(), data.data(), data.size(), options, error.out()), error);
}

Done fill(const Entry &entry, gc_value value, const gc_options *options) {
  Error error;
  return done(gc_fill_value(entry.get(), value, options, error.out()), error);
}

Cache::Cache(const std::string &url) {
  Error error;
  cache_ = gc_open(url.c_str(), error.out());
  if (cache_ == nullptr) throw std::runtime_error(error.message());
}

Cache &Cache::operator=(Cache &&other) noexcept {
  if (this != &other) {
    close();
    cache_ = std::exchange(other.cache_, nullptr);
  }
  return *this;
}

Got Cache::get(const Names &generations, const Args &args) const {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status =
      gc_get(cache_, generations.data(), generations.size(), args.data(), args.size(), &entry, error.out());
  return {status, Entry(entry), error.message(), error.origin()};
}

Done Cache::set(const Names &generations, const Args &args, std::string_view data, const gc_options *options) const {
  Error error;
  return done(gc_set(cache_, generations.data(), generations.size(), args.data(), args.size(), data.data(), data.size(),
                     options, error.out()),
              error);
}

Done Cache::set(const Names &generations, const Args &args, gc_value value, const gc_options *options) const {
  Error error;
  return done(gc_set_value(cache_, generations.data(), generations.size(), args.data(), args.size(), value, options,
                           error.out()),
              error);
}

Done Cache::remove(const Names &generations, const Args &args) const {
  Error error;
  return done(gc_delete(cache_, generations.data(), generations.size(), args.data(), args.size(), error.out()), error);
}

Done Cache::invalidate(const char *generation, const Args &args) const {
  Error error;
  return done(gc_invalidate(cache_, generation, args.data(), args.size(), error.out()), error);
}

Done Cache::invalidate_many(const Names &generations, const Args &args) const {
  Error error;
  return done(gc_invalidate_many(cache_, generations.data(), generations.size(), args.data(), args.size(), error.out()),
              error);
}

Done Cache::invalidate_soft(const Names &generations, const Args &args) const {
  Error error;
  return done(gc_invalidate_soft(cache_, generations.data(), generations.size(), args.data(), args.size(), error.out()),
              error);
}

Done Cache::clear() const {
  Error error;
  return done(gc_clear(cache_, error.out()), error);
}

Cache Cache::with_timeout(int64_t timeout_ms) const {
  Error error;
  gc_cache *view = gc_with_timeout(cache_, timeout_ms, error.out());
  if (view == nullptr) throw std::runtime_error(error.message());
  return Cache(view);
}

Done Cache::ping() const {
  Error error;
  return done(gc_ping(cache_, error.out()), error);
}

std::string Cache::explain(const Names &generations, const Args &args) const {
  Error error;
  char *text = nullptr;
  if (gc_explain(cache_, generations.data(), generations.size(), args.data(), args.size(), &text, error.out()) !=
      GC_OK) {
    throw std::runtime_error(error.message());
  }
  const std::unique_ptr<char, decltype(&gc_string_free)> owner(text, gc_string_free);
  return text;
}

std::string Cache::explained(const std::string &label, const Names &generations, const Args &args) const {
  std::istringstream lines(explain(generations, args));
  for (std::string line; std::getline(lines, line);) {
    const size_t start = line.find_first_not_of(' ');
    if (start != std::string::npos && line.compare(start, label.size() + 2, label + ": ") == 0) {
      return line.substr(start + label.size() + 2);
    }
  }
  return {};
}

}  // namespace gencache::test
