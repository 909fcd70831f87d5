#include "support/server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace gencache::test {
namespace {

constexpr std::chrono::milliseconds kStartBound(10000);

// Between fork and exec: only what is safe after a fork of a process with threads.
[[noreturn]] void become_memcached(char *const *argv, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  close_range(3, ~0U, 0);
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  execvp(argv[0], argv);
  _exit(127);
}

pid_t spawn(std::vector<std::string> words) {
  std::vector<char *> argv;
  for (std::string &word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) become_memcached(argv.data(), parent);
  return pid;
}

// A reader of one reply of the text protocol.
class Reply {
 public:
  explicit Reply(const Fd &socket) : socket_(socket) {}

  std::string read() {
    for (;;) {
      const std::string_view line = next_line();
      if (line.starts_with("VALUE ")) {
        skip(item_size(line) + 2);
      } else if (!line.starts_with("STAT ")) {
        return std::move(text_).substr(0, done_);
      }
    }
  }

 private:
  static size_t item_size(std::string_view line) {
    size_t size = 0;
    const size_t at = line.find_last_of(' ') + 1;
    std::from_chars(line.data() + at, line.data() + line.size(), size);
    return size;
  }

  std::string_view next_line() {
    size_t end = 0;
    while ((end = text_.find("\r\n", done_)) == std::string::npos) receive();
    const size_t start = std::exchange(done_, end + 2);
    return std::string_view(text_).substr(start, end - start);
  }

  void skip(size_t size) {
    while (text_.size() < done_ + size) receive();
    done_ += size;
  }

  void receive() {
    char buffer[65536];
    const ssize_t got = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) throw std::runtime_error("memcached does not answer");
    text_.append(buffer, static_cast<size_t>(got));
  }

  const Fd &socket_;
  std::string text_;
  size_t done_ = 0;
};

}  // namespace

MemcachedServer::MemcachedServer(Arguments arguments) : arguments_(std::move(arguments)), owner_(getpid()) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    port_ = free_port();
    if (start_at_address()) return;
  }
  throw std::runtime_error("memcached does not start");
}

MemcachedServer::MemcachedServer(OnUnixSocket, Arguments arguments)
    : arguments_(std::move(arguments)), owner_(getpid()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "gencache-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  directory_ = pattern;
  unix_path_ = directory_ + "/memcached.sock";
  if (!start_at_address()) throw std::runtime_error("memcached does not start");
}

MemcachedServer MemcachedServer::on_unix_socket(Arguments arguments) {
  return MemcachedServer(OnUnixSocket(), std::move(arguments));
}

MemcachedServer::MemcachedServer(MemcachedServer &&other) noexcept
    : arguments_(std::move(other.arguments_)),
      port_(other.port_),
      unix_path_(std::move(other.unix_path_)),
      directory_(std::exchange(other.directory_, {})),
      pid_(std::exchange(other.pid_, -1)),
      owner_(other.owner_) {}

MemcachedServer::~MemcachedServer() {
  if (owner_ != getpid()) return;
  end();
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::string MemcachedServer::address() const { return port_ == 0 ? unix_path_ : "127.0.0.1:" + std::to_string(port_); }

std::string MemcachedServer::url(const std::string &parameters) const {
  const std::string scheme = port_ == 0 ? "memcached+unix://" : "memcached://";
  return scheme + address() + (port_ == 0 ? "?" : "/?") + parameters;
}

bool MemcachedServer::start_at_address() {
  std::vector<std::string> words = {"memcached", "-t", "2"};
  if (port_ == 0) {
    words.insert(words.end(), {"-s", unix_path_});
  } else {
    words.insert(words.end(), {"-l", "127.0.0.1", "-p", std::to_string(port_), "-U", "0"});
  }
  if (geteuid() == 0) words.insert(words.end(), {"-u", "root"});
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  pid_ = spawn(std::move(words));
  const auto settled = [this] {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;  // it could not start: the port is taken, say
    return pid_ < 0 || answers();
  };
  if (eventually(settled, kStartBound) && pid_ > 0) return true;
  end();
  return false;
}

// True once it is our own child that answers, and not some other server that took the port first.
bool MemcachedServer::answers() const {
  try {
    return stat("pid") == pid_;
  } catch (const std::runtime_error &) {
    return false;
  }
}

void MemcachedServer::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
}

void MemcachedServer::kill9() { end(); }

// Never to a pid of -1, which is every process there is.
void MemcachedServer::send(int signal) const {
  if (pid_ <= 0) throw std::logic_error("the memcached at " + address() + " does not run");
  if (::kill(pid_, signal) != 0) throw std::system_error(errno, std::generic_category(), "kill");
}

void MemcachedServer::stop() {
  send(SIGSTOP);
  while (waitpid(pid_, nullptr, WUNTRACED) < 0 && errno == EINTR) continue;
}

void MemcachedServer::cont() { send(SIGCONT); }

void MemcachedServer::restart() {
  end();
  if (!start_at_address()) throw std::runtime_error("memcached does not start again at " + address());
}

Fd MemcachedServer::connect() const { return port_ == 0 ? connect_to(unix_path_) : connect_to(port_); }

std::string MemcachedServer::command(std::string_view request) const {
  const Fd socket = connect();
  if (!socket || !send_all(socket, request)) throw std::runtime_error("memcached is not reached at " + address());
  return Reply(socket).read();
}

std::optional<std::string> MemcachedServer::get(const std::string &key) const {
  const std::string reply = command("get " + key + "\r\n");
  if (!reply.starts_with("VALUE ")) return std::nullopt;
  const size_t start = reply.find("\r\n") + 2;
  const size_t tail = std::string_view("\r\nEND\r\n").size();
  return reply.substr(start, reply.size() - start - tail);
}

void MemcachedServer::set(const std::string &key, std::string_view item, uint32_t flags) const {
  std::string request = "set " + key + " " + std::to_string(flags) + " 0 " + std::to_string(item.size()) + "\r\n";
  request.append(item).append("\r\n");
  const std::string reply = command(request);
  if (reply != "STORED\r\n") throw std::runtime_error("memcached answers a set of " + key + " with " + reply);
}

uint32_t MemcachedServer::flags(const std::string &key) const {
  const std::string reply = command("get " + key + "\r\n");
  const std::string start = "VALUE " + key + " ";
  if (!reply.starts_with(start)) throw std::runtime_error("memcached has no " + key);
  return static_cast<uint32_t>(std::stoul(reply.substr(start.size())));
}

bool MemcachedServer::remove(const std::string &key) const {
  return command("delete " + key + "\r\n") == "DELETED\r\n";
}

void MemcachedServer::flush_all() const { command("flush_all\r\n"); }

int64_t MemcachedServer::stat(const std::string &name) const {
  const std::string reply = command("stats\r\n");
  const std::string label = "STAT " + name + " ";
  const size_t at = reply.find(label);
  return at == std::string::npos ? -1 : std::stoll(reply.substr(at + label.size()));
}

std::string pool_url(const std::vector<MemcachedServer> &servers, const std::string &parameters) {
  std::string url = "memcached://";
  for (size_t i = 0; i < servers.size(); ++i) url += (i == 0 ? "" : ",") + servers[i].address();
  return url + "/?" + parameters;
}

}  // namespace gencache::test
