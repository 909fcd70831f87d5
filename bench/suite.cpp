#include "bench/suite.h"

#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "bench/placement.h"

namespace gencache::bench {
namespace {

// PORT:PID
void parse_server(std::string_view text, Servers &servers) {
  uint16_t port = 0;
  pid_t pid = 0;
  const char *end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, port);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':' ||
      std::from_chars(first.ptr + 1, end, pid).ptr != end || pid <= 0) {
    throw std::invalid_argument("not PORT:PID: " + std::string(text));
  }
  servers.ports.push_back(port);
  servers.pids.push_back(pid);
}

}  // namespace

Suite::Suite(Servers servers) : servers_(std::move(servers)), cores_(usable_cores()) {
  if (cores_.size() < 2) throw std::runtime_error("two cores are needed to place client and servers on");
}

void Suite::place(const std::vector<int> &client, const std::vector<int> &servers) {
  pin(0, client);
  for (const pid_t server : servers_.pids) pin(server, servers);
}

void Suite::add(Result result) {
  print(result);
  results_.push_back(std::move(result));
}

int run_suite(const char *name, int argc, char **argv, Measure measure) {
  try {
    if (argc != 5) throw std::invalid_argument("usage: OUTPUT.json PORT:PID PORT:PID PORT:PID");
    Servers servers;
    for (int i = 2; i < argc; ++i) parse_server(argv[i], servers);
    print_heading();
    write_json(argv[1], measure(std::move(servers)));
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace gencache::bench
