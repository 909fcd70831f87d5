package gencache_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

var userGeneration = []string{"user:id"}

func users(ids ...int) []gencache.Args { return gencache.Each("id", ids) }

func values[T any](entries []*gencache.Entry[T]) []any {
	var all []any
	for _, entry := range entries {
		if value, ok := entry.Value(); ok {
			all = append(all, value)
		} else {
			all = append(all, entry.Status())
		}
	}
	return all
}

// fillAll computes "computed".
func fillAll(_ context.Context, gaps []*gencache.Gap[string]) error {
	for _, gap := range gaps {
		if err := gap.Fill("computed"); err != nil {
			return err
		}
	}
	return nil
}

func expectValues[T any](t *testing.T, entries []*gencache.Entry[T], expected ...any) {
	t.Helper()
	if is := values(entries); !reflect.DeepEqual(is, expected) {
		t.Errorf("%v, not %v", is, expected)
	}
}

func TestGetManyTellsHitsAndMisses(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		large := strings.Repeat("x", 100000)
		check(t, gencache.Set(ctx, cache, userGeneration, users(1)[0], "Ada"))
		check(t, gencache.Set(ctx, cache, userGeneration, users(3)[0], large))
		entries, err := gencache.GetMany[string](ctx, cache, userGeneration, users(1, 2, 3))
		check(t, err)
		expectValues(t, entries, "Ada", gencache.StatusMiss, large)
		if entries[1].Key() != "user:id=2" || entries[1].Reason() != gencache.ReasonAbsent {
			t.Error(entries[1].Key(), entries[1].Reason())
		}
		fill(t, entries[1], "Grace")
		entries, err = gencache.GetMany[string](ctx, cache, userGeneration, users(2))
		check(t, err)
		expectValues(t, entries, "Grace")

		none, err := gencache.GetMany[string](ctx, cache, userGeneration, nil)
		if len(none) != 0 || err != nil {
			t.Error(none, err)
		}
		if _, err := gencache.GetMany[int](ctx, cache, userGeneration, users(1, 2)); !errors.Is(err, gencache.ErrType) {
			t.Error(err)
		}
		if _, err := gencache.GetMany[int](ctx, cache, nil, users(1)); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
	})
}

func TestFetchManyComputesWhatIsMissingAtOnce(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		ids := []int{1, 2, 3, 4, 3}
		check(t, gencache.Set(ctx, cache, userGeneration, users(2)[0], "there"))
		check(t, gencache.Set(ctx, cache, userGeneration, users(4)[0], 4)) // of another type
		for round := 0; round < 2; round++ {
			var asked []int
			entries, err := gencache.FetchMany(ctx, cache, userGeneration, users(ids...),
				func(ctx context.Context, gaps []*gencache.Gap[string]) error {
					for _, gap := range gaps {
						asked = append(asked, ids[gap.Index()])
						check(t, gap.Fill(fmt.Sprint("user ", ids[gap.Index()])))
					}
					return nil
				})
			check(t, err)
			expectValues(t, entries, "user 1", "there", "user 3", "user 4", "user 3")
			if expected := [][]int{{1, 3, 4}, nil}[round]; !reflect.DeepEqual(asked, expected) {
				t.Errorf("round %d asked for %v", round, asked)
			}
		}
	})
}

func TestFetchManyLeavesGapsAndTellsErrors(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		var kept *gencache.Gap[string]
		compute := func(err error) func(context.Context, []*gencache.Gap[string]) error {
			return func(ctx context.Context, gaps []*gencache.Gap[string]) error {
				kept = gaps[len(gaps)-1]
				if gaps[0].Index() == 0 {
					check(t, gaps[0].Fill("Ada"))
					if err := gaps[0].Fill("again"); !errors.Is(err, gencache.ErrArgument) {
						t.Error(err)
					}
				}
				return err
			}
		}
		entries, err := gencache.FetchMany(ctx, cache, userGeneration, users(1, 2), compute(nil))
		check(t, err)
		expectValues(t, entries, "Ada", gencache.StatusMiss)
		if err := kept.Fill("too late"); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
		if err := kept.Depend(ctx, "h"); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}

		entries, err = gencache.FetchMany(ctx, cache, userGeneration, users(1, 2), compute(errDatabase))
		if err != errDatabase || entries[1].Err() != errDatabase {
			t.Error(err, entries[1].Err())
		}
		expectValues(t, entries, "Ada", gencache.StatusOrigin)

		entries, err = gencache.FetchMany(ctx, cache, userGeneration, users(1), compute(nil), gencache.Refresh())
		check(t, err)
		expectValues(t, entries, "Ada")
	})
}

func TestFetchManyServesOldValues(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		forgiving := gencache.FailSafe(time.Hour)
		check(t, gencache.Set(ctx, cache, userGeneration, users(0)[0], "zero"))
		storeOld(t, cache, userGeneration, users(1)[0], "one")
		entries, err := gencache.FetchMany(ctx, cache, userGeneration, users(0, 1),
			func(context.Context, []*gencache.Gap[string]) error { return errDatabase }, forgiving)
		check(t, err)
		expectValues(t, entries, "zero", "one")
		if entries[0].IsStale() || !entries[1].IsStale() {
			t.Error(entries[0].Status(), entries[1].Status())
		}
	})
}

func TestFetchManyComputesEarly(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		early := []gencache.Option{gencache.TTL(20 * time.Second), gencache.Beta(100)}
		fetch := func(compute func([]*gencache.Gap[string]) error) *gencache.Entry[string] {
			entries, err := gencache.FetchMany(ctx, cache, userGeneration, users(1),
				func(_ context.Context, gaps []*gencache.Gap[string]) error { return compute(gaps) }, early...)
			check(t, err)
			return entries[0]
		}
		fetch(func(gaps []*gencache.Gap[string]) error {
			time.Sleep(50 * time.Millisecond) // what it costs: after 20 s of reads it is all but sure to be early
			return gaps[0].Fill("valid")
		})
		for _, end := range []struct {
			compute func(*gencache.Gap[string]) error
			is      string
			value   any
		}{
			{func(*gencache.Gap[string]) error { return errDatabase }, "hit", "valid"},
			{func(*gencache.Gap[string]) error { return nil }, "miss: expired", gencache.StatusMiss},
			{func(gap *gencache.Gap[string]) error { return gap.Fill("new") }, "miss: expired", "new"},
		} {
			eventually(t, "a computation is early", func() bool {
				isEarly := false
				entry := fetch(func(gaps []*gencache.Gap[string]) error {
					isEarly = true
					return end.compute(gaps[0])
				})
				if !isEarly {
					expectValues(t, []*gencache.Entry[string]{entry}, "valid")
				} else if expectValues(t, []*gencache.Entry[string]{entry}, end.value); entry.String() != end.is {
					t.Error(entry, "instead of", end.is)
				}
				return isEarly
			})
		}
	})
}

func TestFetchManyBesideAnotherComputation(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		storeOld(t, cache, []string{"g"}, nil, "old")
		computing(t, cache)
		for _, test := range []struct {
			option  gencache.Option
			value   string
			isStale bool
		}{
			{gencache.StaleFor(time.Hour), "old", true},
			{gencache.Wait(0), "computed", false},
		} {
			entries, err := gencache.FetchMany(ctx, cache, []string{"g"}, []gencache.Args{nil}, fillAll, test.option)
			check(t, err)
			expectValues(t, entries, test.value)
			if entries[0].IsStale() != test.isStale {
				t.Error(entries[0])
			}
		}
	})
}

func TestFetchManyGivesUpWhereItPanics(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		caught := func() (caught any) {
			defer func() { caught = recover() }()
			gencache.FetchMany(ctx, cache, userGeneration, users(1, 2),
				func(ctx context.Context, gaps []*gencache.Gap[string]) error { panic("oh") })
			return nil
		}()
		if caught != "oh" {
			t.Error(caught)
		}
		areFree(t, cache, users(1, 2))
	})
}

// areFree tells that nobody holds their computations: else they would be waited for.
func areFree(t *testing.T, cache *gencache.Cache, calls []gencache.Args) {
	t.Helper()
	began := time.Now()
	for _, args := range calls {
		value, err := gencache.Fetch(ctx, cache, userGeneration, args, gives("free"))
		if value != "free" || err != nil || time.Since(began) > 5*time.Second {
			t.Error(value, err, time.Since(began))
		}
	}
}

// Overlapping lists, in any order, from two caches: each value is computed once, and nobody waits for ever.
func TestFetchManyOfOverlappingLists(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		caches := []*gencache.Cache{open(t, url), open(t, url)}
		if strings.HasPrefix(url, "memory:") {
			caches[1] = caches[0]
		}
		var mutex sync.Mutex
		computations := map[int]int{}
		atOnce(20, func(i int) {
			var ids []int
			for n := 0; n < 10; n++ {
				ids = append(ids, (i*7+n*(1+i%3))%30)
			}
			entries, err := gencache.FetchMany(ctx, caches[i%2], userGeneration, users(ids...),
				func(ctx context.Context, gaps []*gencache.Gap[int]) error {
					time.Sleep(20 * time.Millisecond)
					for _, gap := range gaps {
						id := ids[gap.Index()]
						mutex.Lock()
						computations[id]++
						mutex.Unlock()
						if err := gap.Fill(id); err != nil {
							return err
						}
					}
					return nil
				})
			if err != nil {
				t.Error(err)
				return
			}
			for n, entry := range entries {
				if value, ok := entry.Value(); !ok || value != ids[n] {
					t.Errorf("%d is %v, %v", ids[n], value, entry.Err())
				}
			}
		})
		for id, n := range computations {
			if n != 1 {
				t.Errorf("%d was computed %d times", id, n)
			}
		}
	})
}

func TestACancelEndsFetchMany(t *testing.T) {
	cache := open(t, "memory://")
	computing(t, cache)
	cancelled, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	var isComputed atomic.Bool
	_, err := gencache.FetchMany(cancelled, cache, []string{"g"}, []gencache.Args{nil},
		func(context.Context, []*gencache.Gap[string]) error {
			isComputed.Store(true)
			return nil
		})
	if err != context.DeadlineExceeded || isComputed.Load() {
		t.Error(err, isComputed.Load())
	}
}

func TestFetchManyWithoutAServer(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=5000"))
	server.kill()
	entries, err := gencache.GetMany[string](ctx, cache, userGeneration, users(1, 2))
	check(t, err)
	if len(entries) != 2 || !errors.Is(entries[1].Err(), gencache.ErrUnavailable) {
		t.Error(entries)
	}
	entries, err = gencache.FetchMany(ctx, cache, userGeneration, users(1, 2), fillAll)
	check(t, err)
	expectValues(t, entries, "computed", "computed")
}
