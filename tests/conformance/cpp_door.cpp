// The typed layer of gencache.hpp.
#include "cpp_types.h"
#include "door.h"

namespace gencache::conformance {
namespace {

// What a computation that fails throws.
struct OwnFailure {};

template <class Body>
Outcome guarded(const Body &body) {
  Outcome outcome;
  try {
    return body();
  } catch (const Error &error) {
    outcome.status = error.status();
    outcome.message = error.what();
  } catch (const OwnFailure &) {
    outcome.status = GC_ERR_ORIGIN;
  }
  return outcome;
}

template <class Body>
Outcome done(const Body &body) {
  return guarded([&] {
    body();
    return Outcome();
  });
}

Options options_from(const test::Settings &settings) {
  using Time = Options::Time;
  const auto time = [](const std::optional<int64_t> &ms) { return ms ? std::optional(Time(*ms)) : std::nullopt; };
  return {.ttl = time(settings.ttl_ms),
          .nothing_ttl = time(settings.nothing_ttl_ms),
          .jitter = settings.jitter.value_or(0),
          .stale_for = Time(settings.stale_for_ms.value_or(0)),
          .fail_safe = Time(settings.fail_safe_ms.value_or(0)),
          .lock = time(settings.lock_ms),
          .wait = time(settings.wait_ms),
          .beta = settings.beta.value_or(0),
          .refresh = settings.refresh.value_or(false),
          .log_misses = settings.log_misses.value_or(false)};
}

template <class T>
Outcome told(const Entry<T> &entry) {
  Outcome outcome;
  outcome.is_only_a_miss = !entry && entry.reason() == Reason::unavailable;
  outcome.status = entry ? (entry.is_stale() ? GC_STALE : GC_OK) : GC_MISS;
  outcome.reason = name(entry.reason());
  outcome.generation = entry.generation();
  outcome.key = entry.key();
  if (entry) outcome.value = untyped(*entry);
  return outcome;
}

Outcome stored(bool is_stored) {
  Outcome outcome;
  outcome.is_only_a_miss = !is_stored;
  return outcome;
}

// The last entry, of whatever type.
class AnyEntry {
 public:
  AnyEntry() = default;
  AnyEntry(const AnyEntry &) = delete;
  AnyEntry &operator=(const AnyEntry &) = delete;
  virtual ~AnyEntry() = default;
  virtual bool fill(const Value &value, const Options &options) = 0;
  virtual bool depend(const char *generation, const Args &args) = 0;
};

template <class T>
class TypedEntry : public AnyEntry {
 public:
  explicit TypedEntry(Entry<T> entry) : entry_(std::move(entry)) {}
  bool fill(const Value &value, const Options &options) override { return entry_.fill(typed<T>(value), options); }
  bool depend(const char *generation, const Args &args) override { return entry_.depend(generation, args); }

 private:
  Entry<T> entry_;
};

template <class T>
auto computing(Computation &computation) {
  return [&computation]() -> T {
    ++computation.calls;
    if (!computation.value) throw OwnFailure();
    return typed<T>(*computation.value);
  };
}

class CppDoor : public Door {
 public:
  Outcome open(const std::string &url) override {
    return done([&] { cache_.emplace(url); });
  }

  Outcome key(const Call &call) override {
    return guarded([&] {
      Outcome outcome;
      outcome.key = cache_->key(borrowed(call.generations), borrowed(call.args));
      return outcome;
    });
  }

  Outcome explain(const Call &call) override {
    return guarded([&] {
      Outcome outcome;
      outcome.text = cache_->explain(borrowed(call.generations), borrowed(call.args));
      return outcome;
    });
  }

  Outcome get(const Call &call, int32_t type) override {
    return read(type, [&]<class T>(std::type_identity<T>) {
      return cache_->get<T>(borrowed(call.generations), borrowed(call.args));
    });
  }

  ManyOutcomes get_many(const std::vector<std::string> &generations, const std::vector<Arguments> &calls,
                        int32_t type) override {
    std::vector<std::vector<gc_arg>> args;
    for (const Arguments &call : calls) args.push_back(borrowed(call));
    ManyOutcomes outcomes;
    outcomes.all = done([&] {
      with_type(type, [&]<class T>(std::type_identity<T>) {
        for (const Entry<T> &entry : cache_->get_many<T>(borrowed(generations), args)) {
          outcomes.each.push_back(told(entry));
        }
      });
    });
    return outcomes;
  }

  Outcome fill(const Value &value, const test::Settings &settings) override {
    return guarded([&] { return stored(entry_->fill(value, options_from(settings))); });
  }

  Outcome depend(const std::string &generation, const Arguments &args) override {
    return guarded([&] { return stored(entry_->depend(generation.c_str(), borrowed(args))); });
  }

  Outcome set(const Call &call, const Value &value, const test::Settings &settings) override {
    return done([&] {
      with_type(value.type, [&]<class T>(std::type_identity<T>) {
        cache_->set(borrowed(call.generations), borrowed(call.args), typed<T>(value), options_from(settings));
      });
    });
  }

  Outcome fetch(const Call &call, Computation &computation, int32_t type, const test::Settings &settings) override {
    return guarded([&] {
      return with_type(type, [&]<class T>(std::type_identity<T>) {
        return told(cache_->fetch_entry<T>(borrowed(call.generations), borrowed(call.args), computing<T>(computation),
                                           options_from(settings)));
      });
    });
  }

  Outcome change(Change change, const Call &call) override {
    return done([&] { apply(change, *cache_, call); });
  }

  Outcome clear() override {
    return done([&] { cache_->clear(); });
  }

  Outcome batch(const Changes &changes, bool is_cancelled) override {
    return done([&] {
      Batch batch(*cache_);
      for (const auto &[change, call] : changes) apply(change, batch, call);
      if (is_cancelled) {
        batch.cancel();
      } else {
        batch.commit();
      }
    });
  }

  Outcome bind(const Call &call, const test::Settings &settings) override {
    return done(
        [&] { bound_.emplace(cache_->bind(borrowed(call.generations), borrowed(call.args), options_from(settings))); });
  }

  Outcome bound_get(const Arguments &args, int32_t type) override {
    return read(type, [&]<class T>(std::type_identity<T>) { return bound_->get<T>(borrowed(args)); });
  }

  Outcome bound_set(const Arguments &args, const Value &value, const test::Settings *settings) override {
    return done([&] {
      with_type(value.type, [&]<class T>(std::type_identity<T>) {
        if (settings == nullptr) {
          bound_->set(borrowed(args), typed<T>(value));
        } else {
          bound_->set(borrowed(args), typed<T>(value), options_from(*settings));
        }
      });
    });
  }

  Outcome bound_fetch(const Arguments &args, Computation &computation, int32_t type,
                      const test::Settings *settings) override {
    return guarded([&] {
      return with_type(type, [&]<class T>(std::type_identity<T>) {
        const auto compute = computing<T>(computation);
        return told(settings == nullptr ? bound_->fetch_entry<T>(borrowed(args), compute)
                                        : bound_->fetch_entry<T>(borrowed(args), compute, options_from(*settings)));
      });
    });
  }

  Outcome bound_change(Change change, const Arguments &args) override {
    return done([&] {
      if (change == Change::invalidate) return bound_->invalidate(borrowed(args));
      if (change == Change::invalidate_soft) return bound_->invalidate_soft(borrowed(args));
      bound_->erase(borrowed(args));
    });
  }

 private:
  // To a cache or a batch.
  template <class Target>
  static void apply(Change change, Target &target, const Call &call) {
    const std::vector<const char *> generations = borrowed(call.generations);
    const std::vector<gc_arg> args = borrowed(call.args);
    if (change == Change::invalidate) return target.invalidate(generations, args);
    if (change == Change::invalidate_soft) return target.invalidate_soft(generations, args);
    target.erase(generations, args);
  }

  // A read whose entry is kept for fill and depend.
  template <class Read>
  Outcome read(int32_t type, const Read &read) {
    return guarded([&] {
      return with_type(type, [&]<class T>(std::type_identity<T> wanted) {
        Entry<T> entry = read(wanted);
        Outcome outcome = told(entry);
        entry_ = std::make_unique<TypedEntry<T>>(std::move(entry));
        return outcome;
      });
    });
  }

  std::optional<Cache> cache_;
  std::unique_ptr<AnyEntry> entry_;
  std::optional<Bound> bound_;
};

}  // namespace

std::unique_ptr<Door> make_cpp_door() { return std::make_unique<CppDoor>(); }

}  // namespace gencache::conformance
