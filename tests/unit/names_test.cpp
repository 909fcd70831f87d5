// The names of statuses and reasons, which people read and programs compare.
#include "names.h"

#include <gtest/gtest.h>

namespace gencache::core {
namespace {

TEST(Names, Statuses) {
  EXPECT_STREQ(status_name(GC_OK), "GC_OK");
  EXPECT_STREQ(status_name(GC_MISS), "GC_MISS");
  EXPECT_STREQ(status_name(GC_STALE), "GC_STALE");
  EXPECT_STREQ(status_name(GC_BUSY), "GC_BUSY");
  EXPECT_STREQ(status_name(GC_ERR_ARGUMENT), "GC_ERR_ARGUMENT");
  EXPECT_STREQ(status_name(GC_ERR_UNAVAILABLE), "GC_ERR_UNAVAILABLE");
  EXPECT_STREQ(status_name(GC_ERR_REFUSED), "GC_ERR_REFUSED");
  EXPECT_STREQ(status_name(GC_ERR_TOO_LARGE), "GC_ERR_TOO_LARGE");
  EXPECT_STREQ(status_name(GC_ERR_TYPE), "GC_ERR_TYPE");
  EXPECT_STREQ(status_name(GC_ERR_MEMORY), "GC_ERR_MEMORY");
  EXPECT_STREQ(status_name(GC_ERR_INTERNAL), "GC_ERR_INTERNAL");
  EXPECT_STREQ(status_name(GC_ERR_ORIGIN), "GC_ERR_ORIGIN");
  for (const gc_status other : {4, -9, INT32_MAX, INT32_MIN}) EXPECT_STREQ(status_name(other), "unknown status");
}

TEST(Names, Reasons) {
  EXPECT_STREQ(reason_name(GC_REASON_HIT), "hit");
  EXPECT_STREQ(reason_name(GC_REASON_ABSENT), "absent");
  EXPECT_STREQ(reason_name(GC_REASON_EXPIRED), "expired");
  EXPECT_STREQ(reason_name(GC_REASON_INVALIDATED), "invalidated");
  EXPECT_STREQ(reason_name(GC_REASON_CLEARED), "cleared");
  EXPECT_STREQ(reason_name(GC_REASON_CORRUPT), "corrupt");
  EXPECT_STREQ(reason_name(GC_REASON_OTHER_VERSION), "other version");
  EXPECT_STREQ(reason_name(GC_REASON_UNAVAILABLE), "unavailable");
  for (const int other : {8, -1, INT32_MAX}) EXPECT_STREQ(reason_name(other), "unknown reason");
}

}  // namespace
}  // namespace gencache::core
