// Which cores the client and the servers run on. A wake-up across cores can cost more than a whole request on a
// virtual machine, so only figures of one placement can be compared.
#ifndef GENCACHE_BENCH_PLACEMENT_H
#define GENCACHE_BENCH_PLACEMENT_H

#include <sys/types.h>

#include <span>
#include <vector>

namespace gencache::bench {

// The cores that this process may use. Throws std::system_error, as all of these do.
std::vector<int> usable_cores();

// Every thread of a process; 0 is this process.
void pin(pid_t process, std::span<const int> cores);

}  // namespace gencache::bench

#endif
