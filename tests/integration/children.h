// Other processes in a test: forked, bounded in time, their verdict told by their exit status.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <vector>

namespace gencache::test {

// A forked child that runs `body` and exits: with 0 if it returned true and no expectation failed in it, else with 1.
// It runs no destructor of the parent's. One that takes longer than the bound is killed, which is a failure.
class Child {
 public:
  explicit Child(const std::function<bool()> &body);
  Child(Child &&other) noexcept;
  Child &operator=(Child &&) = delete;
  ~Child();

  void kill9();                                                                // gone when this returns
  bool succeeded(std::chrono::milliseconds bound = std::chrono::seconds(60));  // waits for the end

 private:
  pid_t pid_;
};

bool all_succeeded(std::vector<Child> &children);

// A line to wait at: a pipe that all processes made after it share.
class Gate {
 public:
  Gate();
  ~Gate();
  Gate(const Gate &) = delete;
  Gate &operator=(const Gate &) = delete;

  void wait() const;  // until somebody has opened it
  void open();

 private:
  int ends_[2];
};

}  // namespace gencache::test
