#include "stats.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "names.h"

namespace gencache::core {
namespace {

std::uint64_t value_of(const Counter &counter) { return counter.load(std::memory_order_relaxed); }

std::string escaped_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

// Lines of one text exposition; every sample carries the namespace.
class Exposition {
 public:
  explicit Exposition(const std::string &prefix) : prefix_("{prefix=\"" + escaped_label(prefix) + "\"") {}

  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "gencache_" + std::string(name);
    text_.append("# HELP ").append(name_).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name_).append(" ").append(type).append("\n");
  }

  void sample(const std::string &value, std::string_view label = {}, std::string_view of = {},
              std::string_view suffix = {}) {
    text_.append(name_).append(suffix).append(prefix_);
    if (!label.empty()) text_.append(",").append(label).append("=\"").append(escaped_label(of)).append("\"");
    text_.append("} ").append(value).append("\n");
  }
  void sample(std::uint64_t value, std::string_view label = {}, std::string_view of = {},
              std::string_view suffix = {}) {
    sample(std::to_string(value), label, of, suffix);
  }

  void counter(std::string_view name, std::string_view help, const Counter &value) {
    begin(name, "counter", help);
    sample(value_of(value));
  }

  void histogram(std::string_view name, std::string_view help, const gc_histogram &histogram) {
    begin(name, "histogram", help);
    std::uint64_t below = 0;
    for (int i = 0; i + 1 < GC_HISTOGRAM_BUCKETS; ++i) {
      below += histogram.buckets[i];
      sample(below, "le", seconds(std::uint64_t{1} << static_cast<unsigned>(i)), "_bucket");
    }
    sample(histogram.count, "le", "+Inf", "_bucket");
    sample(seconds(histogram.sum_us), {}, {}, "_sum");
    sample(histogram.count, {}, {}, "_count");
  }

  std::string take() { return std::move(text_); }

 private:
  static std::string seconds(std::uint64_t us) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<double>(us) / 1e6).ptr;
    return {digits, end};
  }

  std::string prefix_;
  std::string name_;
  std::string text_;
};

}  // namespace

void Histogram::add(std::chrono::nanoseconds took) {
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count() / 1000, 0));
  count(buckets_[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(us)), buckets_.size() - 1)]);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
}

gc_histogram Histogram::copy() const {
  gc_histogram copy{};
  for (std::size_t i = 0; i < buckets_.size(); ++i) copy.count += copy.buckets[i] = value_of(buckets_[i]);
  copy.sum_us = value_of(sum_us_);
  return copy;
}

void Frequent::add(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = counts_.find(name); known != counts_.end()) {
    ++known->second;
    return;
  }
  std::uint64_t start = 0;
  if (counts_.size() == most_names) {
    const auto rarest = std::min_element(counts_.begin(), counts_.end(),
                                         [](const auto &a, const auto &b) { return a.second < b.second; });
    start = rarest->second;
    counts_.erase(rarest);
  }
  counts_.emplace(name, start + 1);
}

std::vector<std::pair<std::string, std::uint64_t>> Frequent::top() const {
  std::unique_lock lock(mutex_);
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts_.begin(), counts_.end());
  lock.unlock();
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
  return sorted;
}

gc_stats Stats::copy() const {
  gc_stats copy{};
  for (std::size_t i = 0; i < reads.size(); ++i) copy.reads[i] = value_of(reads[i]);
  copy.fills = value_of(fills);
  copy.fills_failed = value_of(fills_failed);
  copy.fills_already_invalid = value_of(fills_already_invalid);
  copy.computations = value_of(computations);
  copy.computations_failed = value_of(computations_failed);
  copy.waits = value_of(waits);
  copy.waits_given_up = value_of(waits_given_up);
  copy.shared = value_of(shared);
  copy.stale_served = value_of(stale_served);
  copy.invalidations = value_of(invalidations);
  copy.invalidations_failed = value_of(invalidations_failed);
  copy.read_time = read_time.copy();
  copy.compute_time = compute_time.copy();
  copy.invalidate_time = invalidate_time.copy();
  return copy;
}

std::string metrics_text(const Stats &stats, const std::string &prefix,
                         const std::vector<std::pair<std::string, std::uint64_t>> &server_errors) {
  Exposition out(prefix);
  out.begin("reads_total", "counter", "Reads by outcome.");
  for (std::size_t i = 0; i < stats.reads.size(); ++i) {
    out.sample(value_of(stats.reads[i]), "reason", reason_name(static_cast<std::int32_t>(i)));
  }
  out.counter("fills_total", "Values stored.", stats.fills);
  out.counter("fills_failed_total", "Values that a server did not store.", stats.fills_failed);
  out.counter("fills_already_invalid_total", "Values that were invalidated while they were computed.",
              stats.fills_already_invalid);
  out.counter("computations_total", "Computations given to a caller.", stats.computations);
  out.counter("computations_failed_total", "Computations that failed.", stats.computations_failed);
  out.counter("waits_total", "Calls that waited for another computation.", stats.waits);
  out.counter("waits_given_up_total", "Calls that waited and then computed themselves.", stats.waits_given_up);
  out.counter("shared_total", "Values taken from another caller in the process.", stats.shared);
  out.counter("stale_served_total", "Stale values served.", stats.stale_served);
  out.counter("invalidations_total", "Invalidations.", stats.invalidations);
  out.counter("invalidations_failed_total", "Invalidations that not every server acknowledged.",
              stats.invalidations_failed);
  out.histogram("read_seconds", "Time of reads, without computations and waits.", stats.read_time.copy());
  out.histogram("compute_seconds", "Time of computations.", stats.compute_time.copy());
  out.histogram("invalidate_seconds", "Time of invalidations.", stats.invalidate_time.copy());
  out.begin("server_errors_total", "counter", "Calls that failed, by server.");
  for (const auto &[server, errors] : server_errors) out.sample(errors, "server", server);
  out.begin("generation_misses", "gauge", "Misses by the generation that caused them, of the most frequent ones.");
  for (const auto &[generation, misses] : stats.causes.top()) out.sample(misses, "generation", generation);
  return out.take();
}

}  // namespace gencache::core
