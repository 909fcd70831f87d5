// Typed values: each is read as it was stored, by C++ and by other languages.
#include <cstdint>
#include <limits>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Codec : public EveryCache {
 protected:
  template <class T>
  T through_the_cache(const T &value) {
    cache.set("nav", {}, value);
    auto entry = cache.get<T>("nav");
    EXPECT_EQ(entry.reason(), Reason::hit);
    return *std::move(entry);
  }
  // The type that other languages see, by the C interface.
  template <class T>
  std::int32_t stored_type(const T &value) {
    cache.set("nav", {}, value);
    gc_entry *entry = nullptr;
    const char *nav = "nav";
    EXPECT_EQ(gc_get(cache.handle(), &nav, 1, nullptr, 0, &entry, nullptr), GC_OK);
    const std::int32_t type = gc_entry_type(entry);
    gc_entry_free(entry);
    return type;
  }
  template <class T>
  void round_trip(const T &value, std::int32_t type) {
    EXPECT_EQ(through_the_cache(value), value);
    EXPECT_EQ(stored_type(value), type);
  }
};

TEST_P(Codec, Scalars) {
  round_trip(true, GC_BOOL);
  round_trip(false, GC_BOOL);
  round_trip(0, GC_INT);
  round_trip(std::numeric_limits<std::int64_t>::min(), GC_INT);
  round_trip(static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()), GC_INT);
  round_trip(static_cast<std::uint8_t>(255), GC_INT);
  round_trip(-0.5F, GC_DOUBLE);
  round_trip(std::numeric_limits<double>::infinity(), GC_DOUBLE);
  round_trip(nullptr, GC_NULL);
}

TEST_P(Codec, TextAndBytes) {
  round_trip(std::string("Grüße"), GC_TEXT);
  round_trip(std::string(), GC_TEXT);
  round_trip(std::string("a\0b", 3), GC_TEXT);
  round_trip(std::vector<std::byte>{std::byte{0}, std::byte{255}}, GC_BYTES);
  round_trip(std::vector<unsigned char>{}, GC_BYTES);
  round_trip(Json{R"({"a": [1, 2]})"}, GC_JSON);
}

TEST_P(Codec, AStringThatIsNoUtf8GoesAsBytes) { round_trip(std::string("\xff\xfe"), GC_BYTES); }

TEST_P(Codec, BorrowedTextBecomesAString) {
  cache.set("nav", {}, "literal");
  EXPECT_EQ(*cache.get<std::string>("nav"), "literal");
  cache.set("nav", {}, std::string_view("view"));
  EXPECT_EQ(*cache.get<std::string>("nav"), "view");
}

TEST_P(Codec, NothingIsAValue) {
  round_trip(std::optional<int>(), GC_NULL);
  round_trip(std::optional<int>(7), GC_INT);
  round_trip(std::optional<User>(), GC_NULL);
  round_trip(std::optional(User{1, "Ada", {}}), GC_CEREAL);
  cache.set("nav", {}, 7);
  EXPECT_EQ(**cache.get<std::optional<int>>("nav"), 7) << "an optional reads what is stored without one";
}

TEST_P(Codec, Cereal) {
  const User ada{1, "Ada", {"admins", "authors"}};
  round_trip(ada, GC_CEREAL);
  round_trip(std::vector<User>{ada, User()}, GC_CEREAL);
  round_trip(std::map<std::string, User>{{"ada", ada}}, GC_CEREAL);
  round_trip(std::tuple<int, std::string>(1, "one"), GC_CEREAL);
  round_trip(std::chrono::milliseconds(5), GC_CEREAL);
  round_trip('x', GC_CEREAL);
}

TEST_P(Codec, ReadsWhatOtherLanguagesWrite) {
  const auto write = [&](const gc_value &value) {
    const char *nav = "nav";
    ASSERT_EQ(gc_set_value(cache.handle(), &nav, 1, nullptr, 0, value, nullptr, nullptr), GC_OK);
  };
  write(gc_value_str("text"));
  EXPECT_EQ(*cache.get<std::string>("nav"), "text");
  write(gc_value_data(GC_BYTES, "bytes", 5));
  EXPECT_EQ(*cache.get<std::string>("nav"), "bytes");
  write(gc_value_data(GC_JSON, "[1]", 3));
  EXPECT_EQ(cache.get<Json>("nav")->text, "[1]");
  write(gc_value_uint(7));
  EXPECT_EQ(*cache.get<short>("nav"), 7);
}

TEST_P(Codec, AnotherTypeIsAnError) {
  cache.set("nav", {}, "7");
  EXPECT_THROW((void)cache.get<int>("nav"), TypeError);
  EXPECT_THROW((void)cache.get<Json>("nav"), TypeError);
  EXPECT_THROW((void)cache.get<User>("nav"), TypeError);
  EXPECT_THROW((void)cache.get<std::vector<std::byte>>("nav"), TypeError);
  EXPECT_THROW((void)cache.get<std::optional<int>>("nav"), TypeError);
  cache.set("nav", {}, nullptr);
  EXPECT_THROW((void)cache.get<std::string>("nav"), TypeError);
}

TEST_P(Codec, AnIntegerThatDoesNotFitIsAnError) {
  cache.set("nav", {}, 300);
  EXPECT_THROW((void)cache.get<std::uint8_t>("nav"), TypeError);
  cache.set("nav", {}, -1);
  EXPECT_THROW((void)cache.get<unsigned>("nav"), TypeError);
  EXPECT_THROW(cache.set("nav", {}, std::numeric_limits<std::uint64_t>::max()), ArgumentError);
}

TEST_P(Codec, ACerealValueOfAnotherShapeIsAnError) {
  cache.set("nav", {}, User{1, "Ada", {}});
  EXPECT_THROW((void)(cache.get<std::pair<int, int>>("nav")), TypeError) << "bytes are left over";
  cache.set("nav", {}, std::pair(1, 2));
  EXPECT_THROW((void)cache.get<User>("nav"), TypeError) << "bytes are missing";
}

TEST_P(Codec, TheErrorTellsTheTypes) {
  cache.set("nav", {}, "7");
  try {
    (void)cache.get<int>("nav");
    FAIL();
  } catch (const Error &error) {
    EXPECT_EQ(error.status(), GC_ERR_TYPE);
    EXPECT_STREQ(error.what(), "the value in the cache is text, which is not the type that was asked for");
  }
}

GENCACHE_CPP_ON_EVERY_STORE(Codec);

}  // namespace
}  // namespace gencache::cpp_test
