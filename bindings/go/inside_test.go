package gencache_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.com/gencache"
)

// messages collects what a log function is told.
type messages struct {
	mutex sync.Mutex
	lines []string
}

func (m *messages) add(level gencache.Level, message string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.lines = append(m.lines, fmt.Sprint(level, " ", message))
}

func (m *messages) String() string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return strings.Join(m.lines, "\n")
}

func TestTheLogTellsMisses(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		var debug, info messages
		for _, log := range []struct {
			level gencache.Level
			to    *messages
		}{{gencache.LevelDebug, &debug}, {gencache.LevelInfo, &info}} {
			cache := open(t, url, gencache.LogTo(log.level, log.to.add))
			check(t, cache.Clear(ctx))
			_, err := gencache.Fetch(ctx, cache, []string{"quiet"}, nil, gives(""))
			check(t, err)
			_, err = gencache.Fetch(ctx, cache, []string{"loud"}, nil, gives(""), gencache.LogMisses())
			check(t, err)
		}
		if is := info.String(); !strings.HasPrefix(is, "3 miss loud: ") || strings.Contains(is, "\n") {
			t.Error(is)
		}
		if is := debug.String(); !strings.Contains(is, "4 miss quiet: ") || !strings.Contains(is, "3 miss loud: ") {
			t.Error(is)
		}
	})
}

func TestTheLogTellsOfAServer(t *testing.T) {
	server := startServer(t)
	var log messages
	cache := open(t, server.url("timeout_ms=5000"), gencache.LogTo(gencache.LevelWarning, log.add))
	server.kill()
	if err := cache.Invalidate(ctx, []string{"g"}); !errors.Is(err, gencache.ErrUnavailable) {
		t.Error(err)
	}
	if is := log.String(); !strings.Contains(is, "127.0.0.1:"+server.port) {
		t.Error(is)
	}
}

func TestAPanicOfTheLogFunctionIsDropped(t *testing.T) {
	cache := open(t, "memory://", gencache.LogTo(gencache.LevelDebug, func(gencache.Level, string) { panic("oh") }))
	if value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("value")); value != "value" || err != nil {
		t.Error(value, err)
	}
}

func TestStatsAndMetrics(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		check(t, cache.Ping(ctx))
		for i := 0; i < 3; i++ {
			_, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("value"))
			check(t, err)
		}
		check(t, cache.Invalidate(ctx, []string{"g"}))
		_, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, fails)
		if err != errDatabase {
			t.Error(err)
		}
		stats, err := cache.Stats()
		check(t, err)
		if stats.Reads[gencache.ReasonHit] != 2 || stats.Reads[gencache.ReasonAbsent] != 1 ||
			stats.Reads[gencache.ReasonInvalidated] != 1 || stats.Fills != 1 || stats.Computations != 2 ||
			stats.ComputationsFailed != 1 || stats.Invalidations != 1 {
			t.Errorf("%+v", stats)
		}
		if stats.ReadTime.Count != 4 || stats.ComputeTime.Count != 2 || stats.InvalidateTime.Count != 1 {
			t.Errorf("%+v", stats)
		}
		if len(stats.TopGenerations) != 1 || stats.TopGenerations[0] != (gencache.Count{Name: "g", Count: 1}) {
			t.Errorf("%+v", stats.TopGenerations)
		}
		if strings.HasPrefix(url, "memcached:") && (len(stats.ServerErrors) != 3 || stats.ServerErrors[0].Count != 0) {
			t.Errorf("%+v", stats.ServerErrors)
		}
		metrics, err := cache.Metrics()
		check(t, err)
		if !strings.Contains(metrics, `reason="hit"} 2`) {
			t.Error(metrics)
		}
		text, err := cache.Explain(ctx, []string{"g"})
		check(t, err)
		if !strings.Contains(text, "key: g\n") {
			t.Error(text)
		}
	})
}

func TestNamesAreThoseOfC(t *testing.T) {
	if gencache.StatusMiss.String() != "GC_MISS" || gencache.ReasonOtherVersion.String() != "other version" ||
		gencache.Status(99).String() != "unknown status" {
		t.Error(gencache.StatusMiss, gencache.ReasonOtherVersion, gencache.Status(99))
	}
	if !strings.HasPrefix(gencache.LibraryVersion(), "0.") {
		t.Error(gencache.LibraryVersion())
	}
}
