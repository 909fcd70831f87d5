// A function that remembers its results, by its arguments. foobar.cpp shows more of it.
#include <gencache/gencache.hpp>
#include <iostream>

using gencache::arg;

namespace {

std::string render(int user_id, const std::string &page, bool trace) {
  std::cout << "    (computing " << page << " of user " << user_id << (trace ? ", traced" : "") << ")\n";
  return "<h1>" + page + " of user " + std::to_string(user_id) + "</h1>";
}

void show(const std::string &html) { std::cout << "  " << html << "\n"; }

void tell(const gencache::Cache &cache) {
  const auto portal = gencache::wrap(cache, {"nav", "nav_portal:user_id"}, {"user_id", "page", "trace"}, render, {},
                                     {.exclude = {"trace"}});
  portal.invalidate();  // what an earlier run has left

  std::cout << "The first call computes, the second one remembers:\n";
  show(portal(1, "home", false));
  show(portal(1, "home", false));

  std::cout << "Other arguments, another result; `trace` is excluded, so it makes no difference:\n";
  show(portal(1, "news", false));
  show(portal(2, "home", false));
  show(portal(1, "home", true));

  std::cout << "User 1 has changed, on all pages; user 2 has not:\n";
  portal.invalidate(arg("user_id", 1));
  show(portal(1, "home", false));
  show(portal(1, "news", false));
  show(portal(2, "home", false));

  std::cout << "nav has changed, for everybody:\n";
  portal.invalidate();
  show(portal(2, "home", false));

  std::cout << "A refresh computes, whatever is remembered:\n";
  show(portal.refresh(2, "home", false));
}

}  // namespace

int main() try {
  tell(gencache::Cache());  // $GENCACHE_URL, or else memory://
  return 0;
} catch (const gencache::Error &error) {
  std::cerr << "wrap: " << error.what() << "\n";
  return 1;
}
