// Runs a conformance case through a door.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "door.h"
#include "support/server.h"

namespace gencache::conformance {

struct Case {
  std::string name;
  std::vector<std::string> stores;
  std::string url;
  std::vector<Json> steps;
};

// Of the file that $GENCACHE_CONFORMANCE names, or else of this tree. Throws where it is no good.
std::vector<Case> read_cases();

// `store` is "memory" or "memcached"; "" for a case that opens what it needs by itself. Failures go to GoogleTest.
void run(const Case &conformance_case, const std::string &store, Door &door, const test::MemcachedServer &server);

}  // namespace gencache::conformance
