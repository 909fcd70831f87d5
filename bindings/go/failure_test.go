package gencache_test

import (
	"context"
	"errors"
	"regexp"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

var errDatabase = errors.New("the database is down")

func fails(context.Context) (string, error) { return "", errDatabase }

func gives(value string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return value, nil }
}

// isFree tells that nobody holds the computation of the generation g: else it would be waited for.
func isFree(t *testing.T, cache *gencache.Cache) {
	t.Helper()
	began := time.Now()
	value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("free"), gencache.Wait(20*time.Second))
	if value != "free" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	if time.Since(began) > 5*time.Second {
		t.Error("it was waited for")
	}
}

func TestAnErrorOfAComputationComesAsItIs(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		if _, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, fails); err != errDatabase {
			t.Error(err)
		}
		isFree(t, cache)
	})
}

func TestAPanicGoesOnAndGivesTheComputationUp(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		caught := func() (caught any) {
			defer func() { caught = recover() }()
			gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) { panic("oh") })
			return nil
		}()
		if caught != "oh" {
			t.Error(caught)
		}
		isFree(t, open(t, url))
		isFree(t, cache)
	})
}

func TestGoexitGivesTheComputationUp(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
				runtime.Goexit()
				return "", nil
			})
		}()
		<-ended
		isFree(t, cache)
	})
}

// computing occupies the computation of the generation g until the test ends or end is called.
func computing(t *testing.T, cache *gencache.Cache) (end func()) {
	began, mayEnd, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
			close(began)
			<-mayEnd
			return "", errDatabase
		})
	}()
	<-began
	var hasEnded atomic.Bool
	end = func() {
		if !hasEnded.Swap(true) {
			close(mayEnd)
			<-ended
		}
	}
	t.Cleanup(end)
	return end
}

func TestACancelEndsTheWaitForAnotherOne(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		end := computing(t, cache)
		var cancels []context.CancelFunc
		results := make(chan error, 8)
		for i := 0; i < cap(results); i++ { // one of them asks, the others follow it
			ctx, cancel := context.WithCancel(ctx)
			cancels = append(cancels, cancel)
			go func() {
				_, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("never"))
				results <- err
			}()
		}
		waits := func() uint64 {
			stats, err := cache.Stats()
			check(t, err)
			return stats.Waits
		}
		eventually(t, "all wait", func() bool { return waits() == 8 })
		for _, cancel := range cancels {
			cancel()
		}
		for range cancels {
			if err := <-results; err != context.Canceled {
				t.Error(err)
			}
		}
		end()
		isFree(t, cache)
	})
}

func TestADeadlineEndsTheWaitForAnotherOne(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		computing(t, cache)
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("never")); err != context.DeadlineExceeded {
			t.Error(err)
		}
	})
}

func TestWhoHasWaitedLongEnoughComputesBesides(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		computing(t, cache)
		var computations atomic.Int64
		atOnce(4, func(int) {
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
				computations.Add(1)
				return "beside", nil
			}, gencache.Wait(100*time.Millisecond))
			if value != "beside" || err != nil {
				t.Error(value, err)
			}
		})
		if n := computations.Load(); n < 1 || n > 4 {
			t.Errorf("%d computations", n)
		}
		atOnce(2, func(int) { // now there is a value
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, fails, gencache.Wait(0))
			if value != "beside" || err != nil {
				t.Error(value, err)
			}
		})
	})
}

func TestAnEndedContextCallsNothing(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		entry, err := gencache.Get[string](ctx, cache, []string{"g"})
		check(t, err)
		batch, err := gencache.NewBatch(cache)
		check(t, err)
		bound, err := gencache.Bind[string](cache, []string{"g"}, nil)
		check(t, err)
		before, err := cache.Stats()
		check(t, err)
		_, getErr := gencache.Get[string](ended, cache, []string{"g"})
		_, manyErr := gencache.GetMany[string](ended, cache, []string{"g"}, []gencache.Args{nil})
		_, fetchErr := gencache.Fetch(ended, cache, []string{"g"}, nil, gives(""))
		_, explainErr := cache.Explain(ended, []string{"g"})
		_, boundErr := bound.Get(ended)
		_, fillErr := entry.Fill(ended, "value")
		for i, err := range []error{getErr, manyErr, fetchErr, explainErr, boundErr,
			gencache.Set(ended, cache, []string{"g"}, nil, "value"), fillErr,
			cache.Invalidate(ended, []string{"g"}), cache.Delete(ended, []string{"g"}),
			cache.Ping(ended), cache.Clear(ended), batch.Commit(ended)} {
			if err != context.Canceled {
				t.Errorf("call %d: %v", i, err)
			}
		}
		after, err := cache.Stats()
		check(t, err)
		if after.Reads[gencache.ReasonAbsent] != before.Reads[gencache.ReasonAbsent] || after.Fills != before.Fills ||
			after.Invalidations != before.Invalidations {
			t.Errorf("%+v\n%+v", before, after)
		}
	})
}

// A server that hangs costs no more than the context's deadline leaves.
func TestADeadlineIsTheBudgetOfACall(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=30000"))
	bound, err := gencache.Bind[string](cache, []string{"g"}, gencache.Args{gencache.Param("x")})
	check(t, err)
	check(t, cache.Ping(ctx))
	server.stop()
	bounded := func(what string, call func(ctx context.Context) error) {
		ctx, cancel := context.WithTimeout(ctx, 150*time.Millisecond)
		defer cancel()
		began := time.Now()
		if err := call(ctx); !errors.Is(err, gencache.ErrUnavailable) && err != context.DeadlineExceeded {
			t.Errorf("%s: %v", what, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
	bounded("get", func(ctx context.Context) error {
		entry, err := gencache.Get[string](ctx, cache, []string{"g"})
		if err != nil {
			return err
		}
		return entry.Err()
	})
	bounded("get of a bound cache", func(ctx context.Context) error {
		entry, err := bound.Get(ctx, gencache.Part(1))
		if err != nil {
			return err
		}
		return entry.Err()
	})
	bounded("invalidate", func(ctx context.Context) error { return cache.Invalidate(ctx, []string{"g"}) })
	bounded("ping", cache.Ping)
}

func TestAServerThatIsAwayCostsTheCacheOnly(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=5000"))
	entry, err := gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	server.kill()

	if stored, err := entry.Fill(ctx, "kept"); stored || err != nil || !errors.Is(entry.Err(), gencache.ErrUnavailable) {
		t.Error(stored, err, entry.Err())
	}
	if value, ok := entry.Value(); value != "kept" || !ok {
		t.Error("the value that could not be stored is not the entry's")
	}
	entry, err = gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	if _, ok := entry.Value(); ok || entry.Reason() != gencache.ReasonUnavailable ||
		!errors.Is(entry.Err(), gencache.ErrUnavailable) || errors.Is(entry.Err(), gencache.ErrMiss) {
		t.Error(entry.Reason(), entry.Err())
	}
	if stored, err := entry.Fill(ctx, "kept"); stored || err != nil || !errors.Is(entry.Err(), gencache.ErrUnavailable) {
		t.Error(stored, err, entry.Err())
	}
	if value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("computed")); value != "computed" || err != nil {
		t.Error(value, err)
	}
	var failure *gencache.Error
	err = cache.Invalidate(ctx, []string{"g"})
	if !errors.Is(err, gencache.ErrUnavailable) || !errors.As(err, &failure) ||
		failure.Status != gencache.StatusUnavailable {
		t.Error(err)
	}
	if err := cache.Ping(ctx); !errors.Is(err, gencache.ErrUnavailable) {
		t.Error(err)
	}
}

// storeOld stores a value and invalidates it softly. One in 65,536 soft invalidations is a hard one: then once more.
func storeOld(t *testing.T, cache *gencache.Cache, generations []string, args gencache.Args, value string) {
	t.Helper()
	sameUpperHalf := regexp.MustCompile(`stored (\w{12})\w{4}, current (\w{12})`)
	for isSoft := false; !isSoft; {
		check(t, gencache.Set(ctx, cache, generations, args, value, gencache.FailSafe(time.Hour)))
		check(t, cache.InvalidateSoft(ctx, generations, args...))
		text, err := cache.Explain(ctx, generations, args...)
		check(t, err)
		isSoft = true
		for _, stamps := range sameUpperHalf.FindAllStringSubmatch(text, -1) {
			isSoft = isSoft && stamps[1] == stamps[2]
		}
	}
}

func TestAnOldValueStandsInWhereTheComputationFails(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		forgiving := []gencache.Option{gencache.FailSafe(time.Hour)}
		storeOld(t, cache, []string{"g"}, nil, "old")
		var computations atomic.Int64
		atOnce(8, func(int) { // those who wait for the first one get the old value as it does
			entry, err := gencache.FetchEntry(ctx, cache, []string{"g"}, nil, func(ctx context.Context) (string, error) {
				computations.Add(1)
				time.Sleep(200 * time.Millisecond)
				return fails(ctx)
			}, forgiving...)
			if err != nil {
				t.Error(err)
				return
			}
			if value, ok := entry.Value(); value != "old" || !ok || !entry.IsStale() || entry.Generation() != "g" ||
				entry.Reason() != gencache.ReasonInvalidated {
				t.Error(value, ok, entry.Status(), entry.Reason(), entry.Generation())
			}
		})
		if n := computations.Load(); n == 8 { // who comes late computes, too
			t.Errorf("%d computations", n)
		}
		check(t, cache.Invalidate(ctx, []string{"g"}))
		if _, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, fails, forgiving...); err != errDatabase {
			t.Error("after a hard invalidation:", err)
		}
	})
}

func TestAnOldValueIsServedWhileOneComputes(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		patient := gencache.StaleFor(time.Hour)
		storeOld(t, cache, []string{"g"}, nil, "old")
		computing(t, cache)
		entry, err := gencache.FetchEntry(ctx, cache, []string{"g"}, nil, gives("new"), patient)
		check(t, err)
		if value, _ := entry.Value(); value != "old" || entry.Status() != gencache.StatusStale {
			t.Error(value, entry.Status())
		}
	})
}
