#include "consistency/options.h"

#include <charconv>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gencache::test {
namespace {

uint64_t number(std::string_view option, std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) {
    throw std::invalid_argument(std::string(option) + " needs a positive number");
  }
  return value;
}

Mutant mutant(std::string_view name) {
  if (name == "skip-invalidate") return Mutant::kSkipInvalidate;
  if (name == "late-lease") return Mutant::kLateLease;
  throw std::invalid_argument("--mutant is skip-invalidate or late-lease");
}

}  // namespace

Options parse_options(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string_view value = equals == argument.npos ? "" : argument.substr(equals + 1);
    if (name == "--operations") {
      options.operations = number(name, value);
    } else if (name == "--seconds") {
      options.limit = std::chrono::seconds(number(name, value));
    } else if (name == "--seed") {
      options.seed = number(name, value);
    } else if (name == "--mutant") {
      options.mutant = mutant(value);
    } else if (argument == "--contended") {
      options.contended = true;
    } else {
      throw std::invalid_argument("unknown option " + std::string(argument) +
                                  "; there are --operations=N --seconds=N --seed=N --contended --mutant=NAME");
    }
  }
  if (options.seed == 0) options.seed = std::random_device()();
  if (options.mutant != Mutant::kNone) options.contended = true;
  if (options.contended) {
    options.rows = 2;
    options.pages = 1;
    options.writes_in_100 = 25;
  }
  return options;
}

}  // namespace gencache::test
