#include "support/computing.h"

#include <stdexcept>

namespace gencache::test {
namespace {

Done done(gc_status status, const Error &error) { return {status, error.message()}; }

Got got(gc_status status, gc_entry *entry, const Error &error) {
  return {status, Entry(entry), error.message(), error.origin()};
}

// The functions that C calls, with a Compute for their payload.
int32_t compute_one(void *payload, gc_entry *entry) { return (*static_cast<const Compute *>(payload))(entry); }

int32_t compute_many(void *payload, gc_entry *const *entries, const size_t *indexes, size_t n) {
  return (*static_cast<const ComputeMany *>(payload))({entries, n}, {indexes, n});
}

template <class Function>
void *payload_of(const Function &function) {
  return const_cast<Function *>(&function);
}

// Calls as C takes them, and room for their entries.
struct Many {
  explicit Many(const Calls &calls) : entries(calls.size()) {
    for (const Args &call : calls) {
      args.push_back(call.data());
      n_args.push_back(call.size());
    }
  }

  GotMany got(gc_status status, const Error &error) const {
    GotMany all;
    all.status = status;
    all.message = error.message();
    all.origin = error.origin();
    for (gc_entry *entry : entries) all.entries.emplace_back(entry);
    return all;
  }

  std::vector<const gc_arg *> args;
  std::vector<size_t> n_args;
  std::vector<gc_entry *> entries;
};

}  // namespace

Compute gives(std::string data) {
  return [data = std::move(data)](gc_entry *entry) {
    gc_fill(entry, data.data(), data.size(), nullptr, nullptr);
    return 0;
  };
}

Compute fails_with(int32_t origin) {
  return [origin](gc_entry *) { return origin; };
}

Compute counted(std::atomic<int> &count, Compute compute) {
  return [&count, compute = std::move(compute)](gc_entry *entry) {
    ++count;
    return compute(entry);
  };
}

void Event::set() {
  {
    const std::lock_guard lock(mutex_);
    is_set_ = true;
  }
  changed_.notify_all();
}

bool Event::wait(std::chrono::milliseconds bound) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bound, [this] { return is_set_; });
}

Compute Halt::in(Compute compute) {
  return [this, compute = std::move(compute)](gc_entry *entry) {
    begun.set();
    return go_on.wait() ? compute(entry) : -1;
  };
}

Got fetch(const Cache &cache, const Names &generations, const Args &args, const Compute &compute,
          const gc_options *options) {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status = gc_fetch(cache.handle(), generations.data(), generations.size(), args.data(), args.size(),
                                    compute_one, payload_of(compute), options, &entry, error.out());
  return got(status, entry, error);
}

Got fetch_at(const Cache &cache, const char *function, int line, const Names &generations, const Args &args,
             const Compute &compute) {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status =
      gc_fetch_at(cache.handle(), "test.cpp", function, line, generations.data(), generations.size(), args.data(),
                  args.size(), compute_one, payload_of(compute), nullptr, &entry, error.out());
  return got(status, entry, error);
}

Got begin(const Cache &cache, const Names &generations, const Args &args, const gc_options *options) {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status = gc_begin(cache.handle(), generations.data(), generations.size(), args.data(), args.size(),
                                    options, &entry, error.out());
  return got(status, entry, error);
}

Done wait(const Entry &entry, int64_t wait_ms) {
  Error error;
  return done(gc_wait(entry.get(), wait_ms, error.out()), error);
}

Done abandon(const Entry &entry) {
  Error error;
  return done(gc_abandon(entry.get(), error.out()), error);
}

Done depend(gc_entry *entry, const char *generation, const Args &args) {
  Error error;
  return done(gc_depend(entry, generation, args.data(), args.size(), error.out()), error);
}

std::vector<std::string> GotMany::data() const {
  std::vector<std::string> all;
  for (const Entry &entry : entries) all.push_back(entry.data());
  return all;
}

GotMany get_many(const Cache &cache, const Names &generations, const Calls &calls) {
  Error error;
  Many many(calls);
  const gc_status status = gc_get_many(cache.handle(), generations.data(), generations.size(), many.args.data(),
                                       many.n_args.data(), calls.size(), many.entries.data(), error.out());
  return many.got(status, error);
}

GotMany begin_many(const Cache &cache, const Names &generations, const Calls &calls, const gc_options *options) {
  Error error;
  Many many(calls);
  const gc_status status = gc_begin_many(cache.handle(), generations.data(), generations.size(), many.args.data(),
                                         many.n_args.data(), calls.size(), options, many.entries.data(), error.out());
  return many.got(status, error);
}

GotMany fetch_many(const Cache &cache, const Names &generations, const Calls &calls, const ComputeMany &compute,
                   const gc_options *options) {
  Error error;
  Many many(calls);
  const gc_status status =
      gc_fetch_many(cache.handle(), generations.data(), generations.size(), many.args.data(), many.n_args.data(),
                    calls.size(), compute_many, payload_of(compute), options, many.entries.data(), error.out());
  return many.got(status, error);
}

Bound::Bound(const Cache &cache, const Names &generations, const Args &params, const gc_options *options)
    : bound_(nullptr, gc_bound_free) {
  Error error;
  bound_.reset(gc_bind(cache.handle(), generations.data(), generations.size(), params.data(), params.size(), options,
                       error.out()));
  if (!bound_) throw std::runtime_error(error.message());
}

Got Bound::fetch(const Args &args, const Compute &compute, const gc_options *options) const {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status = gc_bound_fetch(handle(), args.data(), args.size(), compute_one, payload_of(compute), options,
                                          &entry, error.out());
  return got(status, entry, error);
}

Got Bound::begin(const Args &args, const gc_options *options) const {
  Error error;
  gc_entry *entry = nullptr;
  const gc_status status = gc_bound_begin(handle(), args.data(), args.size(), options, &entry, error.out());
  return got(status, entry, error);
}

GotMany Bound::get_many(const Calls &calls) const {
  Error error;
  Many many(calls);
  const gc_status status =
      gc_bound_get_many(handle(), many.args.data(), many.n_args.data(), calls.size(), many.entries.data(), error.out());
  return many.got(status, error);
}

GotMany Bound::begin_many(const Calls &calls, const gc_options *options) const {
  Error error;
  Many many(calls);
  const gc_status status = gc_bound_begin_many(handle(), many.args.data(), many.n_args.data(), calls.size(), options,
                                               many.entries.data(), error.out());
  return many.got(status, error);
}

GotMany Bound::fetch_many(const Calls &calls, const ComputeMany &compute, const gc_options *options) const {
  Error error;
  Many many(calls);
  const gc_status status =
      gc_bound_fetch_many(handle(), many.args.data(), many.n_args.data(), calls.size(), compute_many,
                          payload_of(compute), options, many.entries.data(), error.out());
  return many.got(status, error);
}

Done Bound::invalidate_soft(const Args &args) const {
  Error error;
  return done(gc_bound_invalidate_soft(handle(), args.data(), args.size(), error.out()), error);
}

Batch::Batch(const Cache &cache, const Batch *parent) : batch_(nullptr, gc_batch_free) {
  Error error;
  batch_.reset(gc_batch_new(cache.handle(), parent == nullptr ? nullptr : parent->handle(), error.out()));
  if (!batch_) throw std::runtime_error(error.message());
}

Done Batch::invalidate(const Names &generations, const Args &args) const {
  Error error;
  return done(
      gc_batch_invalidate(handle(), generations.data(), generations.size(), args.data(), args.size(), error.out()),
      error);
}

Done Batch::invalidate_soft(const Names &generations, const Args &args) const {
  Error error;
  return done(
      gc_batch_invalidate_soft(handle(), generations.data(), generations.size(), args.data(), args.size(), error.out()),
      error);
}

Done Batch::remove(const Names &generations, const Args &args) const {
  Error error;
  return done(gc_batch_delete(handle(), generations.data(), generations.size(), args.data(), args.size(), error.out()),
              error);
}

Done Batch::commit() const {
  Error error;
  return done(gc_batch_commit(handle(), error.out()), error);
}

gc_stats stats_of(const Cache &cache) {
  gc_stats stats{};
  Error error;
  if (gc_get_stats(cache.handle(), &stats, sizeof stats, error.out()) != GC_OK) {
    throw std::runtime_error(error.message());
  }
  return stats;
}

Counters counters_of(const Cache &cache) {
  const gc_stats stats = stats_of(cache);
  Counters all = {{"fills", stats.fills},
                  {"fills_failed", stats.fills_failed},
                  {"fills_already_invalid", stats.fills_already_invalid},
                  {"computations", stats.computations},
                  {"computations_failed", stats.computations_failed},
                  {"waits", stats.waits},
                  {"waits_given_up", stats.waits_given_up},
                  {"shared", stats.shared},
                  {"stale_served", stats.stale_served},
                  {"invalidations", stats.invalidations},
                  {"invalidations_failed", stats.invalidations_failed},
                  {"read_time", stats.read_time.count},
                  {"compute_time", stats.compute_time.count},
                  {"invalidate_time", stats.invalidate_time.count}};
  for (int32_t reason = 0; reason < 8; ++reason) all[gc_reason_name(reason)] = stats.reads[reason];
  return all;
}

Counters growth(const Counters &before, const Counters &after) {
  Counters grown;
  for (const auto &[name, count] : after) {
    if (count != before.at(name)) grown[name] = count - before.at(name);
  }
  return grown;
}

std::string metrics_of(const Cache &cache) {
  Error error;
  char *text = nullptr;
  if (gc_metrics(cache.handle(), &text, error.out()) != GC_OK) throw std::runtime_error(error.message());
  const std::unique_ptr<char, decltype(&gc_string_free)> owner(text, gc_string_free);
  return text;
}

}  // namespace gencache::test
