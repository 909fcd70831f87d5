// The Go binding against plain clients, by turns; see script/bench.
//
//	bench OUTPUT.json SUFFIX PORT PORT PORT
//
// The rates need github.com/bradfitz/gomemcache: build with -tags gomemcache to have them. All else builds without any
// registry of modules.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"example.com/gencache"
)

const (
	keys      = 100
	valueSize = 100
)

var (
	ctx         = context.Background()
	generations = []string{"nav", "nav_portal:user_id"}
)

func main() {
	if len(os.Args) != 6 {
		fail("usage: bench OUTPUT.json SUFFIX PORT PORT PORT")
	}
	port, err := strconv.ParseUint(os.Args[3], 10, 16)
	if err != nil {
		fail(err)
	}
	rounds := 800
	if text := os.Getenv("GENCACHE_BENCH_ROUNDS"); text != "" {
		if rounds, err = strconv.Atoi(text); err != nil || rounds < 1 {
			fail("GENCACHE_BENCH_ROUNDS is no number of rounds: ", text)
		}
	}
	if err := writeJSON(os.Args[1], measure(os.Args[2], uint16(port), rounds)); err != nil {
		fail(err)
	}
}

func fail(message ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"bench:"}, message...)...)
	os.Exit(1)
}

// measure compares on the first server, where the reference costs least.
func measure(suffix string, port uint16, rounds int) []result {
	cache := gencache.Must(gencache.Open(fmt.Sprintf("memcached://127.0.0.1:%d/?timeout_ms=2000", port)))
	defer cache.Close()
	for i := 0; i < keys; i++ {
		if err := gencache.Set(ctx, cache, generations, arguments(i), make([]byte, valueSize)); err != nil {
			fail(err)
		}
	}
	key, err := cache.Key(generations, arguments(0)...)
	if err != nil {
		fail(err)
	}
	plain := openReference(port, len("gc/"+key))
	defer plain.close()

	hits := plan{rounds: rounds, warmUp: 5, operations: 25}
	single := compare("get_hit_1_goroutine"+suffix, "us", hits.rounds,
		latency(hits, func(i int) { hit(cache, i) }), plain.hits(hits))
	single.print()
	lists := plan{rounds: rounds / 2, warmUp: 2, operations: 9}
	many := compare("get_many_100"+suffix, "us", lists.rounds+1,
		latency(lists, func(int) { hitMany(cache) }), plain.mgets(lists))
	many.print()
	return append([]result{single, many},
		rateAgainstGomemcache("get_hit_64_goroutines_vs_gomemcache"+suffix, rounds, port, cache)...)
}

func arguments(i int) gencache.Args {
	return gencache.Args{gencache.Int("user_id", int64(100+i%keys)), gencache.Str("page", "home")}
}

func hit(cache *gencache.Cache, i int) {
	entry, err := gencache.Get[[]byte](ctx, cache, generations, gencache.Int("user_id", int64(100+i%keys)),
		gencache.Str("page", "home"))
	if err != nil {
		fail(err)
	}
	if value, ok := entry.Value(); !ok || len(value) != valueSize {
		fail("no hit: ", entry.Err())
	}
}

var allArguments = func() []gencache.Args {
	var all []gencache.Args
	for i := 0; i < keys; i++ {
		all = append(all, arguments(i))
	}
	return all
}()

func hitMany(cache *gencache.Cache) {
	entries, err := gencache.GetMany[[]byte](ctx, cache, generations, allArguments)
	if err != nil {
		fail(err)
	}
	for _, entry := range entries {
		if value, ok := entry.Value(); !ok || len(value) != valueSize {
			fail("no hit: ", entry.Err())
		}
	}
}
