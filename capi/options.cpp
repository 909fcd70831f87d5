// The options of a call: each setter checks its range, and nothing else happens here.
#include <cmath>
#include <string>

#include "guard.h"
#include "handles.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

gc_status set_duration(gc_options *options, std::optional<std::int64_t> gc_options::*option, const char *name,
                       std::int64_t value, std::int64_t least, std::int64_t most, gc_error **err) {
  return guarded(err, [&] {
    gc_options &own = required(options, "options");
    if (value < least) {
      bad_argument(std::string(name) + " is " + (least == 0 ? "negative: " : "too small: ") + std::to_string(value));
    }
    if (value > most) bad_argument(std::string(name) + " is too large: " + std::to_string(value));
    own.*option = value;
    return GC_OK;
  });
}

gc_status set_number(gc_options *options, std::optional<double> gc_options::*option, const char *name, double value,
                     double most, gc_error **err) {
  return guarded(err, [&] {
    gc_options &own = required(options, "options");
    if (!(value >= 0 && value <= most)) {
      bad_argument(std::string(name) + " is " + std::to_string(value) + ", but takes 0 to " +
                   std::to_string(static_cast<int>(most)));
    }
    own.*option = value;
    return GC_OK;
  });
}

gc_status set_flag(gc_options *options, std::optional<bool> gc_options::*option, int value, gc_error **err) {
  return guarded(err, [&] {
    required(options, "options").*option = value != 0;
    return GC_OK;
  });
}

}  // namespace

namespace gencache::capi {

Policy policy_of(const gc_options *options, const Policy &base) {
  if (options == nullptr) return base;
  Policy policy = base;
  policy.ttl_ms = options->ttl_ms.value_or(base.ttl_ms);
  if (options->nothing_ttl_ms) policy.nothing_ttl_ms = options->nothing_ttl_ms;
  policy.jitter = options->jitter.value_or(base.jitter);
  policy.stale_for_ms = options->stale_for_ms.value_or(base.stale_for_ms);
  policy.fail_safe_ms = options->fail_safe_ms.value_or(base.fail_safe_ms);
  policy.lock_ms = options->lock_ms.value_or(base.lock_ms);
  policy.wait_ms = options->wait_ms.value_or(base.wait_ms);
  policy.beta = options->beta.value_or(base.beta);
  policy.refresh = options->refresh.value_or(base.refresh);
  policy.log_misses = options->log_misses.value_or(base.log_misses);
  return policy;
}

}  // namespace gencache::capi

gc_options *gc_options_new(void) { return new (std::nothrow) gc_options; }

void gc_options_free(gc_options *options) { delete options; }

gc_status gc_options_set_ttl_ms(gc_options *options, int64_t ttl_ms, gc_error **err) {
  return set_duration(options, &gc_options::ttl_ms, "ttl_ms", ttl_ms, 0, INT64_MAX, err);
}

gc_status gc_options_set_nothing_ttl_ms(gc_options *options, int64_t nothing_ttl_ms, gc_error **err) {
  return set_duration(options, &gc_options::nothing_ttl_ms, "nothing_ttl_ms", nothing_ttl_ms, 0, INT64_MAX, err);
}

gc_status gc_options_set_jitter(gc_options *options, double jitter, gc_error **err) {
  return set_number(options, &gc_options::jitter, "jitter", jitter, 1, err);
}

gc_status gc_options_set_stale_for_ms(gc_options *options, int64_t stale_for_ms, gc_error **err) {
  return set_duration(options, &gc_options::stale_for_ms, "stale_for_ms", stale_for_ms, 0, INT64_MAX, err);
}

gc_status gc_options_set_fail_safe_ms(gc_options *options, int64_t fail_safe_ms, gc_error **err) {
  return set_duration(options, &gc_options::fail_safe_ms, "fail_safe_ms", fail_safe_ms, 0, INT64_MAX, err);
}

gc_status gc_options_set_lock_ms(gc_options *options, int64_t lock_ms, gc_error **err) {
  return set_duration(options, &gc_options::lock_ms, "lock_ms", lock_ms, 2000, hour_ms, err);
}

gc_status gc_options_set_wait_ms(gc_options *options, int64_t wait_ms, gc_error **err) {
  return set_duration(options, &gc_options::wait_ms, "wait_ms", wait_ms, 0, hour_ms, err);
}

gc_status gc_options_set_beta(gc_options *options, double beta, gc_error **err) {
  return set_number(options, &gc_options::beta, "beta", beta, 100, err);
}

gc_status gc_options_set_refresh(gc_options *options, int refresh, gc_error **err) {
  return set_flag(options, &gc_options::refresh, refresh, err);
}

gc_status gc_options_set_log_misses(gc_options *options, int log_misses, gc_error **err) {
  return set_flag(options, &gc_options::log_misses, log_misses, err);
}
