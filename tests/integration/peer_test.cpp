// Peers that are no memcached, or none that answers: an error in time, never a false success.
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "pool.h"

namespace gencache::test {
namespace {

// Accepts one connection after the other, on a thread of its own, and serves each until it or the test ends.
class Listener {
 public:
  using Serve = std::function<void(const Fd &client, const std::atomic<bool> &ending)>;

  explicit Listener(Serve serve) : serve_(std::move(serve)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Listener() {
    ending_ = true;
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(listening_.port); }

 private:
  void run() {
    while (!ending_) {
      const Fd client(accept4(listening_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client) {
        serve_(client, ending_);
      } else {
        std::this_thread::sleep_for(Milliseconds(1));
      }
    }
  }

  const Serve serve_;
  const Listening listening_ = listen_on_free_port();
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

// Answers each request that comes in with the same words.
Listener::Serve parrot_of(std::string words) {
  return [words = std::move(words)](const Fd &client, const std::atomic<bool> &ending) {
    char request[65536];
    const timeval pause{0, 50'000};
    setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
    while (!ending) {
      const ssize_t got = recv(client.get(), request, sizeof request, 0);
      if (got == 0 || (got > 0 && !send_all(client, words))) return;
    }
  };
}

// Stands before a real server, but answers the first request for a value itself.
Listener::Serve refuser_before(uint16_t port, std::string words) {
  return
      [port, words = std::move(words), has_refused = false](const Fd &client, const std::atomic<bool> &ending) mutable {
        const Fd server = connect_to(port);
        char bytes[65536];
        const timeval pause{0, 20'000};
        for (const Fd *each : {&client, &server})
          setsockopt(each->get(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
        while (!ending) {
          const ssize_t asked = recv(client.get(), bytes, sizeof bytes, 0);
          if (asked == 0) return;
          if (asked < 0) continue;
          const std::string_view request(bytes, static_cast<size_t>(asked));
          if (!has_refused && request.starts_with("get gc/")) {
            has_refused = true;
            if (!send_all(client, words)) return;
            continue;
          }
          if (!send_all(server, request)) return;
          const ssize_t answered = recv(server.get(), bytes, sizeof bytes, 0);
          if (answered > 0 && !send_all(client, {bytes, static_cast<size_t>(answered)})) return;
        }
      };
}

class Peer : public testing::Test {
 protected:
  static constexpr Milliseconds kBudget{300};
  const Names nav = {"nav"};

  void expect_no_success(const std::string &address) {
    Cache cache("memcached://" + address + "/?timeout_ms=300");
    for (int i = 0; i < 3; ++i) {
      const Got got = within(kBudget, [&] { return cache.get(nav); });
      EXPECT_LT(got.status, 0) << got.summary();
      EXPECT_LT(within(kBudget, [&] { return cache.set(nav, {}, "x"); }).status, 0);
      EXPECT_LT(within(kBudget, [&] { return cache.ping(); }).status, 0);
      EXPECT_LT(within(kBudget, [&] { return cache.remove(nav); }).status, 0);
      EXPECT_LT(within(kBudget, [&] { return cache.invalidate("nav"); }).status, 0);
    }
  }
};

TEST_F(Peer, ThatNeverAnswers) {
  const Listener parrot(parrot_of(""));
  expect_no_success(parrot.address());
}

TEST_F(Peer, ThatSpeaksAnotherProtocol) {
  for (const char *words : {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "-ERR unknown command\r\n",
                            "220 mail.example ESMTP\r\n", "\r\n", "\n", "ERROR\r\n", "CLIENT_ERROR bad\r\n",
                            "SERVER_ERROR out of memory\r\n", "no line end", "ERROR Too many open connections\r\n"}) {
    SCOPED_TRACE(words);
    const Listener parrot(parrot_of(words));
    expect_no_success(parrot.address());
  }
}

TEST_F(Peer, ThatRefusesOneReadIsNotTakenForEmpty) {
  const MemcachedServer server;
  ASSERT_TRUE(Cache(server.url("timeout_ms=5000")).set(nav, {}, "value").ok());
  for (const char *words : {"SERVER_ERROR out of memory writing get response\r\n", "ERROR\r\n", "STORED\r\n"}) {
    SCOPED_TRACE(words);
    const Listener refuser(refuser_before(server.port(), words));
    const Cache cache("memcached://" + refuser.address() + "/?timeout_ms=300");
    const Got got = cache.get(nav);
    EXPECT_TRUE(got.hit() || got.status < 0) << got.summary();
  }
}

// Not the length 2^64 - 1, which overflows inside libmemcached: a malicious server is outside what can be defended.
TEST_F(Peer, ThatSpeaksNonsense) {
  const std::string long_line(100'000, 'x');
  for (const std::string &words :
       {std::string("VALUE gc: 0 9223372036854775807\r\nx"), std::string("VALUE gc: 0 1000000000\r\nx"),
        std::string("VALUE gc:\r\nEND\r\n"), std::string("VALUE other 0 1\r\nx\r\nEND\r\n"), long_line}) {
    SCOPED_TRACE(words.substr(0, 40));
    const Listener parrot(parrot_of(words));
    expect_no_success(parrot.address());
  }
}

// A listener whose queue is full does not even connect.
TEST_F(Peer, ThatNeverAccepts) {
  const Listening full = listen_on_free_port();
  ASSERT_EQ(listen(full.socket.get(), 0), 0);
  std::vector<Fd> queue;
  ASSERT_TRUE(eventually([&] {
    queue.push_back(connect_to(full.port));  // gives up after a second: then the queue is full
    return !queue.back();
  }));
  expect_no_success("127.0.0.1:" + std::to_string(full.port));
}

}  // namespace
}  // namespace gencache::test
