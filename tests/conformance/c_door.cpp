// The functions of gencache.h.
#include <gtest/gtest.h>

#include <stdexcept>

#include "door.h"
#include "support/handles.h"

namespace gencache::conformance {
namespace {

using test::Entry;
using test::Error;

constexpr int32_t origin = 7;  // what a computation that fails returns

template <class Handle>
using Owned = std::unique_ptr<Handle, void (*)(Handle *)>;

// Of a call that gives a handle.
Outcome told(const Error &error) {
  Outcome outcome;
  outcome.status = error.status();
  outcome.message = error.message();
  return outcome;
}

template <class Call>
Outcome done(const Call &call) {
  Error error;
  const gc_status status = call(error.out());
  Outcome outcome = told(error);
  outcome.status = status;
  return outcome;
}

// What an entry tells, whatever the status of the call that gave it.
void tell(const gc_entry *entry, Outcome &outcome) {
  if (entry == nullptr) return;
  outcome.reason = gc_reason_name(gc_entry_reason(entry));
  outcome.generation = gc_entry_generation(entry);
  outcome.key = gc_entry_key(entry);
  if (gc_entry_type(entry) < 0) return;
  gc_value value;
  Error error;
  const gc_status decoded = gc_entry_value(entry, &value, error.out());
  if (decoded == GC_OK) {
    outcome.value = value_from(value);
  } else {
    outcome.status = decoded;
    outcome.message = error.message();
  }
}

int32_t compute(void *payload, gc_entry *entry) {
  auto &computation = *static_cast<Computation *>(payload);
  ++computation.calls;
  if (!computation.value) return origin;
  gc_fill_value(entry, borrowed(*computation.value), nullptr, nullptr);
  return 0;
}

// Calls `call` with the options that `settings` describe.
template <class Call>
Outcome with_options(const test::Settings &settings, const Call &call) {
  std::unique_ptr<test::Options> options;
  try {
    options = std::make_unique<test::Options>(settings);
  } catch (const std::runtime_error &refused) {
    Outcome outcome;
    outcome.status = GC_ERR_ARGUMENT;
    outcome.message = refused.what();
    return outcome;
  }
  return call(options->get());
}

template <class Call>
Outcome with_options(const test::Settings *settings, const Call &call) {
  return settings == nullptr ? call(nullptr) : with_options(*settings, call);
}

// A call as C takes it.
struct Taken {
  explicit Taken(const Call &call) : generations(borrowed(call.generations)), args(borrowed(call.args)) {}

  std::vector<const char *> generations;
  std::vector<gc_arg> args;
};

class CDoor : public Door {
 public:
  Outcome open(const std::string &url) override {
    Error error;
    cache_.reset(gc_open(url.c_str(), error.out()));
    return told(error);
  }

  Outcome key(const Call &call) override { return text(gc_key, call, &Outcome::key); }
  Outcome explain(const Call &call) override { return text(gc_explain, call, &Outcome::text); }

  Outcome get(const Call &call, int32_t) override {
    return read([&](gc_entry **entry, gc_error **err) {
      const Taken taken(call);
      return gc_get(cache(), taken.generations.data(), taken.generations.size(), taken.args.data(), taken.args.size(),
                    entry, err);
    });
  }

  ManyOutcomes get_many(const std::vector<std::string> &generations, const std::vector<Arguments> &calls,
                        int32_t) override {
    const std::vector<const char *> names = borrowed(generations);
    std::vector<std::vector<gc_arg>> owned;
    std::vector<const gc_arg *> args;
    std::vector<size_t> sizes;
    for (const Arguments &call : calls) {
      owned.push_back(borrowed(call));
      args.push_back(owned.back().data());
      sizes.push_back(owned.back().size());
    }
    std::vector<gc_entry *> entries(calls.size());
    ManyOutcomes outcomes;
    outcomes.all = done([&](gc_error **err) {
      return gc_get_many(cache(), names.data(), names.size(), args.data(), sizes.data(), calls.size(), entries.data(),
                         err);
    });
    for (const gc_entry *entry : entries) {
      outcomes.each.emplace_back().status = gc_entry_status(entry);
      tell(entry, outcomes.each.back());
    }
    gc_entries_free(entries.data(), entries.size());
    return outcomes;
  }

  Outcome fill(const Value &value, const test::Settings &settings) override {
    return with_options(settings, [&](const gc_options *options) {
      return done([&](gc_error **err) { return gc_fill_value(entry_.get(), borrowed(value), options, err); });
    });
  }

  Outcome depend(const std::string &generation, const Arguments &args) override {
    const std::vector<gc_arg> taken = borrowed(args);
    return done(
        [&](gc_error **err) { return gc_depend(entry_.get(), generation.c_str(), taken.data(), taken.size(), err); });
  }

  Outcome set(const Call &call, const Value &value, const test::Settings &settings) override {
    return with_options(settings,
                        [&](const gc_options *options) { return with(gc_set_value, call, borrowed(value), options); });
  }

  Outcome fetch(const Call &call, Computation &computation, int32_t, const test::Settings &settings) override {
    return with_options(settings, [&](const gc_options *options) {
      return computing([&](gc_entry **entry, gc_error **err) {
        const Taken taken(call);
        return gc_fetch(cache(), taken.generations.data(), taken.generations.size(), taken.args.data(),
                        taken.args.size(), compute, &computation, options, entry, err);
      });
    });
  }

  Outcome change(Change change, const Call &call) override {
    switch (change) {
      case Change::invalidate:
        return with(gc_invalidate_many, call);
      case Change::invalidate_soft:
        return with(gc_invalidate_soft, call);
      default:
        return with(gc_delete, call);
    }
  }

  Outcome clear() override {
    return done([&](gc_error **err) { return gc_clear(cache(), err); });
  }

  Outcome batch(const Changes &changes, bool is_cancelled) override {
    const Owned<gc_batch> batch(gc_batch_new(cache(), nullptr, nullptr), gc_batch_free);
    for (const auto &[change, call] : changes) {
      const auto note = change == Change::invalidate        ? gc_batch_invalidate
                        : change == Change::invalidate_soft ? gc_batch_invalidate_soft
                                                            : gc_batch_delete;
      const Taken taken(call);
      Outcome noted = done([&](gc_error **err) {
        return note(batch.get(), taken.generations.data(), taken.generations.size(), taken.args.data(),
                    taken.args.size(), err);
      });
      if (noted.status != GC_OK) return noted;
    }
    if (!is_cancelled) return done([&](gc_error **err) { return gc_batch_commit(batch.get(), err); });
    gc_batch_cancel(batch.get());
    return {};
  }

  Outcome bind(const Call &call, const test::Settings &settings) override {
    return with_options(settings, [&](const gc_options *options) {
      const Taken taken(call);
      Error error;
      bound_.reset(gc_bind(cache(), taken.generations.data(), taken.generations.size(), taken.args.data(),
                           taken.args.size(), options, error.out()));
      return told(error);
    });
  }

  Outcome bound_get(const Arguments &args, int32_t) override {
    const std::vector<gc_arg> taken = borrowed(args);
    return read([&](gc_entry **entry, gc_error **err) {
      return gc_bound_get(bound(), taken.data(), taken.size(), entry, err);
    });
  }

  Outcome bound_set(const Arguments &args, const Value &value, const test::Settings *settings) override {
    const std::vector<gc_arg> taken = borrowed(args);
    return with_options(settings, [&](const gc_options *options) {
      return done([&](gc_error **err) {
        return gc_bound_set_value(bound(), taken.data(), taken.size(), borrowed(value), options, err);
      });
    });
  }

  Outcome bound_fetch(const Arguments &args, Computation &computation, int32_t,
                      const test::Settings *settings) override {
    const std::vector<gc_arg> taken = borrowed(args);
    return with_options(settings, [&](const gc_options *options) {
      return computing([&](gc_entry **entry, gc_error **err) {
        return gc_bound_fetch(bound(), taken.data(), taken.size(), compute, &computation, options, entry, err);
      });
    });
  }

  Outcome bound_change(Change change, const Arguments &args) override {
    const auto call = change == Change::invalidate        ? gc_bound_invalidate
                      : change == Change::invalidate_soft ? gc_bound_invalidate_soft
                                                          : gc_bound_delete;
    const std::vector<gc_arg> taken = borrowed(args);
    return done([&](gc_error **err) { return call(bound(), taken.data(), taken.size(), err); });
  }

 private:
  gc_cache *cache() const { return cache_.get(); }
  gc_bound *bound() const { return bound_.get(); }

  // A function of the C interface that begins with a cache, generations and arguments.
  template <class Function, class... More>
  Outcome with(Function function, const Call &call, More... more) {
    const Taken taken(call);
    return done([&](gc_error **err) {
      return function(cache(), taken.generations.data(), taken.generations.size(), taken.args.data(), taken.args.size(),
                      more..., err);
    });
  }

  // A function of the C interface that gives a text away.
  template <class Function>
  Outcome text(Function function, const Call &call, std::string Outcome::*out) {
    char *text = nullptr;
    Outcome outcome = with(function, call, &text);
    const Owned<char> owned(text, gc_string_free);
    if (text != nullptr) outcome.*out = text;
    return outcome;
  }

  // A read whose entry is kept for fill and depend.
  template <class Read>
  Outcome read(const Read &read) {
    gc_entry *entry = nullptr;
    Outcome outcome = done([&](gc_error **err) { return read(&entry, err); });
    entry_ = Entry(entry);
    tell(entry, outcome);
    return outcome;
  }

  template <class Fetch>
  Outcome computing(const Fetch &fetch) {
    gc_entry *out = nullptr;
    Outcome outcome = done([&](gc_error **err) {
      const gc_status status = fetch(&out, err);
      if (status == GC_ERR_ORIGIN) {
        EXPECT_EQ(gc_error_origin(*err), origin);
      }
      return status;
    });
    const Entry entry(out);
    tell(out, outcome);
    return outcome;
  }

  Owned<gc_cache> cache_{nullptr, gc_close};
  Entry entry_;
  Owned<gc_bound> bound_{nullptr, gc_bound_free};
};

}  // namespace

std::unique_ptr<Door> make_c_door() { return std::make_unique<CDoor>(); }

}  // namespace gencache::conformance
