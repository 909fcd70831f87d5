// The step in C++: reads what Go has stored, as JSON.
#include <gencache/gencache.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

using gencache::arg;

int main() try {
  const gencache::Cache cache;  // $GENCACHE_URL
  const auto entry = cache.get<gencache::Json>({"users", "user:user_id"}, {arg("user_id", 7), arg("kind", "profile")});
  if (!entry) {
    std::cerr << "C++: a miss of " << entry.key() << ": " << name(entry.reason()) << '\n';
    return 1;
  }
  const auto user = nlohmann::json::parse(entry->text);
  const auto visits = user.at("visits").get<int>();
  std::cout << "C++: " << user.at("name").get<std::string>() << " has " << visits
            << (visits == 1 ? " visit" : " visits");
  const char *before = "; tags: ";
  for (const auto &tag : user.at("tags")) {
    std::cout << std::exchange(before, ", ") << tag.get<std::string>();
  }
  std::cout << '\n';
} catch (const std::exception &error) {
  std::cerr << "C++: " << error.what() << '\n';
  return 1;
}
