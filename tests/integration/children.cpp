#include "children.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

#include "support/net.h"

namespace gencache::test {
namespace {

bool verdict(const std::function<bool()> &body) {
  try {
    return body() && !testing::Test::HasFailure();
  } catch (const std::exception &thrown) {
    std::fprintf(stderr, "in the child: %s\n", thrown.what());
    return false;
  }
}

}  // namespace

Child::Child(const std::function<bool()> &body) : pid_(0) {
  std::fflush(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const bool success = verdict(body);
  std::fflush(nullptr);
  _exit(success ? 0 : 1);
}

Child::Child(Child &&other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child::~Child() { kill9(); }

void Child::kill9() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool Child::succeeded(std::chrono::milliseconds bound) {
  int status = -1;
  if (!eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, bound)) return false;
  pid_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool all_succeeded(std::vector<Child> &children) {
  bool all = true;
  for (Child &child : children) all = child.succeeded() && all;
  return all;
}

Gate::Gate() {
  if (pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
}

Gate::~Gate() {
  close(ends_[0]);
  close(ends_[1]);
}

void Gate::wait() const {
  pollfd opened{ends_[0], POLLIN, 0};
  while (poll(&opened, 1, -1) < 0 && errno == EINTR) continue;
}

void Gate::open() {
  const char byte = 0;
  while (write(ends_[1], &byte, 1) < 0 && errno == EINTR) continue;
}

}  // namespace gencache::test
