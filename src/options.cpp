#include "options.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>

#include "failure.h"
#include "text.h"

namespace gencache::core {
namespace {

constexpr std::uint16_t default_port = 11211;

[[noreturn]] void bad_url(const std::string &why) { bad_argument("url: " + why); }

template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Cuts `text` at the first `mark` and returns what stands before it; `text` keeps what stands behind.
std::string_view cut(std::string_view &text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) {
      bad_url("bad percent-encoding in " + quoted(text));
    }
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::int64_t number_in(std::string_view name, std::string_view text, std::int64_t least, std::int64_t most) {
  const auto number = to_number<std::int64_t>(text);
  if (!number || *number < least || *number > most) {
    bad_url("parameter " + quoted(name) + " is " + quoted(text) + ", but takes a whole number from " +
            std::to_string(least) + " to " + std::to_string(most));
  }
  return *number;
}

std::size_t bytes_in(std::string_view name, std::string_view text, std::int64_t least, std::int64_t most) {
  std::string_view digits = text;
  unsigned shift = 0;
  for (const auto &[unit, bits] : {std::pair{"KB", 10U}, {"MB", 20U}, {"GB", 30U}}) {
    if (!digits.ends_with(unit)) continue;
    digits.remove_suffix(2);
    shift = bits;
    break;
  }
  const auto number = to_number<std::int64_t>(digits);
  if (!number || *number < 0 || *number > (most >> shift) || (*number << shift) < least) {
    bad_url("parameter " + quoted(name) + " is " + quoted(text) + ", but takes a number of bytes from " +
            std::to_string(least) + " to " + std::to_string(most) + "; KB, MB or GB may follow it");
  }
  return static_cast<std::size_t>(*number << shift);
}

std::string prefix_in(std::string_view text) {
  const bool is_good = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
  if (!is_good) bad_url("parameter 'prefix' is " + quoted(text) + ", but takes 1 to 64 of A-Z a-z 0-9 _ . -");
  return std::string(text);
}

void apply(Options &options, std::string_view name, std::string_view value) {
  constexpr std::int64_t gigabyte = std::int64_t{1} << 30U;
  const bool is_memory = options.servers.empty();
  if (name == "prefix") {
    options.prefix = prefix_in(value);
  } else if (name == "ttl") {
    options.ttl_ms = 1000 * number_in(name, value, 0, std::numeric_limits<std::int64_t>::max() / 1000);
  } else if (name == "capacity" && is_memory) {
    options.capacity = bytes_in(name, value, 64 << 10U, 1024 * gigabyte);
  } else if (name == "timeout_ms" && !is_memory) {
    options.timeout = std::chrono::milliseconds(number_in(name, value, 1, longest_timeout.count()));
  } else if (name == "connections" && !is_memory) {
    options.connections = static_cast<std::size_t>(number_in(name, value, 1, 4096));
  } else if (name == "item_max" && !is_memory) {
    options.item_max = bytes_in(name, value, 1 << 10U, gigabyte);
  } else {
    bad_url("unknown parameter " + quoted(name) + (is_memory ? " of memory://" : " of memcached://"));
  }
}

void parse_parameters(Options &options, std::string_view query) {
  std::set<std::string_view> seen;
  while (!query.empty()) {
    std::string_view value = cut(query, '&');
    const std::string_view name = cut(value, '=');
    if (!seen.insert(name).second) bad_url("parameter " + quoted(name) + " is given twice");
    apply(options, name, value);
  }
}

template <class Number>
Number host_number(std::string_view text, std::string_view server, const char *what) {
  const auto number = to_number<Number>(text);
  if (!number || *number == 0) bad_url("server " + quoted(server) + " has a bad " + what + " " + quoted(text));
  return *number;
}

ServerOptions parse_server(std::string_view server) {
  ServerOptions parsed;
  std::string_view rest = server;
  if (rest.starts_with('[')) {
    rest.remove_prefix(1);
    parsed.host = cut(rest, ']');
    if (!server.substr(parsed.host.size() + 1).starts_with(']') || (!rest.empty() && !rest.starts_with(':'))) {
      bad_url("server " + quoted(server) + " has bad brackets");
    }
    if (!rest.empty()) rest.remove_prefix(1);
  } else {
    parsed.host = cut(rest, ':');
  }
  const bool ends_in_colon = server.ends_with(':');
  const bool is_good = !parsed.host.empty() && parsed.host.size() < 256 && !ends_in_colon &&
                       std::none_of(parsed.host.begin(), parsed.host.end(),
                                    [](unsigned char c) { return c <= ' ' || c >= 0x7F || c == '/' || c == '@'; });
  if (!is_good) bad_url("bad server " + quoted(server));
  parsed.port = default_port;
  if (!rest.empty()) parsed.port = host_number<std::uint16_t>(cut(rest, ':'), server, "port");
  if (!rest.empty()) parsed.weight = host_number<std::uint32_t>(rest, server, "weight");
  if (parsed.weight > 1000) bad_url("server " + quoted(server) + " has a weight above 1000");
  return parsed;
}

std::vector<ServerOptions> parse_servers(std::string_view list) {
  std::vector<ServerOptions> servers;
  std::set<std::string> names;
  do {
    servers.push_back(parse_server(cut(list, ',')));
    if (!names.insert(servers.back().name()).second) {
      bad_url("server " + quoted(servers.back().name()) + " is listed twice");
    }
  } while (!list.empty());
  return servers;
}

ServerOptions parse_socket(std::string_view path) {
  ServerOptions server;
  server.host = percent_decoded(path);
  constexpr std::size_t longest_path = 107;  // of a sockaddr_un
  if (!server.host.starts_with('/') || server.host.size() > longest_path ||
      server.host.find('\0') != std::string::npos) {
    bad_url("bad socket path " + quoted(path) + ": it must be absolute and at most 107 bytes long");
  }
  return server;
}

bool take_scheme(std::string_view &url, std::string_view scheme) {
  if (!url.starts_with(scheme)) return false;
  url.remove_prefix(scheme.size());
  return true;
}

}  // namespace

std::string ServerOptions::name() const {
  if (port == 0) return host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Options parse_url(std::string_view url) {
  Options options;
  std::string_view rest = url;
  if (take_scheme(rest, "memory://")) {
    const std::string_view path = cut(rest, '?');
    if (!path.empty() && path != "/") bad_url("memory:// takes no host: " + quoted(path));
  } else if (take_scheme(rest, "memcached+unix://")) {
    options.servers.push_back(parse_socket(cut(rest, '?')));
  } else if (take_scheme(rest, "memcached://")) {
    std::string_view servers = cut(rest, '?');
    if (servers.ends_with('/')) servers.remove_suffix(1);
    if (servers.ends_with(',')) bad_url("a server is missing behind the last comma");
    options.servers = parse_servers(servers);
  } else {
    bad_url("unknown scheme in " + quoted(url) + ": memory://, memcached:// or memcached+unix:// is expected");
  }
  parse_parameters(options, rest);
  return options;
}

}  // namespace gencache::core
