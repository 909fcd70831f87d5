// The command line of the consistency test.
#ifndef GENCACHE_TESTS_CONSISTENCY_OPTIONS_H
#define GENCACHE_TESTS_CONSISTENCY_OPTIONS_H

#include <chrono>
#include <cstdint>

namespace gencache::test {

// A defect built into the workers, never into the library. The test must find it.
enum class Mutant {
  kNone,
  kSkipInvalidate,  // a writer acknowledges without having invalidated
  kLateLease        // a reader computes first and takes its lease afterwards
};

struct Options {
  uint64_t operations = 60000;
  std::chrono::seconds limit{45};
  uint64_t seed = 0;  // drawn where it is not given
  Mutant mutant = Mutant::kNone;
  bool contended = false;  // few values and many writes; a mutant shows itself soon there
  unsigned rows = 16;
  unsigned pages = 4;           // values per row, spread over the servers
  unsigned writes_in_100 = 10;  // the rest are reads
};

// Throws std::invalid_argument with a message that names the option.
Options parse_options(int argc, char **argv);

}  // namespace gencache::test

#endif
