// What the cache tells to people and machines: Prometheus's text, and misses in the log.
#include <cmath>
#include <regex>
#include <set>
#include <sstream>

#include "every_store.h"
#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

using Labels = std::map<std::string, std::string>;

// A text in the format of Prometheus (0.0.4), read strictly.
class Exposition {
 public:
  explicit Exposition(const std::string &text) {
    EXPECT_TRUE(text.ends_with("\n"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) line.starts_with("#") ? read_comment(line) : read_sample(line);
  }

  const std::map<std::string, std::string> &types() const { return types_; }
  // NaN where there is none.
  double value(const std::string &name, const Labels &labels) const {
    const auto sample = samples_.find({name, labels});
    return sample == samples_.end() ? std::nan("") : sample->second;
  }
  const std::map<std::pair<std::string, Labels>, double> &samples() const { return samples_; }

 private:
  void read_comment(const std::string &line) {
    static const std::regex form("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(line, parts, form)) << line;
    if (parts[1] == "HELP") {
      EXPECT_TRUE(helped_.insert(parts[2]).second) << line;
    } else {
      EXPECT_TRUE(types_.emplace(parts[2], parts[3]).second) << line;
      EXPECT_TRUE(parts[3] == "counter" || parts[3] == "gauge" || parts[3] == "histogram") << line;
    }
  }

  void read_sample(const std::string &line) {
    static const std::regex form(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\S+))");
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(line, parts, form)) << line;
    const std::string family = std::regex_replace(parts[1].str(), std::regex("_(bucket|sum|count)$"), "");
    EXPECT_TRUE(types_.count(parts[1]) != 0 || types_.count(family) != 0) << "no type before " << line;
    EXPECT_TRUE(helped_.count(parts[1]) != 0 || helped_.count(family) != 0) << line;
    size_t read = 0;
    const double value = std::stod(parts[3], &read);
    EXPECT_EQ(read, parts[3].length()) << line;
    EXPECT_TRUE(samples_.emplace(std::pair(parts[1].str(), labels_of(parts[2])), value).second) << "twice: " << line;
  }

  static Labels labels_of(const std::string &text) {
    static const std::regex form(R"re(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$))re");
    Labels labels;
    auto at = text.cbegin();
    for (std::smatch parts; at != text.cend(); at = parts[0].second) {
      if (!std::regex_search(at, text.cend(), parts, form, std::regex_constants::match_continuous)) {
        ADD_FAILURE() << "no label: " << std::string(at, text.cend());
        break;
      }
      EXPECT_TRUE(labels.emplace(parts[1], unescaped(parts[2])).second) << text;
    }
    return labels;
  }

  static std::string unescaped(const std::string &text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') ++i;
      out += text[i] == 'n' && i > 0 && text[i - 1] == '\\' ? '\n' : text[i];
    }
    return out;
  }

  std::set<std::string> helped_;
  std::map<std::string, std::string> types_;
  std::map<std::pair<std::string, Labels>, double> samples_;
};

class Metrics : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};

  Exposition exposition() const { return Exposition(metrics_of(cache)); }
  Labels labels(Labels more = {}) const {
    more["prefix"] = prefix();
    return more;
  }
};

TEST_P(Metrics, AreWellFormed) {
  fetch(cache, nav, {}, gives("x"));
  cache.invalidate("nav");
  cache.get(nav);
  const Exposition all = exposition();
  EXPECT_GE(all.types().size(), 15U);
  for (const auto &[name, type] : all.types()) {
    EXPECT_TRUE(name.starts_with("gencache_")) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
  }
  for (const auto &[sample, value] : all.samples()) {
    EXPECT_EQ(sample.second.count("prefix"), 1U) << sample.first;
    EXPECT_EQ(sample.second.at("prefix"), prefix()) << sample.first;
    EXPECT_GE(value, 0) << sample.first;
  }
}

TEST_P(Metrics, AreTheCounters) {
  for (int i = 0; i < 3; ++i) fetch(cache, nav, {}, gives("x"));
  fetch(cache, {"other"}, {}, fails_with(1));
  cache.invalidate("nav");
  cache.get(nav);
  const Exposition all = exposition();
  const Counters counters = counters_of(cache);
  for (const char *name :
       {"fills", "fills_failed", "fills_already_invalid", "computations", "computations_failed", "waits",
        "waits_given_up", "shared", "stale_served", "invalidations", "invalidations_failed"}) {
    EXPECT_EQ(all.value(std::string("gencache_") + name + "_total", labels()), counters.at(name)) << name;
  }
  for (int32_t reason = 0; reason < 8; ++reason) {
    const char *name = gc_reason_name(reason);
    EXPECT_EQ(all.value("gencache_reads_total", labels({{"reason", name}})), counters.at(name)) << name;
  }
}

TEST_P(Metrics, HistogramsAreCumulative) {
  for (int i = 0; i < 20; ++i) cache.get(nav);
  const Exposition all = exposition();
  const gc_histogram time = stats_of(cache).read_time;
  uint64_t below = 0;
  for (int i = 0; i < GC_HISTOGRAM_BUCKETS - 1; ++i) {
    below += time.buckets[i];
    double found = std::nan("");
    for (const auto &[sample, value] : all.samples()) {
      if (sample.first != "gencache_read_seconds_bucket" || sample.second.at("le") == "+Inf") continue;
      if (std::abs(std::stod(sample.second.at("le")) * 1e6 - std::pow(2, i)) < 1e-3) found = value;
    }
    EXPECT_EQ(found, below) << i;
  }
  EXPECT_EQ(all.value("gencache_read_seconds_bucket", labels({{"le", "+Inf"}})), 20);
  EXPECT_EQ(all.value("gencache_read_seconds_count", labels()), 20);
  EXPECT_NEAR(all.value("gencache_read_seconds_sum", labels()), static_cast<double>(time.sum_us) / 1e6, 1e-9);
}

TEST_P(Metrics, TheGenerationsThatCauseMisses) {
  const Names odd = {R"(say "hi" \ there)", "row:id"};
  const Args id = {gc_str("id", "a\"\\\nb")};
  const auto invalidated = [&](const char *generation, int times) {
    std::string name;
    for (int i = 0; i < times; ++i) {
      cache.set(odd, id, "x");
      cache.invalidate(generation, id);
      name = cache.get(odd, id).entry.generation();
    }
    return name;
  };
  const std::string first = invalidated(odd[0], 3);
  const std::string second = invalidated("row:id", 2);
  const Exposition all = exposition();
  EXPECT_EQ(all.value("gencache_generation_misses", labels({{"generation", first}})), 3);
  EXPECT_EQ(all.value("gencache_generation_misses", labels({{"generation", second}})), 2);
}

class MetricsAway : public Pool {};

TEST_F(MetricsAway, TheErrorsOfEachServer) {
  Cache cache = start(3);
  const auto errors = [&](size_t server) {
    return Exposition(metrics_of(cache))
        .value("gencache_server_errors_total", {{"prefix", "gc"}, {"server", servers[server].address()}});
  };
  cache.invalidate("nav");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(errors(i), 0);
  servers[1].kill9();
  EXPECT_FALSE(cache.invalidate("nav").ok());
  EXPECT_EQ(errors(0), 0);
  EXPECT_GE(errors(1), 1);
  EXPECT_EQ(errors(2), 0);
}

// What the log is told of misses.
class LoggedMisses : public Metrics {
 protected:
  std::vector<std::pair<int32_t, std::string>> messages;
  const Options log_misses{Settings{.log_misses = true}};

  void listen(int32_t level) {
    gc_set_log(
        cache.handle(),
        [](void *payload, int32_t told, const char *message) {
          static_cast<decltype(messages) *>(payload)->emplace_back(told, message);
        },
        &messages, level);
  }
  bool told(const std::vector<std::string> &words) const {
    if (messages.size() != 1 || messages[0].first != GC_LOG_INFO) return false;
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string &word) { return messages[0].second.find(word) != std::string::npos; });
  }
};

TEST_P(LoggedMisses, KeyReasonAndGeneration) {
  listen(GC_LOG_INFO);
  const Args id = {gc_int("id", 1)};
  fetch(cache, {"row:id"}, id, gives("x"), log_misses.get());
  EXPECT_TRUE(told({"row:id=1", "absent"})) << messages.size();
  messages.clear();
  fetch(cache, {"row:id"}, id, gives("x"), log_misses.get());
  EXPECT_TRUE(messages.empty()) << "a hit is not told";
  cache.invalidate("row:id", id);
  begin(cache, {"row:id"}, id, log_misses.get());
  EXPECT_TRUE(told({"row:id=1", "invalidated by row:id=1"})) << messages.size();
  messages.clear();
  fetch_many(
      cache, {"nav"}, {{}}, [](auto entries, auto) { return gives("x")(entries[0]); }, log_misses.get());
  EXPECT_TRUE(told({"nav", "absent"})) << messages.size();
}

TEST_P(LoggedMisses, OnlyWhereTheyAreWanted) {
  listen(GC_LOG_INFO);
  fetch(cache, nav, {}, gives("x"));
  cache.get({"other"});
  EXPECT_TRUE(messages.empty());
  listen(GC_LOG_DEBUG);
  fetch(cache, {"another"}, {}, gives("x"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].first, GC_LOG_DEBUG);
}

GENCACHE_ON_EVERY_STORE(Metrics);
GENCACHE_ON_EVERY_STORE(LoggedMisses);

}  // namespace
}  // namespace gencache::test
