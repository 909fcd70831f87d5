// Functions that remember their results: the story of foobar(user_id).
//
//   foobar      on $GENCACHE_URL, or memory:// where that is not set
#include <gencache/gencache.hpp>
#include <iostream>

using gencache::arg;
using namespace std::chrono_literals;

namespace {

// The "database", and the function that is worth remembering.
std::string foobar_of(int user_id, const std::string &page, bool trace) {
  std::cout << "    (computing foobar of user " << user_id << ", " << page << (trace ? ", traced" : "") << ")\n";
  return "<h1>" + page + " of user " + std::to_string(user_id) + "</h1>";
}

class Portal {
 public:
  explicit Portal(std::string greeting) : greeting_(std::move(greeting)) {}
  std::string greet(int user_id) const {
    std::cout << "    (computing the greeting of user " << user_id << ")\n";
    return greeting_ + ", user " + std::to_string(user_id);
  }

 private:
  std::string greeting_;
};

void tell(const char *what) { std::cout << "\n" << what << "\n"; }
void show(const std::string &result) { std::cout << "  " << result << "\n"; }

void functions(const gencache::Cache &cache) {
  bool maintenance = false;
  const auto foobar = gencache::wrap(cache, {"nav", "nav_portal:user_id"}, {"user_id", "page", "trace"}, foobar_of,
                                     {.ttl = 5min}, {.exclude = {"trace"}, .ignore_if = [&] { return maintenance; }});
  tell("The first call computes, the second one remembers:");
  show(foobar(1, "home", false));
  show(foobar(1, "home", false));

  tell("The key: what the generations take, where wrap stands, and the rest:");
  show(foobar.key(1, "home", false));

  tell("Other arguments, another result; `trace` is excluded, so it makes no difference:");
  show(foobar(1, "news", false));
  show(foobar(2, "home", false));
  show(foobar(1, "home", true));

  tell("foobar.invalidate(1): user 1 has changed, on all pages; user 2 has not:");
  foobar.invalidate(1);
  show(foobar(1, "home", false));
  show(foobar(1, "news", false));
  show(foobar(2, "home", false));

  tell("foobar.invalidate(): nav has changed, for everybody:");
  foobar.invalidate();
  show(foobar(2, "home", false));

  tell("foobar.refresh(2, \"home\"): computed anew, whatever is remembered:");
  show(foobar.refresh(2, "home", false));

  tell("While there is maintenance, the cache is ignored:");
  maintenance = true;
  show(foobar(2, "home", false));
}

void methods(const gencache::Cache &cache) {
  const auto greet = gencache::wrap(cache, "nav_portal:user_id", {"user_id"}, &Portal::greet);
  const Portal portal("Welcome");
  tell("A method: the object is no part of the key:");
  show(greet(portal, 1));
  show(greet(Portal("Hello"), 1));
  tell("It depends on the user as well, whoever invalidates it:");
  cache.invalidate("nav_portal:user_id", {arg("user_id", 1)});
  show(greet(portal, 1));
}

}  // namespace

int main() try {
  const gencache::Cache cache;
  cache.ping();
  cache.invalidate({"nav", "nav_portal:user_id"}, {arg("user_id", 1)});  // what an earlier run has left
  cache.invalidate("nav_portal:user_id", {arg("user_id", 2)});
  functions(cache);
  methods(cache);
  return 0;
} catch (const gencache::Error &error) {
  std::cerr << "foobar: " << error.what() << "\n";
  return 1;
}
