// A wrapped function whose result is a struct of ten fields, and gc_get of the same items.
#ifndef GENCACHE_BENCH_WRAPPED_H
#define GENCACHE_BENCH_WRAPPED_H

#include "bench/harness.h"

namespace gencache::bench {

// Hits of the function against hits of gc_get, on the server at `url`.
Result compare_wrapped(std::string name, Plan plan, const std::string &url);

}  // namespace gencache::bench

#endif
