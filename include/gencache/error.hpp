/**
 * @file error.hpp
 * @brief What gencache throws: one class for each error of the C interface.
 *
 * What only costs a miss is no exception: a read from a server that is away is a miss, and a value that cannot be
 * stored is given to the caller all the same. What is left are calls that did not do what they were asked for
 * (an invalidation that a server has not acknowledged, say), and no program should go on past those by accident.
 */
#ifndef GENCACHE_ERROR_HPP
#define GENCACHE_ERROR_HPP

#include <stdexcept>
#include <string>

#include "gencache/gencache.h"

namespace gencache {

/** What every exception of gencache is derived from. Its what() names the parameter or the server. @since 0.1 */
class Error : public std::runtime_error {
 public:
  /** An error of @p status, one of GC_ERR_…, that is told as @p message. */
  Error(gc_status status, const std::string &message) : runtime_error(message), status_(status) {}

  /** @return Which error it is: one of GC_ERR_…. */
  gc_status status() const noexcept { return status_; }

 private:
  gc_status status_;
};

/** Bad input; what() names the parameter. Nothing has changed. @since 0.1 */
class ArgumentError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit ArgumentError(const std::string &message) : Error(GC_ERR_ARGUMENT, message) {}
};

/** A server was not reached or did not answer in time. A write may or may not have happened; an invalidation has not
 * been acknowledged by the servers that what() names. @since 0.1 */
class UnavailableError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit UnavailableError(const std::string &message) : Error(GC_ERR_UNAVAILABLE, message) {}
};

/** A server answered that it cannot. @since 0.1 */
class RefusedError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit RefusedError(const std::string &message) : Error(GC_ERR_REFUSED, message) {}
};

/** The value does not fit into an item of a server. Nothing was sent. @since 0.1 */
class TooLargeError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit TooLargeError(const std::string &message) : Error(GC_ERR_TOO_LARGE, message) {}
};

/** The stored value is not of the type that was asked for. @since 0.1 */
class TypeError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit TypeError(const std::string &message) : Error(GC_ERR_TYPE, message) {}
};

/** This process is out of memory. @since 0.1 */
class MemoryError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit MemoryError(const std::string &message) : Error(GC_ERR_MEMORY, message) {}
};

/** A computation of somebody else failed, on which the caller had waited. The caller's own exceptions come through
 * untouched instead. @since 0.1 */
class OriginError : public Error {
 public:
  /** An error that is told as @p message. */
  explicit OriginError(const std::string &message) : Error(GC_ERR_ORIGIN, message) {}
};

/// @cond INTERNAL
namespace detail {

[[noreturn]] inline void throw_error(gc_status status, const std::string &message) {
  switch (status) {
    case GC_ERR_ARGUMENT:
      throw ArgumentError(message);
    case GC_ERR_UNAVAILABLE:
      throw UnavailableError(message);
    case GC_ERR_REFUSED:
      throw RefusedError(message);
    case GC_ERR_TOO_LARGE:
      throw TooLargeError(message);
    case GC_ERR_TYPE:
      throw TypeError(message);
    case GC_ERR_MEMORY:
      throw MemoryError(message);
    case GC_ERR_ORIGIN:
      throw OriginError(message);
    default:
      throw Error(status, message);
  }
}

// The error of a call: `check(gc_get(…, failure), failure)`.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure &) = delete;
  Failure &operator=(const Failure &) = delete;
  ~Failure() { gc_error_free(error_); }

  operator gc_error **() { return &error_; }  // NOLINT(google-explicit-constructor)
  [[noreturn]] void raise() const { raise(error_ == nullptr ? GC_ERR_MEMORY : gc_error_status(error_)); }
  [[noreturn]] void raise(gc_status status) const {
    const char *message = gc_error_message(error_);
    throw_error(status, *message == '\0' ? gc_status_name(status) : message);
  }

 private:
  gc_error *error_ = nullptr;
};

// Throws where `status` is an error; returns expected outcomes.
inline gc_status check(gc_status status, const Failure &failure) {
  if (status < 0) failure.raise(status);
  return status;
}

// What costs no more than a miss: the server could not be asked, or the value is not stored.
inline bool is_only_a_miss(gc_status status) {
  return status == GC_ERR_UNAVAILABLE || status == GC_ERR_REFUSED || status == GC_ERR_TOO_LARGE;
}

}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
