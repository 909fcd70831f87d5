#include <limits>

#include "argument.h"
#include "failure.h"
#include "gencache/archive.hpp"
#include "handles.h"

namespace gencache::capi {

Encoded::Encoded(const gc_value &value) {
  if (const char *problem = core::problem_with(value)) core::bad_argument(std::string("value") + problem);
  payload_.type = value.type;
  BoundedOutput archive(scalar_);
  switch (value.type) {
    case GC_NULL:
      break;
    case GC_BOOL:
      archive(value.as.i != 0);
      break;
    case GC_INT:
      archive(value.as.i);
      break;
    case GC_UINT:
      if (value.as.u > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        core::bad_argument("value is above 2^63 - 1, which no stored integer can hold");
      }
      payload_.type = GC_INT;
      archive(value.as.u);
      break;
    case GC_DOUBLE:
      archive(value.as.d);
      break;
    default:
      payload_.bytes = {static_cast<const char *>(value.as.data), value.size};
      return;
  }
  payload_.bytes = scalar_;
}

namespace {

template <class T>
T scalar(std::string_view payload) {
  BoundedInput archive(payload);
  T value{};
  archive(value);
  if (!archive.left().empty()) throw cereal::Exception("gencache: the input is too long");
  return value;
}

}  // namespace

gc_value decoded(const core::Record &record) try {
  switch (record.type) {
    case GC_NULL:
      return gc_value_null();
    case GC_BOOL:
      return gc_value_bool(scalar<bool>(record.payload));
    case GC_INT:
      return gc_value_int(scalar<std::int64_t>(record.payload));
    case GC_DOUBLE:
      return gc_value_double(scalar<double>(record.payload));
    default:
      return gc_value_data(record.type, record.payload.data(), record.payload.size());
  }
} catch (const cereal::Exception &) {
  throw core::Failure(GC_ERR_TYPE, "the stored bytes are no value of their type");
}

}  // namespace gencache::capi
