package gencache_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"example.com/gencache"
)

func bindPages(t *testing.T, cache *gencache.Cache) *gencache.Bound[string] {
	bound, err := gencache.Bind[string](cache, []string{"nav", "nav_portal:user_id"},
		gencache.Args{gencache.Param("user_id"), gencache.Str("page", "home")}, gencache.TTL(time.Hour))
	check(t, err)
	return bound
}

func TestABoundCache(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		pages := bindPages(t, cache)
		get := func(args ...gencache.Argument) string {
			t.Helper()
			entry, err := pages.Get(ctx, args...)
			check(t, err)
			value, _ := entry.Value()
			return value
		}
		check(t, pages.Set(ctx, gencache.Parts(1), "home of 1"))
		if a, b := get(gencache.Parts(1, "home")...), get(gencache.Int("user_id", 1)); a != "home of 1" || b != a {
			t.Error(a, b)
		}
		value, err := pages.Fetch(ctx, gencache.Parts(2, "news"), gives("news of 2"))
		if value != "news of 2" || err != nil {
			t.Error(value, err)
		}
		entry, err := pages.FetchEntry(ctx, gencache.Parts(2, "news"), fails)
		check(t, err)
		if remaining, ok := entry.Remaining(); !ok || remaining > time.Hour {
			t.Error(remaining, ok)
		}
		check(t, pages.Invalidate(ctx, gencache.Int("user_id", 1)))
		if a, b := get(gencache.Parts(1)...), get(gencache.Parts(2, "news")...); a != "" || b != "news of 2" {
			t.Errorf("%q, %q", a, b)
		}
		check(t, pages.Delete(ctx, gencache.Parts(2, "news")...))
		entries, err := pages.FetchMany(ctx, []gencache.Args{gencache.Parts(2, "news"), gencache.Parts(3)}, fillAll)
		check(t, err)
		expectValues(t, entries, "computed", "computed")
		check(t, pages.InvalidateSoft(ctx))
		entries, err = pages.GetMany(ctx, []gencache.Args{gencache.Parts(2, "news")})
		check(t, err)
		if entries[0].Generation() != "nav" {
			t.Error(entries[0].Generation())
		}
	})
}

func TestWhatABoundCacheRefuses(t *testing.T) {
	cache := open(t, "memory://")
	pages := bindPages(t, cache)
	_, missing := pages.Get(ctx)
	_, unknown := pages.Get(ctx, gencache.Parts(1)[0], gencache.Int("other", 1))
	_, undeclared := gencache.Bind[string](cache, []string{"a:x"}, nil)
	_, badOption := gencache.Bind[string](cache, []string{"a"}, nil, gencache.TTL(-time.Second))
	_, badParam := gencache.Bind[string](cache, []string{"a"}, gencache.Args{gencache.Arg("x", user{})})
	for i, err := range []error{missing, unknown, undeclared, badOption, badParam,
		pages.Invalidate(ctx, gencache.Str("page", "home"))} {
		if !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// Options of a call count before those that were bound.
func TestOptionsOfABoundCache(t *testing.T) {
	cache := open(t, "memory://")
	bound, err := gencache.Bind[string](cache, []string{"g"}, nil, gencache.FailSafe(time.Hour), gencache.Wait(0))
	check(t, err)
	storeOld(t, cache, []string{"g"}, nil, "old")
	if _, err := bound.Fetch(ctx, nil, fails, gencache.FailSafe(0)); err != errDatabase {
		t.Error(err)
	}
	computing(t, cache)
	entry, err := bound.FetchEntry(ctx, nil, fails)
	check(t, err)
	if value, _ := entry.Value(); value != "old" || !entry.IsStale() {
		t.Error(value, entry.Status())
	}
}

func TestABoundCacheThatRefreshes(t *testing.T) {
	cache := open(t, "memory://")
	bound, err := gencache.Bind[string](cache, userGeneration, gencache.Args{gencache.Param("id")}, gencache.Refresh())
	check(t, err)
	check(t, bound.Set(ctx, gencache.Parts(1), "old"))
	entries, err := bound.FetchMany(ctx, users(1), fillAll)
	check(t, err)
	expectValues(t, entries, "computed")
}

func TestBatches(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		set := func() {
			check(t, gencache.Set(ctx, cache, []string{"a"}, nil, "a"))
			check(t, gencache.Set(ctx, cache, []string{"b:x"}, gencache.Args{gencache.Int("x", 1)}, "b"))
			check(t, gencache.Set(ctx, cache, []string{"c"}, nil, "c"))
		}
		are := func() string {
			is := ""
			for _, name := range []string{"a", "b:x", "c"} {
				entry, err := gencache.Get[string](ctx, cache, []string{name}, gencache.Int("x", 1))
				if name != "b:x" {
					entry, err = gencache.Get[string](ctx, cache, []string{name})
				}
				check(t, err)
				value, _ := entry.Value()
				is += value
			}
			return is
		}
		note := func(batch *gencache.Batch) {
			check(t, batch.Invalidate([]string{"a"}))
			check(t, batch.InvalidateSoft([]string{"b:x"}, gencache.Int("x", 1)))
			check(t, batch.Delete([]string{"c"}))
		}
		set()
		batch, err := gencache.NewBatch(cache)
		check(t, err)
		note(batch)
		batch.Cancel()
		check(t, batch.Commit(ctx))
		if is := are(); is != "abc" {
			t.Error("after a cancelled batch:", is)
		}
		note(batch)
		if is := are(); is != "abc" {
			t.Error("before the commit:", is)
		}
		check(t, batch.Commit(ctx))
		if is := are(); is != "" {
			t.Error("after the commit:", is)
		}

		set()
		inner, err := batch.Batch()
		check(t, err)
		note(inner)
		check(t, inner.Commit(ctx))
		if is := are(); is != "abc" {
			t.Error("after the inner commit:", is)
		}
		inner = nil
		runtime.GC()
		check(t, batch.Commit(ctx))
		if is := are(); is != "" {
			t.Error("after the outer commit:", is)
		}
		if err := batch.Invalidate([]string{"a:x"}); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
	})
}

func TestABatchKeepsWhatWasNotAcknowledged(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=1000"))
	check(t, gencache.Set(ctx, cache, []string{"g"}, nil, "old"))
	batch, err := gencache.NewBatch(cache)
	check(t, err)
	check(t, batch.Invalidate([]string{"g"}))
	server.stop()
	if err := batch.Commit(ctx); !errors.Is(err, gencache.ErrUnavailable) {
		t.Error(err)
	}
	server.resume()
	eventually(t, "the batch is committed", func() bool { return batch.Commit(ctx) == nil })
	entry, err := gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	if _, ok := entry.Value(); ok {
		t.Error("the old value is still there")
	}
}
