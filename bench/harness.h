// Compares two subjects by turns: a block of ours, a block of the reference, and again, the order alternating. Google
// Benchmark runs one subject to its end before the other, so a drift of the machine in between reads as a difference.
#ifndef GENCACHE_BENCH_HARNESS_H
#define GENCACHE_BENCH_HARNESS_H

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace gencache::bench {

// One row of the table. The ratio is the median of the rounds' ratios, so that what changes from round to round
// cancels; `low` and `high` are its quartiles.
struct Result {
  std::string name;
  std::string unit;
  double ours = 0;
  double reference = 0;
  double ratio = 0;
  double low = 0;
  double high = 0;
};

// Blocks are short and rounds many: a drift of the machine falls into few of them, and the median passes over those.
// Each block begins with operations that are not timed, since the other subject has just had the caches.
struct Plan {
  int rounds = 1000;
  int warm_up = 5;      // operations before a block
  int operations = 25;  // in a block
};

double quantile(std::vector<double> sample, double fraction);

// Measures one block; what it returns is in the result's unit.
using Block = std::function<double()>;

Result compare(std::string name, std::string unit, int rounds, const Block &ours, const Block &reference);

// Two sizes or counts, which do not vary.
Result constant(std::string name, std::string unit, double ours, double reference);

template <class Operation>
double microseconds(Operation &&operation) {
  const auto start = std::chrono::steady_clock::now();
  operation();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

// Blocks of `operation`, which is given the number of the call: the median of single calls, so that one during which
// the machine did something else does not count.
template <class Operation>
Block latency(Plan plan, Operation operation) {
  return [=, next = 0, sample = std::vector<double>()]() mutable {
    sample.clear();
    for (int i = 0; i < plan.warm_up; ++i) operation(next++);
    for (int i = 0; i < plan.operations; ++i) sample.push_back(microseconds([&] { operation(next++); }));
    return quantile(sample, 0.5);
  };
}

// The latency of two operations, in microseconds.
template <class Ours, class Reference>
Result compare_latency(std::string name, Plan plan, Ours ours, Reference reference) {
  return compare(std::move(name), "us", plan.rounds, latency(plan, ours), latency(plan, reference));
}

void print_heading();
void print(const Result &result);

// A list of {"name", "ours", "reference", "ratio", "unit"}. Throws std::runtime_error where the file cannot be written.
void write_json(const std::string &path, const std::vector<Result> &results);

}  // namespace gencache::bench

#endif
