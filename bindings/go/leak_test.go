//go:build !race

// The race detector keeps memory of its own for each goroutine and each channel that ever was.

package gencache_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"example.com/gencache"
)

func TestNothingLeaks(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		goroutines := runtime.NumGoroutine()
		round := func() {
			cache, err := gencache.Open(url)
			check(t, err)
			defer cache.Close()
			stress(t, cache, 16, 250)
			for i := 0; i < 5000; i++ { // misses that nobody fills
				_, err := gencache.Get[string](ctx, cache, []string{"g"}, gencache.Int("i", int64(i)))
				check(t, err)
			}
		}
		resident := func() int {
			for i := 0; i < 3; i++ {
				debug.FreeOSMemory()              // after a collection, by which finalizers are started,
				time.Sleep(10 * time.Millisecond) // which make more to be collected
			}
			return processStatus(t, "VmRSS")
		}
		for i := 0; i < 3; i++ {
			round()
		}
		// What leaks in each call is more, each time. What the allocators keep for threads depends on how many of these a
		// busy machine has run at once, and comes to an end.
		sizes := []int{resident()}
		for isFlat := false; !isFlat; {
			for i := 0; i < 12; i++ {
				round()
			}
			last := sizes[len(sizes)-1]
			sizes = append(sizes, resident())
			isFlat = sizes[len(sizes)-1] <= last+32<<10
			if !isFlat && len(sizes) > 3 {
				t.Fatalf("it grows and grows: %d kB", sizes)
			}
		}
		eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	})
}
