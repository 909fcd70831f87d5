package gencache_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/gencache"
)

// Reads that travel together return nothing older than what was invalidated before they were called.
func TestManyReadersNeverGetWhatWasInvalidatedBefore(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		const readers, invalidations = 64, 100
		var source, acknowledged, reads atomic.Int64 // versions of what the values are made of; how many were read
		load := func(context.Context) (string, error) { return fmt.Sprint(source.Load()), nil }
		read := func(id, n int) (string, error) {
			args := gencache.Args{gencache.Int("id", int64(id%8))}
			if n%2 == 0 {
				return gencache.Fetch(ctx, cache, []string{"all", "user:id"}, args, load)
			}
			entry, err := gencache.Get[string](ctx, cache, []string{"all", "user:id"}, args...)
			if err != nil {
				return "", err
			}
			if value, ok := entry.Value(); ok {
				return value, nil
			}
			value, _ := load(ctx)
			_, err = entry.Fill(ctx, value)
			return value, err
		}
		atOnce(1+readers, func(i int) {
			if i == readers {
				for n := int64(0); n < invalidations && !t.Failed(); n++ {
					eventually(t, "they read", func() bool { return reads.Load() >= n*readers/4 || t.Failed() })
					version := source.Add(1)
					if err := cache.Invalidate(ctx, []string{"all"}); err != nil {
						t.Error(err)
					}
					acknowledged.Store(version)
				}
				return
			}
			for n := 0; acknowledged.Load() < invalidations && !t.Failed(); n++ {
				oldest := acknowledged.Load()
				value, err := read(i, n)
				reads.Add(1)
				if err != nil {
					t.Error(err)
					return
				}
				var version int64
				if _, err := fmt.Sscan(value, &version); err != nil || version < oldest {
					t.Errorf("%q is older than %d: %v", value, oldest, err)
					return
				}
			}
		})
	})
}

// However many reads of a server hang that does not answer, those of another one are answered meanwhile.
func TestAStoppedServerKeepsNoOtherOnesReadsWaiting(t *testing.T) {
	stopped, other := startServer(t), startServer(t)
	cache := open(t, fmt.Sprintf("memcached://127.0.0.1:%s,127.0.0.1:%s/?timeout_ms=10000", stopped.port, other.port))
	var onStopped, onOther []gencache.Args
	for id := int64(0); id < 32; id++ {
		args := gencache.Args{gencache.Int("id", id)}
		check(t, gencache.Set(ctx, cache, []string{"g"}, args, "value"))
		text, err := cache.Explain(ctx, []string{"g"}, args...)
		check(t, err)
		if strings.Contains(text, "server: 127.0.0.1:"+stopped.port) {
			onStopped = append(onStopped, args)
		} else {
			onOther = append(onOther, args)
		}
	}
	if len(onStopped) < 6 || len(onOther) < 6 {
		t.Fatalf("%d and %d of 32 values", len(onStopped), len(onOther))
	}
	isHit := func(args gencache.Args) {
		entry, err := gencache.Get[string](ctx, cache, []string{"g"}, args...)
		if err != nil || entry.Err() != nil {
			t.Errorf("%v, %v", entry, err)
		}
	}

	stopped.stop()
	var answered atomic.Int64
	var done sync.WaitGroup
	for i, args := range onStopped {
		args := args
		done.Add(1)
		go func() {
			defer done.Done()
			isHit(args)
			answered.Add(1)
		}()
		eventually(t, "the read is under way", func() bool { return gencache.CallsUnderWay(cache) == i+1 })
	}
	atOnce(len(onOther), func(i int) { isHit(onOther[i]) })
	if n := answered.Load(); n != 0 {
		t.Errorf("%d reads of the stopped server were waited for", n)
	}
	stopped.resume()
	done.Wait()
}
