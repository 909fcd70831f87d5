package gencache_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

func TestWhatIsCalledAfterCloseIsErrClosed(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		miss, err := gencache.Get[string](ctx, cache, []string{"g"})
		check(t, err)
		batch, err := gencache.NewBatch(cache)
		check(t, err)
		check(t, batch.Invalidate([]string{"g"}))
		pages := bindPages(t, cache)
		wrapped, err := gencache.Wrap(cache, []string{"g"}, func(context.Context, struct{}) (int, error) { return 1, nil })
		check(t, err)
		check(t, cache.Close())
		check(t, cache.Close())

		_, get := gencache.Get[string](ctx, cache, []string{"g"})
		_, getMany := gencache.GetMany[string](ctx, cache, []string{"g"}, []gencache.Args{nil})
		_, fetch := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("value"))
		_, fetchMany := gencache.FetchMany(ctx, cache, []string{"g"}, []gencache.Args{nil},
			func(context.Context, []*gencache.Gap[string]) error { return nil })
		_, key := cache.Key([]string{"g"})
		_, explain := cache.Explain(ctx, []string{"g"})
		_, stats := cache.Stats()
		_, metrics := cache.Metrics()
		_, newBatch := gencache.NewBatch(cache)
		_, inner := batch.Batch()
		_, bind := gencache.Bind[string](cache, []string{"g"}, nil)
		_, bound := pages.Get(ctx, gencache.Parts(1)...)
		_, call := wrapped.Call(ctx, struct{}{})
		_, fillErr := miss.Fill(ctx, "value")
		for i, err := range []error{get, getMany, fetch, fetchMany, key, explain, stats, metrics, newBatch, inner, bind,
			bound, call, fillErr, miss.Depend(ctx, "h"), batch.Commit(ctx), batch.Invalidate([]string{"g"}),
			gencache.Set(ctx, cache, []string{"g"}, nil, 1), cache.Invalidate(ctx, []string{"g"}),
			cache.Delete(ctx, []string{"g"}), cache.Clear(ctx), cache.Ping(ctx), wrapped.Invalidate(ctx)} {
			if err != gencache.ErrClosed {
				t.Errorf("call %d: %v", i, err)
			}
		}
		batch.Cancel()
	})
}

// A computation that outlives its cache gives its value to its caller, and the fill lock back.
func TestCloseDuringAComputation(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		for _, compute := range []func(context.Context) (string, error){gives("value"), fails} {
			cache := open(t, url)
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(ctx context.Context) (string, error) {
				check(t, cache.Close())
				return compute(ctx)
			})
			if value != "value" && err != errDatabase {
				t.Error(value, err)
			}
		}
		isFree(t, cache)
	})
}

func TestCloseWhileOthersCall(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		for round := 0; round < 10; round++ {
			cache := open(t, url, gencache.MaxCalls(4))
			var calls atomic.Int64
			atOnce(17, func(i int) {
				if i == 0 {
					for calls.Load() < 50 {
						time.Sleep(100 * time.Microsecond)
					}
					cache.Close()
					return
				}
				for {
					_, err := gencache.Fetch(ctx, cache, []string{"g"}, gencache.Args{gencache.Arg("i", i%3)}, gives("value"))
					if errors.Is(err, gencache.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					calls.Add(1)
				}
			})
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "http://h", "memcached://", "memory://\x00", "memory://?capacity=1"} {
		if _, err := gencache.Open(url); !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := gencache.Open("memory://", gencache.MaxCalls(0)); !errors.Is(err, gencache.ErrArgument) {
		t.Error(err)
	}
}

func TestOpenDefaultTakesTheEnvironment(t *testing.T) {
	t.Setenv("GENCACHE_URL", "no://url")
	if _, err := gencache.OpenDefault(); !errors.Is(err, gencache.ErrArgument) {
		t.Error(err)
	}
	t.Setenv("GENCACHE_URL", "memory://?prefix=environment")
	cache, err := gencache.OpenDefault()
	check(t, err)
	check(t, cache.Close())
}
