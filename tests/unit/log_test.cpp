// The log: who is told, and what.
#include "log.h"

#include <gtest/gtest.h>

#include <vector>

namespace gencache::core {
namespace {

using Told = std::vector<std::pair<std::int32_t, std::string>>;

void note(void *payload, std::int32_t level, const char *message) {
  static_cast<Told *>(payload)->emplace_back(level, message);
}

TEST(Log, NobodyAtFirst) {
  const Log log;
  EXPECT_FALSE(log.wants(GC_LOG_ERROR));
  log.tell(GC_LOG_ERROR, "into the void");
}

TEST(Log, UpToItsLevel) {
  Log log;
  Told told;
  log.set(note, &told, GC_LOG_WARNING);
  EXPECT_TRUE(log.wants(GC_LOG_ERROR));
  EXPECT_TRUE(log.wants(GC_LOG_WARNING));
  EXPECT_FALSE(log.wants(GC_LOG_INFO));
  log.tell(GC_LOG_ERROR, "one");
  log.tell(GC_LOG_WARNING, "two");
  log.tell(GC_LOG_INFO, "three");
  log.tell(GC_LOG_DEBUG, "four");
  EXPECT_EQ(told, (Told{{GC_LOG_ERROR, "one"}, {GC_LOG_WARNING, "two"}}));
}

TEST(Log, NobodyAgain) {
  Log log;
  Told told;
  log.set(note, &told, GC_LOG_DEBUG);
  log.set(nullptr, nullptr, GC_LOG_DEBUG);
  EXPECT_FALSE(log.wants(GC_LOG_ERROR));
  log.tell(GC_LOG_ERROR, "nobody hears");
  EXPECT_TRUE(told.empty());
}

}  // namespace
}  // namespace gencache::core
