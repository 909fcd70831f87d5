#include "bench/placement.h"

#include <sched.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace gencache::bench {

std::vector<int> usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  }
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

void pin(pid_t process, std::span<const int> cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  const std::string tasks = "/proc/" + (process == 0 ? "self" : std::to_string(process)) + "/task";
  for (const auto &task : std::filesystem::directory_iterator(tasks)) {
    if (sched_setaffinity(std::stoi(task.path().filename()), sizeof set, &set) != 0) {
      throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
    }
  }
}

}  // namespace gencache::bench
