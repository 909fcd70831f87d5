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

// Blocks are short and rounds many: whatever disturbs the machine falls into few of them, and a median passes over
// those. Each block begins with operations that are not timed, since the other subject has just had the caches.
struct Plan {
  int rounds = 1000;
  int warm_up = 5;      // operations before a block
  int operations = 25;  // in a block
};

// Measures one block; what it returns is in the result's unit.
using Block = std::function<double()>;

Result compare(std::string name, std::string unit, int rounds, const Block &ours, const Block &reference);

// Two sizes or counts, which do not vary.
Result constant(std::string name, std::string unit, double ours, double reference);

// Microseconds that one call of `operation` takes, over a block of them.
template <class Operation>
double microseconds_each(int operations, Operation &&operation) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < operations; ++i) operation();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / operations;
}

// Blocks of `operation`, which is given the number of the call.
template <class Operation>
Block latency(Plan plan, Operation operation) {
  return [=, next = 0]() mutable {
    const auto call = [&] { operation(next++); };
    for (int i = 0; i < plan.warm_up; ++i) call();
    return microseconds_each(plan.operations, call);
  };
}

// The latency of two operations, in microseconds.
template <class Ours, class Reference>
Result compare_latency(std::string name, Plan plan, Ours ours, Reference reference) {
  return compare(std::move(name), "us", plan.rounds, latency(plan, ours), latency(plan, reference));
}

double quantile(std::vector<double> sample, double fraction);

void print_heading();
void print(const Result &result);

// A list of {"name", "ours", "reference", "ratio", "unit"}. Throws std::runtime_error where the file cannot be written.
void write_json(const std::string &path, const std::vector<Result> &results);

}  // namespace gencache::bench

#endif
