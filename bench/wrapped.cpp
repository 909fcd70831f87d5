#include "bench/wrapped.h"

#include <cstdint>
#include <gencache/gencache.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace gencache::bench {
namespace {

constexpr int kUsers = 30;
const std::string kPage = "home";

struct Profile {
  int64_t id = 0;
  std::string name;
  std::string mail;
  std::string city;
  int32_t visits = 0;
  double balance = 0;
  bool is_active = false;
  std::optional<int64_t> parent;
  std::vector<int32_t> groups;
  std::string remark;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(id, name, mail, city, visits, balance, is_active, parent, groups, remark);
  }
};

Profile load(int user) {
  return {100 + user,
          "Ada Lovelace",
          "ada@example.org",
          "London",
          17,
          12.5,
          true,
          4,
          {1, 2, 3},
          "wrote the first program, and a note that is longer than a small string"};
}

// The items that the function has stored, read as they are.
class Plain {
 public:
  Plain(gc_cache *cache, const std::string &place) : cache_(cache), place_(place) {}

  void hit(int i) const {
    static constexpr const char *generations[] = {"nav", "nav_portal:user_id"};
    const gc_arg args[] = {gc_str(nullptr, place_.c_str()), gc_int("user_id", i % kUsers),
                           gc_str("page", kPage.c_str())};
    gc_entry *entry = nullptr;
    const gc_status status = gc_get(cache_, generations, 2, args, 3, &entry, nullptr);
    const bool is_there = status == GC_OK && gc_entry_type(entry) == GC_CEREAL;
    gc_entry_free(entry);
    if (!is_there) throw std::runtime_error("gc_get: not what the function has stored");
  }

 private:
  gc_cache *cache_;
  std::string place_;
};

}  // namespace

Result compare_wrapped(std::string name, Plan plan, const std::string &url) {
  const Cache cache(url);
  const Place place("bench/wrapped.cpp", "profile", 1);
  const auto profile = wrap(
      cache, {"nav", "nav_portal:user_id"}, {"user_id", "page"},
      [](int user_id, const std::string &) { return load(user_id); }, {.ttl = std::chrono::hours(1)}, {}, place);
  for (int user = 0; user < kUsers; ++user) profile(user, kPage);
  const Plain plain(cache.handle(), "bench/wrapped.profile:1");
  return compare_latency(
      std::move(name), plan,
      [&](int i) {
        if (profile(i % kUsers, kPage).id != 100 + i % kUsers) throw std::runtime_error("another profile");
      },
      [&](int i) { plain.hit(i); });
}

}  // namespace gencache::bench
