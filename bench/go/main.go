// The Go binding against plain clients, by turns; see script/bench.
//
//	bench OUTPUT.json SUFFIX PORT PORT PORT
//
// With all on one core, or the client on one, Go runs goroutines on one processor, which its scheduler takes away from a
// call of C that lasts more than 20 us and has to give back afterwards. get_many_100 pays for that, some 15 us; with
// GOMAXPROCS=2 it does not.
//
// The rates need github.com/bradfitz/gomemcache: build with -tags gomemcache to have them. All else builds without any
// registry of modules.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"example.com/gencache"
)

const (
	keys      = 100
	valueSize = 100
)

var (
	ctx         = context.Background()
	generations = []string{"nav", "nav_portal:user_id"}
	page        = gencache.Str("page", "home")
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
	return append([]result{
		hits("get_hit_1_goroutine"+suffix, rounds, port, cache),
		lists("get_many_100"+suffix, rounds/2+1, port, cache),
	}, rateAgainstGomemcache("get_hit_64_goroutines_vs_gomemcache"+suffix, rounds, port, cache)...)
}

// hits compares with plain values of the same size, under keys of the same length.
func hits(name string, rounds int, port uint16, cache *gencache.Cache) result {
	for i := 0; i < keys; i++ {
		store(cache, generations, gencache.Args{user(i), page})
	}
	key, err := cache.Key(generations, user(0), page)
	if err != nil {
		fail(err)
	}
	var names []string
	for i := 0; i < keys; i++ {
		name := fmt.Sprintf("plain-%d-", 100+i)
		names = append(names, name+strings.Repeat("x", len("gc/"+key)-len(name)))
	}
	plain := openReference(port, names)
	defer plain.close()
	plain.store()
	p := plan{rounds: rounds, warmUp: 5, operations: 25}
	return measured(compare(name, "us", p.rounds, latency(p, func(i int) { hit(cache, i) }), plain.hits(p)))
}

// lists compares with an mget of the same items. Their values depend on two generations that they share.
func lists(name string, rounds int, port uint16, cache *gencache.Cache) result {
	shared := []string{"nav", "blog"}
	var calls []gencache.Args
	var names []string
	for i := 0; i < keys; i++ {
		calls = append(calls, gencache.Args{gencache.Int("page", int64(1000+i)), gencache.Str("language", "en")})
		store(cache, shared, calls[i])
		key, err := cache.Key(shared, calls[i]...)
		if err != nil {
			fail(err)
		}
		names = append(names, "gc/"+key)
	}
	plain := openReference(port, names)
	defer plain.close()
	p := plan{rounds: rounds, warmUp: 2, operations: 9}
	return measured(compare(name, "us", p.rounds, latency(p, func(int) { hitMany(cache, shared, calls) }), plain.mgets(p)))
}

func measured(r result) result {
	r.print()
	return r
}

func user(i int) gencache.Argument { return gencache.Int("user_id", int64(100+i%keys)) }

func store(cache *gencache.Cache, generations []string, args gencache.Args) {
	if err := gencache.Set(ctx, cache, generations, args, make([]byte, valueSize)); err != nil {
		fail(err)
	}
}

func hit(cache *gencache.Cache, i int) {
	entry, err := gencache.Get[[]byte](ctx, cache, generations, user(i), page)
	if err != nil {
		fail(err)
	}
	expectValue(entry)
}

func hitMany(cache *gencache.Cache, generations []string, calls []gencache.Args) {
	entries, err := gencache.GetMany[[]byte](ctx, cache, generations, calls)
	if err != nil {
		fail(err)
	}
	for _, entry := range entries {
		expectValue(entry)
	}
}

func expectValue(entry *gencache.Entry[[]byte]) {
	if value, ok := entry.Value(); !ok || len(value) != valueSize {
		fail("no hit: ", entry.Err())
	}
}
