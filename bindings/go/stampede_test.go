package gencache_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

// atOnce runs call in n goroutines which begin together, and waits for them.
func atOnce(n int, call func(i int)) {
	var done sync.WaitGroup
	begin := make(chan struct{})
	for i := 0; i < n; i++ {
		i := i
		done.Add(1)
		go func() {
			defer done.Done()
			<-begin
			call(i)
		}()
	}
	close(begin)
	done.Wait()
}

// mostThreads samples the number of the process's threads until stop is called.
func mostThreads(t *testing.T) (stop func() int) {
	end, most := make(chan struct{}), make(chan int)
	go func() {
		highest := 0
		for {
			if n := processStatus(t, "Threads"); n > highest {
				highest = n
			}
			select {
			case <-end:
				most <- highest
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() int {
		close(end)
		return <-most
	}
}

func TestTenThousandGoroutinesComputeOnce(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url, gencache.MaxCalls(8))
		before, stop := processStatus(t, "Threads"), mostThreads(t)
		var computations, right atomic.Int64
		atOnce(10000, func(int) {
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
				computations.Add(1)
				time.Sleep(300 * time.Millisecond)
				return "value", nil
			})
			if err == nil && value == "value" {
				right.Add(1)
			}
		})
		if computations.Load() != 1 || right.Load() != 10000 {
			t.Errorf("%d computations, %d right answers", computations.Load(), right.Load())
		}
		if most := stop(); most > before+8+2*runtime.GOMAXPROCS(0)+8 {
			t.Errorf("%d threads, %d before", most, before)
		}
	})
}

// The limit is what bounds the threads: here every call hangs in C for as long as it may.
func TestThreadsAreBoundedWhereAServerHangs(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=200"), gencache.MaxCalls(4))
	check(t, cache.Ping(ctx))
	server.stop()
	before, stop := processStatus(t, "Threads"), mostThreads(t)
	var unavailable atomic.Int64
	atOnce(300, func(i int) {
		entry, err := gencache.Get[string](ctx, cache, []string{"g"}, gencache.Int("i", int64(i)))
		if err == nil && errors.Is(entry.Err(), gencache.ErrUnavailable) {
			unavailable.Add(1)
		}
	})
	if unavailable.Load() != 300 {
		t.Errorf("only %d of 300 are unavailable", unavailable.Load())
	}
	if most := stop(); most > before+4+2*runtime.GOMAXPROCS(0)+8 {
		t.Errorf("%d threads, %d before", most, before)
	}
}

// Two caches do not see each other's flights, as if they were in two processes.
func TestOneComputesAmongCaches(t *testing.T) {
	url := serversURL(t)
	caches := []*gencache.Cache{open(t, url), open(t, url), open(t, url), open(t, url)}
	var computations, right atomic.Int64
	atOnce(400, func(i int) {
		value, err := gencache.Fetch(ctx, caches[i%4], []string{"g"}, nil, func(context.Context) (int64, error) {
			eventually(t, "callers of each cache wait", func() bool { return eachWaits(t, caches) })
			return computations.Add(1), nil
		})
		if err == nil && value == 1 {
			right.Add(1)
		}
	})
	if computations.Load() != 1 || right.Load() != 400 {
		t.Errorf("%d computations, %d right answers", computations.Load(), right.Load())
	}
}

func eachWaits(t *testing.T, caches []*gencache.Cache) bool {
	for _, cache := range caches {
		if stats, err := cache.Stats(); err != nil || stats.Waits == 0 {
			return false
		}
	}
	return true
}

// Where no server is there, callers of one process still share: those that came before a computation began its value,
// those that came during it the next one's.
func TestCallersShareWithoutAServer(t *testing.T) {
	server := startServer(t)
	cache := open(t, server.url("timeout_ms=100"))
	server.kill()
	var computations, right atomic.Int64
	atOnce(500, func(int) {
		value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
			computations.Add(1)
			time.Sleep(200 * time.Millisecond)
			return "value", nil
		})
		if err == nil && value == "value" {
			right.Add(1)
		}
	})
	if computations.Load() > 50 || right.Load() != 500 {
		t.Errorf("%d computations, %d right answers", computations.Load(), right.Load())
	}
}

func TestASharedValueIsTheCallersOwn(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		atOnce(64, func(i int) {
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) ([]byte, error) {
				time.Sleep(50 * time.Millisecond)
				return []byte("value"), nil
			})
			if err != nil || string(value) != "value" {
				t.Error(string(value), err)
			}
			for n := range value {
				value[n] = byte(i)
			}
		})
	})
}

// An invalidation that a caller knows of is not undone by a value that was computed before it.
func TestACallerTakesNoValueFromBeforeItsCall(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		isComputing, mayEnd := make(chan struct{}), make(chan struct{})
		first := make(chan string, 1)
		go func() {
			value, _ := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
				close(isComputing)
				<-mayEnd
				return "old", nil
			})
			first <- value
		}()
		<-isComputing
		check(t, cache.Invalidate(ctx, []string{"g"}))
		second := make(chan string, 1)
		go func() {
			value, _ := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (string, error) {
				return "new", nil
			})
			second <- value
		}()
		eventually(t, "the second one waits", func() bool {
			stats, err := cache.Stats()
			check(t, err)
			return stats.Waits == 1
		})
		close(mayEnd)
		if a, b := <-first, <-second; a != "old" || b != "new" {
			t.Errorf("the first one got %q, the second one %q", a, b)
		}
	})
}
