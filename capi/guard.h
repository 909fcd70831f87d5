// The exception barrier: every exported function runs inside one, and nothing is thrown past it.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "failure.h"
#include "gencache/gencache.h"
#include "no_cancellation.h"
#include "store.h"

struct gc_error {
  gc_status status;
  std::string message;
  std::int32_t origin = 0;
};

namespace gencache::capi {

inline void forget(gc_error **err) {
  if (err == nullptr) return;
  delete *err;
  *err = nullptr;
}

/// Notes what went wrong; out of memory, the status alone has to do.
inline gc_status report(gc_error **err, gc_status status, const char *message) noexcept {
  try {
    if (err != nullptr) *err = new gc_error{status, message, 0};
  } catch (const std::bad_alloc &) {
    *err = nullptr;
  }
  return status;
}

inline gc_status report(gc_error **err, const core::Answer &answer) noexcept {
  return answer.ok() ? GC_OK : report(err, answer.status, answer.detail.c_str());
}

template <class Body>
gc_status guarded(gc_error **err, Body body) noexcept {
  const core::NoCancellation no_cancellation;
  forget(err);
  try {
    return body();
  } catch (const core::Failure &failure) {
    return report(err, failure.status(), failure.what());
  } catch (const std::bad_alloc &) {
    return report(err, GC_ERR_MEMORY, "out of memory");
  } catch (const std::length_error &) {
    return report(err, GC_ERR_MEMORY, "more than fits into memory");
  } catch (const std::exception &error) {
    return report(err, GC_ERR_INTERNAL, error.what());
  } catch (...) {
    return report(err, GC_ERR_INTERNAL, "unknown exception");
  }
}

/// Frees a handle, which may close connections.
template <class Handle>
void destroy(Handle *handle) noexcept {
  const core::NoCancellation no_cancellation;
  delete handle;
}

/// Refuses a NULL for what must be given.
template <class T>
T &required(T *pointer, const char *parameter) {
  if (pointer == nullptr) core::bad_argument(std::string(parameter) + " is NULL");
  return *pointer;
}

}  // namespace gencache::capi
