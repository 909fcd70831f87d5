package gencache_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

func TestAValueThatIsTooLargeIsNotStored(t *testing.T) {
	cache := open(t, serversURL(t))
	entry, err := gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	large := strings.Repeat("x", 2<<20)
	if stored, err := entry.Fill(ctx, large); stored || err != nil || !errors.Is(entry.Err(), gencache.ErrTooLarge) {
		t.Error(stored, err, entry.Err())
	}
	if value, ok := entry.Value(); value != large || !ok {
		t.Error("the value that could not be stored is not the entry's")
	}
	fill(t, entry, "small") // the lease is still there
}

func TestEntriesAndCachesPrint(t *testing.T) {
	cache := open(t, "memory://?capacity=1MB")
	if is := fmt.Sprint(cache); is != "memory://?capacity=1MB" {
		t.Error(is)
	}
	prints := func(expected string) {
		t.Helper()
		entry, err := gencache.Get[string](ctx, cache, []string{"g:x"}, gencache.Int("x", 1))
		check(t, err)
		if is := fmt.Sprint(entry); is != expected {
			t.Error(is)
		}
		if !strings.HasPrefix(expected, "hit") {
			fill(t, entry, "value")
		}
	}
	prints("miss: absent")
	prints("hit")
	check(t, cache.Invalidate(ctx, []string{"g:x"}, gencache.Int("x", 1)))
	prints("miss: invalidated g:x=1")
}

func TestAnEmptyURLOfTheEnvironmentIsNone(t *testing.T) {
	t.Setenv("GENCACHE_URL", "")
	cache, err := gencache.OpenDefault()
	check(t, err)
	check(t, cache.Close())
}

// A lifetime that is over is no lifetime without end, however short ago it ended.
func TestANegativeTimeIsRefused(t *testing.T) {
	cache := open(t, "memory://")
	for _, lifetime := range []time.Duration{-1, -time.Millisecond, -time.Hour} {
		for _, option := range []gencache.Option{gencache.TTL(lifetime), gencache.NothingTTL(lifetime)} {
			err := gencache.Set(ctx, cache, []string{"g"}, nil, "value", option)
			if !errors.Is(err, gencache.ErrArgument) {
				t.Error(lifetime, err)
			}
		}
	}
}

func TestAValueThatContradictsItselfIsRefused(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		data := []byte("data")
		bad := []gencache.Value{{Type: gencache.TypeBool, Bits: 2}, {Type: gencache.TypeText, Data: []byte("\xff")},
			{Type: gencache.TypeText, Data: data, Bits: 1}, {Type: gencache.TypePrivate, Bits: 1},
			{Type: gencache.TypeNull, Bits: 1}, {Type: gencache.TypeUint, Bits: 1 << 63}}
		for _, kind := range []gencache.Type{gencache.TypeNull, gencache.TypeBool, gencache.TypeInt, gencache.TypeUint,
			gencache.TypeDouble, -3, -2, -1, 9, 15, 32, 255, 256 + 4, 1 << 30, -1 << 31} {
			bad = append(bad, gencache.Value{Type: kind, Data: data})
		}
		for _, kind := range []gencache.Type{-3, -2, -1, 9, 15, 32, 256 + 4} {
			bad = append(bad, gencache.Value{Type: kind}, gencache.Value{Type: kind, Bits: 1 << 40})
		}
		for _, value := range bad {
			if err := gencache.Set(ctx, cache, []string{"g"}, nil, value); !errors.Is(err, gencache.ErrArgument) {
				t.Errorf("%d: %v", value.Type, err)
			}
			if err := gencache.Set(ctx, cache, []string{"g"}, nil, &value); !errors.Is(err, gencache.ErrArgument) {
				t.Errorf("pointer to %d: %v", value.Type, err)
			}
		}
	})
}

// A call that panics, for its context, does not take a place in C with it.
func TestACallWithoutContextTakesNoPlace(t *testing.T) {
	cache := open(t, "memory://", gencache.MaxCalls(1))
	for name, call := range map[string]func(){
		"set":        func() { _ = gencache.Set[string](nil, cache, []string{"g"}, nil, "value") },
		"invalidate": func() { _ = cache.Invalidate(nil, []string{"g"}) },
		"ping":       func() { _ = cache.Ping(nil) },
		"get many":   func() { _, _ = gencache.GetMany[string](nil, cache, []string{"g"}, []gencache.Args{nil}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(name, "does not panic")
				}
			}()
			call()
		}()
		short, cancel := context.WithTimeout(ctx, 10*time.Second)
		check(t, cache.Invalidate(short, []string{"g"}))
		cancel()
	}
}

// A gap that is filled while its computation ends is filled, or the computation has ended.
func TestAGapIsFilledWhileTheComputationEnds(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		for round := 0; round < 50; round++ {
			var fills sync.WaitGroup
			ids := users(round*4, round*4+1, round*4+2, round*4+3)
			stored := make([]bool, len(ids))
			entries, err := gencache.FetchMany(ctx, cache, userGeneration, ids,
				func(_ context.Context, gaps []*gencache.Gap[string]) error {
					for _, gap := range gaps {
						gap := gap
						fills.Add(1)
						go func() {
							defer fills.Done()
							err := gap.Fill("computed")
							stored[gap.Index()] = err == nil
							if err != nil && !errors.Is(err, gencache.ErrArgument) {
								t.Error(err)
							}
						}()
					}
					runtime.Gosched()
					return nil // and does not wait for them
				})
			check(t, err)
			is := values(entries)
			fills.Wait()
			for i, wasStored := range stored {
				if (is[i] == "computed") != wasStored {
					t.Error(i, is[i], wasStored)
				}
			}
		}
	})
}

type panicsInJSON struct{ N int }

func (panicsInJSON) MarshalJSON() ([]byte, error) { panic("MarshalJSON") }
func (*panicsInJSON) UnmarshalJSON([]byte) error  { panic("UnmarshalJSON") }

type exitsInJSON struct{ N int }

func (exitsInJSON) MarshalJSON() ([]byte, error) { runtime.Goexit(); return nil, nil }
func (*exitsInJSON) UnmarshalJSON([]byte) error  { runtime.Goexit(); return nil }

func TestAnEncoderThatPanicsGivesEverythingBack(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url, gencache.MaxCalls(1))
		survives(t, cache, panicsInJSON{})
		survives(t, cache, exitsInJSON{})
	})
}

// survives has value encoded and decoded in every way, which does not come back.
func survives[T any](t *testing.T, cache *gencache.Cache, value T) {
	g, json := []string{"json"}, gencache.Value{Type: gencache.TypeJSON, Data: []byte(`{"N": 1}`)}
	compute := func(context.Context) (T, error) { return value, nil }
	computeMany := func(_ context.Context, gaps []*gencache.Gap[T]) error { return gaps[0].Fill(value) }
	miss, err := gencache.Get[T](ctx, cache, []string{"miss"})
	check(t, err)
	for name, call := range map[string]func() error{
		"set":       func() error { return gencache.Set(ctx, cache, g, nil, value) },
		"fill":      func() error { _, err := miss.Fill(ctx, value); return err },
		"fetch":     func() error { _, err := gencache.Fetch(ctx, cache, []string{"f"}, nil, compute); return err },
		"get":       func() error { _, err := gencache.Get[T](ctx, cache, g); return err },
		"fetch old": func() error { _, err := gencache.Fetch(ctx, cache, g, nil, compute); return err },
		"get many":  func() error { _, err := gencache.GetMany[T](ctx, cache, g, []gencache.Args{nil}); return err },
		"fetch many": func() error {
			_, err := gencache.FetchMany(ctx, cache, g, []gencache.Args{nil}, computeMany)
			return err
		},
		"fill gap": func() error {
			_, err := gencache.FetchMany(ctx, cache, []string{"m"}, []gencache.Args{nil}, computeMany)
			return err
		},
	} {
		check(t, gencache.Set(ctx, cache, g, nil, json))
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = recover() }()
			t.Errorf("%s: comes back with %v", name, call())
		}()
		<-ended
	}
	for _, generation := range []string{"f", "m"} { // nobody computes any more
		began := time.Now()
		_, err := gencache.Fetch(ctx, cache, []string{generation}, nil, gives("value"))
		if check(t, err); time.Since(began) > 8*time.Second {
			t.Error(generation, "is still locked")
		}
		check(t, cache.Delete(ctx, []string{generation}))
	}
}

// The computations of what is missing are given up where decoding what is there panics.
func TestADecoderThatPanicsGivesGapsUp(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		json := gencache.Value{Type: gencache.TypeJSON, Data: []byte("{}")}
		check(t, gencache.Set(ctx, cache, userGeneration, users(2)[0], json))
		caught := func() (caught any) {
			defer func() { caught = recover() }()
			gencache.FetchMany(ctx, cache, userGeneration, users(1, 2, 3),
				func(context.Context, []*gencache.Gap[panicsInJSON]) error { return nil })
			return nil
		}()
		if caught != "UnmarshalJSON" {
			t.Error(caught)
		}
		areFree(t, cache, users(1, 3))
	})
}

// A log function that ends its goroutine leaves no call hanging in C.
func TestALogFunctionThatDoesNotComeBack(t *testing.T) {
	var calls atomic.Int64
	cache := open(t, "memory://", gencache.MaxCalls(1), gencache.LogTo(gencache.LevelDebug,
		func(gencache.Level, string) {
			if calls.Add(1)%2 == 0 {
				panic("log")
			}
			runtime.Goexit()
		}))
	for i := int64(1); i <= 4; i++ {
		isThere := make(chan error, 1)
		go func() {
			_, err := gencache.Get[string](ctx, cache, []string{"g"})
			isThere <- err
		}()
		select {
		case err := <-isThere:
			check(t, err)
		case <-time.After(time.Minute):
			panic("the call hangs") // and so would closing the cache
		}
		if calls.Load() != i {
			t.Fatal(calls.Load())
		}
	}
}

// Else what is stored would not depend on it, and be found after the generation was invalidated.
func TestDependHoldsBeyondTheContext(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		late, ids := []string{"late"}, []gencache.Args{nil}
		for name, write := range map[string]func(context.Context, context.CancelFunc) error{
			"fetch": func(ctx context.Context, cancel context.CancelFunc) error {
				_, err := gencache.Fetch(ctx, cache, []string{"fetch"}, nil, func(ctx context.Context) (string, error) {
					cancel()
					return "value", gencache.Depend(ctx, "late")
				})
				return err
			},
			"many": func(ctx context.Context, cancel context.CancelFunc) error {
				_, err := gencache.FetchMany(ctx, cache, []string{"many"}, ids,
					func(ctx context.Context, gaps []*gencache.Gap[string]) error {
						cancel()
						check(t, gaps[0].Depend(ctx, "late"))
						return gaps[0].Fill("value")
					})
				return err
			},
			"fill": func(ended context.Context, cancel context.CancelFunc) error {
				entry, err := gencache.Get[string](ended, cache, []string{"fill"})
				check(t, err)
				cancel()
				check(t, entry.Depend(ended, "late"))
				fill(t, entry, "value")
				return nil
			},
		} {
			cancelled, cancel := context.WithCancel(ctx)
			if err := write(cancelled, cancel); err != nil {
				t.Error(name, err)
			}
			check(t, cache.Invalidate(ctx, late))
			entry, err := gencache.Get[string](ctx, cache, []string{name})
			check(t, err)
			if entry.Generation() != "late" {
				t.Error(name, entry)
			}
		}
	})
}

func TestALifetimeThatNoDurationCanHold(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		check(t, gencache.Set(ctx, cache, []string{"g"}, nil, "value", gencache.TTL(math.MaxInt64))) // rounded up
		entry, err := gencache.Get[string](ctx, cache, []string{"g"})
		check(t, err)
		if remaining, hasEnd := entry.Remaining(); !hasEnd || remaining < math.MaxInt64-time.Hour {
			t.Error(remaining, hasEnd)
		}
	})
}
