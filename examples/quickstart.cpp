#include <gencache/gencache.hpp>
#include <iostream>

using gencache::arg;

int main() try {
  const gencache::Cache cache;  // $GENCACHE_URL, or else memory://
  const auto generations = {"nav", "nav_portal:user_id"};
  const auto args = gencache::args(arg("user_id", 1), arg("page", "home"));
  cache.erase(generations, args);  // what an earlier run has left

  for (int visit = 1; visit <= 3; ++visit) {
    auto entry = cache.get<std::string>(generations, args);
    if (entry) {
      std::cout << "hit:  " << *entry << "\n";
    } else {
      const std::string_view cause = entry.generation();
      std::cout << "miss: " << name(entry.reason()) << (cause.empty() ? "" : " ") << cause << "\n";
      entry.fill("<h1>Welcome back</h1>");  // compute it here: no invalidation gets lost meanwhile
    }
    if (visit == 2) cache.invalidate("nav_portal:user_id", {arg("user_id", 1)});
  }
  return 0;
} catch (const gencache::Error &error) {
  std::cerr << "quickstart: " << error.what() << "\n";
  return 1;
}
