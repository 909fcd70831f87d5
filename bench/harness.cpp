#include "bench/harness.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace gencache::bench {

double quantile(std::vector<double> sample, double fraction) {
  if (sample.empty()) throw std::invalid_argument("a quantile of nothing");
  std::sort(sample.begin(), sample.end());
  const double position = fraction * static_cast<double>(sample.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sample.size() - 1);
  return std::lerp(sample[below], sample[above], position - static_cast<double>(below));
}

Result compare(std::string name, std::string unit, int rounds, const Block &ours, const Block &reference) {
  std::vector<double> our_blocks, reference_blocks, ratios;
  for (int round = 0; round < rounds; ++round) {
    const bool first = round % 2 == 0;
    const double early = first ? ours() : reference();
    const double late = first ? reference() : ours();
    our_blocks.push_back(first ? early : late);
    reference_blocks.push_back(first ? late : early);
    ratios.push_back(our_blocks.back() / reference_blocks.back());
  }
  return {std::move(name),       std::move(unit),        quantile(our_blocks, 0.5), quantile(reference_blocks, 0.5),
          quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75)};
}

Result constant(std::string name, std::string unit, double ours, double reference) {
  const double ratio = ours / reference;
  return {std::move(name), std::move(unit), ours, reference, ratio, ratio, ratio};
}

void print_heading() {
  std::printf("%-32s %12s %12s  %-6s %7s  %s\n", "", "ours", "reference", "unit", "ratio", "p25 to p75");
}

void print(const Result &result) {
  std::printf("%-32s %12.2f %12.2f  %-6s %7.3f  %.3f to %.3f\n", result.name.c_str(), result.ours, result.reference,
              result.unit.c_str(), result.ratio, result.low, result.high);
  std::fflush(stdout);
}

void write_json(const std::string &path, const std::vector<Result> &results) {
  std::ofstream file(path);
  const char *separator = "[\n";
  for (const Result &result : results) {
    file << separator << "  {\"name\": \"" << result.name << "\", \"ours\": " << result.ours
         << ", \"reference\": " << result.reference << ", \"ratio\": " << result.ratio << ", \"unit\": \""
         << result.unit << "\"}";
    separator = ",\n";
  }
  file << (results.empty() ? "[]\n" : "\n]\n");
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace gencache::bench
