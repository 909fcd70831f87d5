/**
 * @file gencache.hpp
 * @brief gencache for C++20: typed values and exceptions over the C interface. Header-only; link with libgencache.
 *
 * ```cpp
 * gencache::Cache cache("memcached://127.0.0.1:11211/?prefix=shop");
 *
 * std::string html = cache.fetch({"nav", "nav_portal:user_id"}, {gencache::arg("user_id", 1)},
 *                                [] { return render(1); }, {.ttl = 5min});
 * cache.invalidate("nav_portal:user_id", {gencache::arg("user_id", 1)});
 * ```
 *
 * | header | purpose |
 * |---|---|
 * | cache.hpp | the cache: get, set, fetch, invalidate |
 * | wrap.hpp | functions that remember their results |
 * | batch.hpp | invalidations that wait for a commit |
 * | bound.hpp | generations and parameters given once |
 * | entry.hpp | what a read found |
 * | argument.hpp | generations and arguments |
 * | value.hpp | which types can be cached |
 * | options.hpp | how a value is stored and computed |
 * | stats.hpp | counters, log |
 * | error.hpp | exceptions |
 */
#ifndef GENCACHE_GENCACHE_HPP
#define GENCACHE_GENCACHE_HPP

#include "gencache/batch.hpp"
#include "gencache/wrap.hpp"

#endif
