// What a key has to tell apart, and a reader of key texts that finds it again, written from docs/protocol.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calls.h"

namespace gencache::test {

struct Meaning {
  struct Generation {
    std::string name;
    std::string argument;
    std::string value;  // how it reads, since 42 and "42" are one there
    bool operator==(const Generation &) const = default;
  };
  struct Part {
    char kind = 0;  // null, boolean, integer, double, text or bytes: n b i d t y
    std::string value;
    bool operator==(const Part &) const = default;
  };

  std::vector<Generation> generations;
  std::vector<Part> extras;
  std::map<std::string, Part> named;
  bool operator==(const Meaning &) const = default;
};

Meaning meaning_of(const Call &call);
Meaning read_key(std::string_view text);

}  // namespace gencache::test
