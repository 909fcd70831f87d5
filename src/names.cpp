#include "names.h"

namespace gencache::core {

const char *status_name(gc_status status) {
  switch (status) {
    case GC_OK:
      return "GC_OK";
    case GC_MISS:
      return "GC_MISS";
    case GC_STALE:
      return "GC_STALE";
    case GC_BUSY:
      return "GC_BUSY";
    case GC_ERR_ARGUMENT:
      return "GC_ERR_ARGUMENT";
    case GC_ERR_UNAVAILABLE:
      return "GC_ERR_UNAVAILABLE";
    case GC_ERR_REFUSED:
      return "GC_ERR_REFUSED";
    case GC_ERR_TOO_LARGE:
      return "GC_ERR_TOO_LARGE";
    case GC_ERR_TYPE:
      return "GC_ERR_TYPE";
    case GC_ERR_MEMORY:
      return "GC_ERR_MEMORY";
    case GC_ERR_INTERNAL:
      return "GC_ERR_INTERNAL";
    case GC_ERR_ORIGIN:
      return "GC_ERR_ORIGIN";
    default:
      return "unknown status";
  }
}

const char *reason_name(std::int32_t reason) {
  switch (reason) {
    case GC_REASON_HIT:
      return "hit";
    case GC_REASON_ABSENT:
      return "absent";
    case GC_REASON_EXPIRED:
      return "expired";
    case GC_REASON_INVALIDATED:
      return "invalidated";
    case GC_REASON_CLEARED:
      return "cleared";
    case GC_REASON_CORRUPT:
      return "corrupt";
    case GC_REASON_OTHER_VERSION:
      return "other version";
    case GC_REASON_UNAVAILABLE:
      return "unavailable";
    default:
      return "unknown reason";
  }
}

}  // namespace gencache::core
