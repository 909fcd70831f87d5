//go:build !race

// The race detector keeps memory of its own for each goroutine and each channel that ever was.

package gencache_test

import (
	"runtime"
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
				runtime.GC() // and the finalizers
				time.Sleep(10 * time.Millisecond)
			}
			return processStatus(t, "VmRSS")
		}
		for i := 0; i < 3; i++ {
			round()
		}
		before := resident()
		for i := 0; i < 12; i++ {
			round()
		}
		if after := resident(); after > before+32<<10 { // what leaks in each call is more
			t.Errorf("%d kB became %d kB", before, after)
		}
		eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	})
}
