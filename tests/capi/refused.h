// What every refusal of bad input has in common.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/handles.h"

namespace gencache::test {

// A cache with one value, and a look at it afterwards: bad input changes nothing.
class BadInput : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(cache.set({"kept:id"}, {gc_int("id", 1)}, "kept").ok()); }
  void TearDown() override {
    const Got got = cache.get({"kept:id"}, {gc_int("id", 1)});
    EXPECT_TRUE(got.hit()) << got.summary();
    EXPECT_EQ(got.data(), "kept");
  }

  Cache cache{"memory://"};
};

inline void expect_refused(const Done &done, const std::vector<std::string> &named,
                           gc_status status = GC_ERR_ARGUMENT) {
  EXPECT_EQ(done.status, status) << gc_status_name(done.status) << " " << done.message;
  EXPECT_FALSE(done.message.empty());
  for (const std::string &name : named) {
    EXPECT_NE(done.message.find(name), std::string::npos) << '"' << done.message << "\" does not name " << name;
  }
}

// Every call that takes generations and arguments refuses them alike.
inline void expect_all_refuse(const Cache &cache, const char *const *generations, size_t n_generations,
                              const gc_arg *args, size_t n_args, const std::vector<std::string> &named) {
  const auto check = [&](const char *call, gc_status status, const Error &error) {
    SCOPED_TRACE(call);
    EXPECT_EQ(error.status(), status);
    expect_refused({status, error.message()}, named);
  };
  gc_cache *handle = cache.handle();
  Error error;
  Cache untouched("memory://");
  gc_entry *entry = reinterpret_cast<gc_entry *>(&untouched);  // must be overwritten with NULL
  check("gc_get", gc_get(handle, generations, n_generations, args, n_args, &entry, error.out()), error);
  EXPECT_EQ(entry, nullptr);
  check("gc_set", gc_set(handle, generations, n_generations, args, n_args, "x", 1, nullptr, error.out()), error);
  check("gc_set_value",
        gc_set_value(handle, generations, n_generations, args, n_args, gc_value_int(1), nullptr, error.out()), error);
  check("gc_delete", gc_delete(handle, generations, n_generations, args, n_args, error.out()), error);
  check("gc_invalidate_many", gc_invalidate_many(handle, generations, n_generations, args, n_args, error.out()), error);
  char *text = reinterpret_cast<char *>(&untouched);
  check("gc_explain", gc_explain(handle, generations, n_generations, args, n_args, &text, error.out()), error);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(gc_get(handle, generations, n_generations, args, n_args, &entry, nullptr), GC_ERR_ARGUMENT);
}

inline void expect_all_refuse(const Cache &cache, const Names &generations, const Args &args,
                              const std::vector<std::string> &named) {
  expect_all_refuse(cache, generations.data(), generations.size(), args.data(), args.size(), named);
}

}  // namespace gencache::test
