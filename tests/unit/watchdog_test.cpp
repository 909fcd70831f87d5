// The watchdog: shuts the socket of a call at its deadline, not before, and no socket of a call that has ended.
#include "memcached/watchdog.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>

#include "support/net.h"

namespace gencache::core {
namespace {

using std::chrono::milliseconds;
using test::Fd;

constexpr milliseconds bound(10'000);

// A socket under watch and its peer, which sees when it is shut.
class Line {
 public:
  explicit Line(Watchdog &watchdog) : watchdog_(watchdog) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::bad_alloc();
    watched_.emplace(ends[0]);
    peer_ = Fd(ends[1]);
    EXPECT_TRUE(watchdog_.add(*watched_));
  }
  ~Line() { watchdog_.remove(*watched_); }

  void enter(milliseconds budget) { watchdog_.enter(*watched_, Clock::now() + budget); }
  void leave() { watchdog_.leave(*watched_); }
  int socket() const { return watched_->socket(); }

  bool is_shut_within(milliseconds time) const {
    pollfd peer{peer_.get(), POLLIN, 0};
    return poll(&peer, 1, static_cast<int>(time.count())) == 1;
  }
  bool is_shut() const { return is_shut_within(milliseconds(0)); }

 private:
  Watchdog &watchdog_;
  std::optional<Watched> watched_;
  Fd peer_;
};

using Threads = std::set<std::string>;

Threads threads_now() {
  Threads threads;
  for (const auto &task : std::filesystem::directory_iterator("/proc/self/task")) threads.insert(task.path());
  return threads;
}

// A line of a thread's status, "" where the thread is gone.
std::string status_of(const std::string &thread, const std::string &name) {
  std::ifstream status(thread + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 2);
  }
  return {};
}

// The watchdog's thread: the one that comes with its first socket.
std::string thread_of(Watchdog &watchdog) {
  std::thread([] {}).join();  // a sanitizer starts a thread of its own with the program's first
  const Threads before = threads_now();
  const Line first(watchdog);
  for (const std::string &thread : threads_now()) {
    if (!before.contains(thread)) return thread;
  }
  ADD_FAILURE() << "no thread has started";
  return {};
}

// Awake, the thread looks around every few milliseconds, and goes to sleep between two looks.
bool falls_asleep(const std::string &thread) {
  return test::eventually([&] {
    const std::string before = status_of(thread, "voluntary_ctxt_switches");
    std::this_thread::sleep_for(milliseconds(100));
    return status_of(thread, "voluntary_ctxt_switches") == before;
  });
}

TEST(Watchdog, ShutsASocketAtItsDeadlineNotBefore) {
  Watchdog watchdog;
  Line line(watchdog);
  for (const milliseconds budget : {milliseconds(60), milliseconds(60)}) {
    Line other(watchdog);
    const auto start = Clock::now();
    other.enter(budget);
    EXPECT_TRUE(other.is_shut_within(bound));
    EXPECT_GE(Clock::now() - start, budget);
  }
  EXPECT_FALSE(line.is_shut()) << "nobody had entered";
}

TEST(Watchdog, ShutsBothDirections) {
  Watchdog watchdog;
  Line line(watchdog);
  line.enter(milliseconds(0));
  EXPECT_TRUE(line.is_shut_within(bound));
  char byte = 0;
  EXPECT_EQ(recv(line.socket(), &byte, 1, 0), 0);
  EXPECT_EQ(send(line.socket(), "x", 1, MSG_NOSIGNAL), -1);
}

// A later deadline that has passed shows that the earlier one, which the call has not come near to, was not acted upon.
TEST(Watchdog, LetsACallThatHasEndedAlone) {
  Watchdog watchdog;
  Line ended(watchdog);
  Line later(watchdog);
  ended.enter(milliseconds(1000));
  ended.leave();
  later.enter(milliseconds(1050));
  EXPECT_TRUE(later.is_shut_within(bound));
  EXPECT_FALSE(ended.is_shut());
}

TEST(Watchdog, LetsASocketThatIsRemovedAlone) {
  Watchdog watchdog;
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Fd peer(ends[1]);
  Watched removed(ends[0]);
  ASSERT_TRUE(watchdog.add(removed));
  watchdog.enter(removed, Clock::now() + milliseconds(1000));
  watchdog.remove(removed);
  Line later(watchdog);
  later.enter(milliseconds(1050));
  EXPECT_TRUE(later.is_shut_within(bound));
  EXPECT_EQ(send(removed.socket(), "x", 1, MSG_NOSIGNAL), 1);
}

TEST(Watchdog, OneSocketForCallAfterCall) {
  Watchdog watchdog;
  Line line(watchdog);
  for (int i = 0; i < 1000; ++i) {
    line.enter(milliseconds(5000));
    line.leave();
  }
  EXPECT_FALSE(line.is_shut());
  line.enter(milliseconds(20));
  EXPECT_TRUE(line.is_shut_within(bound));
}

TEST(Watchdog, SleepsWithoutCallsAndWakesForOne) {
  Watchdog watchdog;
  const std::string thread = thread_of(watchdog);
  Line line(watchdog);
  ASSERT_TRUE(falls_asleep(thread));
  const auto start = Clock::now();
  line.enter(milliseconds(60));
  EXPECT_TRUE(line.is_shut_within(bound));
  EXPECT_GE(Clock::now() - start, milliseconds(60));
  line.leave();
  EXPECT_TRUE(falls_asleep(thread)) << "again";
}

TEST(Watchdog, ItsThreadTakesNoSignals) {
  Watchdog watchdog;
  const std::string thread = thread_of(watchdog);
  Line line(watchdog);
  line.enter(milliseconds(0));
  ASSERT_TRUE(line.is_shut_within(bound)) << "a thread that only starts blocks everything anyway";
  const auto blocked = std::stoull(status_of(thread, "SigBlk"), nullptr, 16);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM, SIGCHLD}) {
    EXPECT_TRUE(blocked >> static_cast<unsigned>(signal - 1) & 1U) << signal;
  }
}

TEST(Watchdog, EndsWithoutASocketAndWhileACallIsUnderWay) {
  { const Watchdog idle; }
  std::optional<Watchdog> watchdog(std::in_place);
  Watched watched(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_TRUE(watchdog->add(watched));
  watchdog->enter(watched, Clock::now() + milliseconds(60'000));
  const auto start = Clock::now();
  watchdog.reset();
  EXPECT_LT(Clock::now() - start, bound);
}

}  // namespace
}  // namespace gencache::core
