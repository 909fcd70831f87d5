// What makes two calls the same value, and what makes them different ones.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "every_store.h"

namespace gencache::test {
namespace {

class Keys : public EveryStore {
 protected:
  Cache cache = open();
};

TEST_P(Keys, HitAfterFill) {
  const Names gens = {"nav", "nav_portal:user_id"};
  const Args args = {gc_int("user_id", 1), gc_str("page", "home")};
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(miss.miss()) << miss.summary();
  EXPECT_EQ(miss.entry.reason(), GC_REASON_ABSENT);
  EXPECT_EQ(miss.entry.generation(), "");
  EXPECT_EQ(miss.entry.key(), "nav,nav_portal:user_id=1|page=\"home\"");
  ASSERT_TRUE(fill(miss.entry, "<html>").ok());
  for (int i = 0; i < 3; ++i) {
    const Got hit = cache.get(gens, args);
    ASSERT_TRUE(hit.hit()) << hit.summary();
    EXPECT_EQ(hit.data(), "<html>");
    EXPECT_EQ(hit.entry.key(), miss.entry.key());
  }
}

TEST_P(Keys, OrderOfGenerationsAndArgumentsMakesNoDifference) {
  ASSERT_TRUE(cache.set({"a", "b:x", "c:y"}, {gc_int("x", 1), gc_int("y", 2), gc_int("z", 3)}, "value").ok());
  EXPECT_TRUE(cache.get({"c:y", "a", "b:x"}, {gc_int("z", 3), gc_int("y", 2), gc_int("x", 1)}).hit());
  EXPECT_TRUE(cache.get({"b:x", "c:y", "a", "b:x", "a"}, {gc_int("y", 2), gc_int("z", 3), gc_int("x", 1)}).hit());
}

TEST_P(Keys, InAGenerationNumberAndTextAreOne) {
  const Names gens = {"nav:id"};
  ASSERT_TRUE(cache.set(gens, {gc_int("id", 42)}, "value").ok());
  for (const gc_arg &id : {gc_str("id", "42"), gc_uint("id", 42), gc_double("id", 42.0), gc_bytes("id", "42", 2)}) {
    EXPECT_TRUE(cache.get(gens, {id}).hit()) << "type " << id.value.type;
  }
  EXPECT_TRUE(cache.invalidate("nav:id", {gc_str("id", "42")}).ok());
  EXPECT_EQ(cache.get(gens, {gc_int("id", 42)}).entry.generation(), "nav:id=42");
}

TEST_P(Keys, InTheRestTypesDiffer) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<gc_arg> different = {gc_int("v", 42),
                                         gc_str("v", "42"),
                                         gc_bytes("v", "42", 2),
                                         gc_double("v", 42.0),
                                         gc_null("v"),
                                         gc_str("v", "null"),
                                         gc_bool("v", 1),
                                         gc_str("v", "true"),
                                         gc_int("v", 1),
                                         gc_str("v", ""),
                                         gc_bytes("v", "", 0),
                                         gc_double("v", nan),
                                         gc_str("v", "nan"),
                                         gc_double("v", -0.0),
                                         gc_double("v", 0.0),
                                         gc_double("v", infinity),
                                         gc_double("v", -infinity),
                                         gc_int("v", INT64_MIN),
                                         gc_uint("v", UINT64_MAX),
                                         gc_double("v", 1e300),
                                         gc_int(nullptr, 42),
                                         gc_str(nullptr, "v=42"),
                                         gc_int("V", 42),
                                         gc_int("v ", 42)};
  for (size_t i = 0; i < different.size(); ++i) {
    ASSERT_TRUE(cache.set({"nav"}, {different[i]}, std::to_string(i)).ok());
  }
  for (size_t i = 0; i < different.size(); ++i) {
    const Got got = cache.get({"nav"}, {different[i]});
    EXPECT_EQ(got.data(), std::to_string(i)) << got.entry.key();
  }
  EXPECT_TRUE(cache.get({"nav"}, {gc_uint("v", 42)}).hit()) << "signed and unsigned are one number";
}

TEST_P(Keys, ADeclaredArgumentLeavesTheRest) {
  const Args args = {gc_int("user_id", 1), gc_str("page", "home")};
  EXPECT_EQ(cache.get({"nav"}, args).entry.key(), "nav|page=\"home\",user_id=1");
  EXPECT_EQ(cache.get({"nav:user_id"}, args).entry.key(), "nav:user_id=1|page=\"home\"");
  EXPECT_EQ(cache.get({"nav:user_id", "page:page"}, args).entry.key(), "nav:user_id=1,page:page=home");
  EXPECT_EQ(cache.get({"a:user_id", "b:user_id"}, args).entry.key(), "a:user_id=1,b:user_id=1|page=\"home\"");
}

TEST_P(Keys, GenerationsArePartOfTheKey) {
  ASSERT_TRUE(cache.set({"nav"}, {}, "one").ok());
  ASSERT_TRUE(cache.set({"nav", "blog"}, {}, "two").ok());
  ASSERT_TRUE(cache.set({"nav", "blog:id"}, {gc_int("id", 1)}, "three").ok());
  EXPECT_EQ(cache.get({"nav"}).data(), "one");
  EXPECT_EQ(cache.get({"blog", "nav"}).data(), "two");
  EXPECT_EQ(cache.get({"nav", "blog:id"}, {gc_int("id", 1)}).data(), "three");
  EXPECT_TRUE(cache.get({"nav", "blog"}, {gc_int("id", 1)}).miss());
}

TEST_P(Keys, ExtraPartsCountInTheirOrder) {
  const gc_arg one = gc_str(nullptr, "one");
  const gc_arg two = gc_str(nullptr, "two");
  const gc_arg named = gc_int("n", 1);
  ASSERT_TRUE(cache.set({"nav"}, {one, named, two}, "value").ok());
  EXPECT_TRUE(cache.get({"nav"}, {named, one, two}).hit());
  EXPECT_TRUE(cache.get({"nav"}, {one, two, named}).hit());
  EXPECT_TRUE(cache.get({"nav"}, {two, one, named}).miss());
  EXPECT_TRUE(cache.get({"nav"}, {one, named}).miss());
  EXPECT_TRUE(cache.get({"nav"}, {one, one, two, named}).miss());
  EXPECT_EQ(cache.get({"nav"}, {one, named, two}).entry.key(), "nav|\"one\",\"two\",n=1");
}

TEST_P(Keys, MayHoldAnyBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string large(10 * 1024, 'x');
  const std::vector<std::string> parts = {all,     "two words",   "line\r\nget a\r\n", "a,b=1|c",   "%20",
                                          " ",     "caf\xc3\xa9", large + "1",         large + "2", "\"",
                                          "#1234", "b\"x\""};
  for (const std::string &part : parts) {
    ASSERT_TRUE(cache.set({"nav"}, {gc_bytes("part", part.data(), part.size())}, part).ok());
    ASSERT_TRUE(cache.set({"nav", "by:part"}, {gc_bytes("part", part.data(), part.size())}, "by " + part).ok());
  }
  for (const std::string &part : parts) {
    EXPECT_EQ(cache.get({"nav"}, {gc_bytes("part", part.data(), part.size())}).data(), part);
    EXPECT_EQ(cache.get({"nav", "by:part"}, {gc_bytes("part", part.data(), part.size())}).data(), "by " + part);
  }
  ASSERT_TRUE(cache.invalidate("by:part", {gc_bytes("part", parts[7].data(), parts[7].size())}).ok());
  for (const std::string &part : parts) {
    EXPECT_EQ(cache.get({"nav", "by:part"}, {gc_bytes("part", part.data(), part.size())}).hit(), part != parts[7]);
  }
}

TEST_P(Keys, NamesMayHoldAnythingPrintable) {
  const std::string long_name(5000, 'n');
  const Names gens = {"two words", "a,b|c=\"d\"", "caf\xc3\xa9:na\xc3\xafve", long_name.c_str()};
  const Args args = {gc_int("na\xc3\xafve", 1), gc_int("x=y,z", 2), gc_int(long_name.c_str(), 3)};
  ASSERT_TRUE(cache.set(gens, args, "value").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "value");
  EXPECT_EQ(cache.get(gens, args)
                .entry.key()
                .find_first_not_of("\"#%()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "[]_abcdefghijklmnopqrstuvwxyz{|}~"),
            std::string::npos);
  ASSERT_TRUE(cache.invalidate(long_name.c_str()).ok());
  EXPECT_EQ(cache.get(gens, args).entry.generation(), long_name);
}

TEST_P(Keys, ManyGenerationsAndArguments) {
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.push_back("g" + std::to_string(i));
  Names gens;
  Args args;
  for (const std::string &text : texts) {
    gens.push_back(text.c_str());
    args.push_back(gc_int(text.c_str(), 1));
  }
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(miss.miss());
  ASSERT_TRUE(fill(miss.entry, "value").ok());
  EXPECT_TRUE(cache.get(gens, args).hit());
  ASSERT_TRUE(cache.invalidate("g77").ok());
  EXPECT_EQ(cache.get(gens, args).entry.generation(), "g77");
}

TEST_P(Keys, NamespacesAreSeparate) {
  Cache other = open("prefix=" + prefix() + ".other");
  ASSERT_TRUE(cache.set({"nav"}, {}, "ours").ok());
  ASSERT_TRUE(other.set({"nav"}, {}, "theirs").ok());
  EXPECT_EQ(cache.get({"nav"}).data(), "ours");
  EXPECT_EQ(other.get({"nav"}).data(), "theirs");
  ASSERT_TRUE(other.invalidate("nav").ok());
  EXPECT_TRUE(cache.get({"nav"}).hit());
  EXPECT_TRUE(other.get({"nav"}).miss());
  ASSERT_TRUE(other.clear().ok());
  EXPECT_TRUE(cache.get({"nav"}).hit());
  ASSERT_TRUE(other.remove({"nav"}).ok());
  EXPECT_TRUE(cache.get({"nav"}).hit());
}

TEST_P(Keys, DeleteTakesThisOneOnly) {
  const Names gens = {"nav:id"};
  ASSERT_TRUE(cache.set(gens, {gc_int("id", 1), gc_int("page", 1)}, "one").ok());
  ASSERT_TRUE(cache.set(gens, {gc_int("id", 1), gc_int("page", 2)}, "two").ok());
  ASSERT_TRUE(cache.remove(gens, {gc_int("id", 1), gc_int("page", 1)}).ok());
  EXPECT_EQ(cache.get(gens, {gc_int("id", 1), gc_int("page", 1)}).entry.reason(), GC_REASON_ABSENT);
  EXPECT_EQ(cache.get(gens, {gc_int("id", 1), gc_int("page", 2)}).data(), "two");
  EXPECT_TRUE(cache.remove(gens, {gc_int("id", 1), gc_int("page", 1)}).ok()) << "nothing to delete is no error";
}

GENCACHE_ON_EVERY_STORE(Keys);

}  // namespace
}  // namespace gencache::test
