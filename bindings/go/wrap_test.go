package gencache_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

type pageArgs struct {
	UserID int `gencache:"user_id"`
	Page   string
	Trace  bool `gencache:"-"`
}

// counted is a function to wrap, and how often it has been called.
func counted() (func(context.Context, pageArgs) (string, error), *atomic.Int64) {
	calls := new(atomic.Int64)
	return func(_ context.Context, args pageArgs) (string, error) {
		calls.Add(1)
		return fmt.Sprintf("%s of %d", args.Page, args.UserID), nil
	}, calls
}

func TestAWrappedFunctionRemembers(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		render, calls := counted()
		page, err := gencache.Wrap(cache, []string{"nav", "nav_portal:user_id"}, render, gencache.TTL(time.Hour))
		check(t, err)
		expect := func(args pageArgs, value string, n int64) {
			t.Helper()
			if is, err := page.Call(ctx, args); is != value || err != nil || calls.Load() != n {
				t.Errorf("%q, %v, %d calls, not %q and %d", is, err, calls.Load(), value, n)
			}
		}
		expect(pageArgs{1, "home", false}, "home of 1", 1)
		expect(pageArgs{1, "home", true}, "home of 1", 1)
		expect(pageArgs{1, "news", false}, "news of 1", 2)
		expect(pageArgs{2, "home", false}, "home of 2", 3)
		check(t, page.Invalidate(ctx, gencache.Int("user_id", 1)))
		expect(pageArgs{1, "home", false}, "home of 1", 4)
		expect(pageArgs{2, "home", false}, "home of 2", 4)
		check(t, page.InvalidateSoft(ctx))
		expect(pageArgs{2, "home", false}, "home of 2", 5)
		if value, err := page.Refresh(ctx, pageArgs{2, "home", false}); value != "home of 2" || err != nil ||
			calls.Load() != 6 {
			t.Error(value, err, calls.Load())
		}
		check(t, page.Delete(ctx, pageArgs{2, "home", false}))
		expect(pageArgs{2, "home", false}, "home of 2", 7)
		if err := page.Invalidate(ctx, gencache.Int("other", 1)); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
	})
}

type site struct{ cache *gencache.Cache }

func (s *site) page() (*gencache.Wrapped[pageArgs, string], error) {
	render, _ := counted()
	return gencache.Wrap(s.cache, []string{"nav_portal:user_id"}, render)
}

var placed = func(cache *gencache.Cache) (*gencache.Wrapped[pageArgs, string], error) {
	render, _ := counted()
	return gencache.Wrap(cache, []string{"nav_portal:user_id"}, render, gencache.Version("2"))
}

func TestTheKeyOfAWrappedFunction(t *testing.T) {
	cache := open(t, "memory://")
	keyOf := func(page *gencache.Wrapped[pageArgs, string], err error) string {
		t.Helper()
		check(t, err)
		key, err := page.Key(pageArgs{1, "home", true})
		check(t, err)
		return key
	}
	for key, pattern := range map[string]string{
		keyOf((&site{cache}).page()): `^nav_portal:user_id=1\|` +
			`"example\.com/gencache_test/wrap_test\.site\.page:\d+",Page="home"$`,
		keyOf(placed(cache)): `^nav_portal:user_id=1\|"example\.com/gencache_test/wrap_test\..*:\d+","v2",Page="home"$`,
	} {
		if !regexp.MustCompile(pattern).MatchString(key) {
			t.Error(key)
		}
	}
	render, _ := counted()
	bare := keyOf(gencache.Wrap(cache, []string{"nav_portal:user_id"}, render, gencache.Place(""),
		gencache.Exclude("Page")))
	if bare != "nav_portal:user_id=1" {
		t.Error(bare)
	}
	one := keyOf(gencache.Wrap(cache, []string{"nav_portal:user_id"}, render))
	two := keyOf(gencache.Wrap(cache, []string{"nav_portal:user_id"}, render))
	if one == two {
		t.Error("two places have one key:", one)
	}
}

func TestAWrappedFunctionThatIgnoresTheCache(t *testing.T) {
	cache := open(t, "memory://")
	ignores := false
	calls := 0
	count := func(ctx context.Context, _ struct{}) (int, error) {
		calls++
		return calls, gencache.Depend(ctx, "h")
	}
	wrapped, err := gencache.Wrap(cache, []string{"g"}, count, gencache.IgnoreIf(func() bool { return ignores }))
	check(t, err)
	for i, expected := range []int{1, 1, 2, 3, 1} {
		ignores = i == 2 || i == 3
		if value, err := wrapped.Call(ctx, struct{}{}); value != expected || err != nil {
			t.Error(i, value, err)
		}
	}
	for local, expected := range map[string]int{"": 1, "0": 1, "1": 2} {
		t.Setenv("GENCACHE_LOCAL", local)
		calls = 0
		wrapped, err := gencache.Wrap(cache, []string{"g"}, count, gencache.IgnoreLocally(), gencache.Version("x"+local))
		check(t, err)
		for i := 0; i < 2; i++ {
			_, err = wrapped.Call(ctx, struct{}{})
			check(t, err)
		}
		if calls != expected {
			t.Errorf("%q: %d calls", local, calls)
		}
	}
}

func TestWhatWrapRefuses(t *testing.T) {
	cache := open(t, "memory://")
	generations := []string{"g"}
	_, noStruct := gencache.Wrap(cache, generations, func(context.Context, int) (int, error) { return 0, nil })
	_, badField := gencache.Wrap(cache, generations,
		func(context.Context, struct{ Who user }) (int, error) { return 0, nil })
	_, noParameter := gencache.Wrap(cache, []string{"a:x"},
		func(context.Context, struct{}) (int, error) { return 0, nil })
	_, noName := gencache.Wrap(cache, generations,
		func(context.Context, struct{}) (int, error) { return 0, nil }, gencache.Exclude("other"))
	_, badOption := gencache.Wrap(cache, generations,
		func(context.Context, struct{}) (int, error) { return 0, nil }, gencache.Jitter(2))
	for what, err := range map[string]error{"struct": noStruct, "Who": badField, "x": noParameter, "other": noName,
		"jitter": badOption} {
		if !errors.Is(err, gencache.ErrArgument) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	excluded, err := gencache.Wrap(cache, generations,
		func(context.Context, struct{ Who user }) (int, error) { return 1, nil }, gencache.Exclude("Who"))
	check(t, err)
	if value, err := excluded.Call(ctx, struct{ Who user }{}); value != 1 || err != nil {
		t.Error(value, err)
	}
}

func TestMustPanics(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
	}()
	gencache.Must(gencache.Open("http://example.com"))
}

func TestDepend(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		computations := 0
		var kept context.Context
		book := func() string {
			value, err := gencache.Fetch(ctx, cache, []string{"book"}, nil, func(ctx context.Context) (string, error) {
				computations++
				kept = ctx
				name, err := gencache.Fetch(ctx, cache, []string{"name"}, nil, func(ctx context.Context) (string, error) {
					return "Ada", gencache.Depend(ctx, "of the name alone")
				})
				if err != nil {
					return "", err
				}
				return "by " + name, gencache.Depend(ctx, "author:id", gencache.Int("id", 7))
			})
			check(t, err)
			return value
		}
		for i, change := range []func() error{
			func() error { return nil },
			func() error { return cache.Invalidate(ctx, []string{"author:id"}, gencache.Int("id", 8)) },
			func() error { return cache.Invalidate(ctx, []string{"of the name alone"}) },
			func() error { return cache.Invalidate(ctx, []string{"author:id"}, gencache.Int("id", 7)) },
		} {
			check(t, change())
			if book() != "by Ada" || computations != 1+i/3 {
				t.Error(i, computations)
			}
		}
		for what, ctx := range map[string]context.Context{"ended": kept, "computation": ctx} {
			if err := gencache.Depend(ctx, "g"); !errors.Is(err, gencache.ErrArgument) || !strings.Contains(err.Error(), what) {
				t.Error(what, err)
			}
		}
		entry, err := gencache.Get[string](ctx, cache, []string{"entry"})
		check(t, err)
		check(t, entry.Depend(ctx, "late"))
		if err := entry.Depend(ctx, "late:x"); !errors.Is(err, gencache.ErrArgument) {
			t.Error(err)
		}
		fill(t, entry, "value")
		check(t, cache.Invalidate(ctx, []string{"late"}))
		entry, err = gencache.Get[string](ctx, cache, []string{"entry"})
		check(t, err)
		if entry.Generation() != "late" {
			t.Error(entry.Reason(), entry.Generation())
		}
	})
}
