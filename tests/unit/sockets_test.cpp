// The table of sockets that a forked child closes.
#include "memcached/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>

#include "support/net.h"

namespace gencache::core {
namespace {

using test::Fd;

int duplicate(const Fd &fd) { return fcntl(fd.get(), F_DUPFD_CLOEXEC, 0); }
bool is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

Fd any_socket() { return Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

TEST(Sockets, BothNumbersAreClosed) {
  const Fd original = any_socket();
  const int theirs = duplicate(original);
  const int ours = duplicate(original);
  Sockets sockets(2);
  sockets.add(theirs, ours);
  sockets.close_inherited();
  EXPECT_FALSE(is_open(theirs));
  EXPECT_FALSE(is_open(ours));
  EXPECT_TRUE(is_open(original.get()));
}

TEST(Sockets, ANumberThatIsSomebodyElsesByNowStaysOpen) {
  const Fd original = any_socket();
  const Fd theirs = any_socket();
  const int ours = duplicate(original);
  Sockets sockets(1);
  sockets.add(theirs.get(), ours);
  sockets.close_inherited();
  EXPECT_TRUE(is_open(theirs.get()));
  EXPECT_FALSE(is_open(ours));
}

// Whether both numbers stay open where they were closed, and are by now what `open_other` opens and its duplicate.
void expect_left_open(const std::function<Fd()> &open_other) {
  Fd theirs = any_socket();
  Fd ours(duplicate(theirs));
  const int numbers[] = {theirs.get(), ours.get()};
  Sockets sockets(1);
  sockets.add(theirs.get(), ours.get());
  theirs.reset();
  ours.reset();
  const Fd other = open_other();
  const Fd others(duplicate(other));
  ASSERT_EQ(other.get(), numbers[0]) << "the lowest that is free";
  ASSERT_EQ(others.get(), numbers[1]);
  sockets.close_inherited();
  EXPECT_TRUE(is_open(other.get()));
  EXPECT_TRUE(is_open(others.get()));
}

// What a daemon does at its start: it closes all descriptors, and the numbers are those of its own files then.
TEST(Sockets, NumbersThatAreFilesByNowStayOpen) {
  expect_left_open([] { return Fd(open("/dev/null", O_WRONLY | O_CLOEXEC)); });
}

TEST(Sockets, NumbersThatAreAnotherSocketByNowStayOpen) { expect_left_open(any_socket); }

TEST(Sockets, ANumberThatIsClosedAlready) {
  Fd theirs = any_socket();
  const int ours = duplicate(theirs);
  Sockets sockets(1);
  sockets.add(theirs.get(), ours);
  theirs.reset();
  sockets.close_inherited();
  EXPECT_FALSE(is_open(ours));
}

TEST(Sockets, RemovedOnesStayOpen) {
  const Fd one = any_socket();
  const Fd other = any_socket();
  const Fd ours = Fd(duplicate(one));
  const int others = duplicate(other);
  Sockets sockets(2);
  sockets.add(one.get(), ours.get());
  sockets.add(other.get(), others);
  sockets.remove(ours.get());
  sockets.close_inherited();
  EXPECT_TRUE(is_open(one.get()));
  EXPECT_TRUE(is_open(ours.get()));
  EXPECT_FALSE(is_open(others));
}

TEST(Sockets, OneBeyondTheMostIsMerelyNotClosed) {
  const Fd first = any_socket();
  const Fd second = any_socket();
  const Fd seconds = Fd(duplicate(second));
  const int firsts = duplicate(first);
  Sockets sockets(1);
  sockets.add(first.get(), firsts);
  sockets.add(second.get(), seconds.get());
  sockets.close_inherited();
  EXPECT_FALSE(is_open(firsts));
  EXPECT_TRUE(is_open(second.get()));
  EXPECT_TRUE(is_open(seconds.get()));
}

}  // namespace
}  // namespace gencache::core
