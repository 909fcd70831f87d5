package gencache

import (
	"context"
	"os"
)

// Wrapped is a function that remembers its results; what Wrap returns. May be used by any number of goroutines at once
// if the function may.
type Wrapped[A, R any] struct {
	cache    *Cache
	function func(context.Context, A) (R, error)
	plan     *wrapPlan
	bound    *Bound[R]
}

// Wrap makes a function remember its results.
//
//	type pageArgs struct {
//		UserID int    `gencache:"user_id"`
//		Page   string `gencache:"page"`
//		Trace  bool   `gencache:"-"` // makes no difference to the result
//	}
//	page, err := gencache.Wrap(cache, []string{"nav", "nav_portal:user_id"}, render, gencache.TTL(5*time.Minute))
//	…
//	html, err := page.Call(ctx, pageArgs{UserID: 1, Page: "home"}) // computed, then remembered
//	err = page.Invalidate(ctx, gencache.Int("user_id", 1))         // everything that depends on nav_portal:user_id=1
//
// A is a struct of the function's arguments. Each field is an argument, named by its tag or else as it is itself, and of
// a type that Arg takes; each argument that a generation names must be one.
//
// The key also holds the place of this call, module.function:line, so two functions with the same generations have
// different values, and a program in which lines have moved starts with new ones: see Place and Version. Functions that
// are wrapped at one line, by a helper or in a loop, share their values, whatever they have captured. The context
// that the function is called with is for Depend. How errors and panics come out is told at Fetch.
func Wrap[A, R any](c *Cache, generations []string, function func(context.Context, A) (R, error),
	options ...WrapOption) (*Wrapped[A, R], error) {
	plan := &wrapPlan{generations: append([]string{}, generations...), place: callerPlace(1)}
	for _, option := range options {
		option.applyToWrap(plan)
	}
	var zero A
	if err := plan.readFields(zero); err != nil {
		return nil, err
	}
	bound, err := Bind[R](c, generations, plan.params(), plan.options...)
	if err != nil {
		return nil, err
	}
	return &Wrapped[A, R]{c, function, plan, bound}, nil
}

// Call returns the result, remembered or computed.
func (w *Wrapped[A, R]) Call(ctx context.Context, args A) (R, error) {
	if w.plan.ignoresCache() {
		return w.function(withLease(ctx, nil), args)
	}
	return w.fetch(ctx, args, w.plan.options)
}

// Refresh computes the result anew and stores it, whatever is remembered.
func (w *Wrapped[A, R]) Refresh(ctx context.Context, args A) (R, error) {
	return w.fetch(ctx, args, append([]Option{Refresh()}, w.plan.options...))
}

func (w *Wrapped[A, R]) fetch(ctx context.Context, args A, options []Option) (R, error) {
	return valueOf(fetchEntry(ctx, w.cache, nil, w.plan.generations, w.plan.args(args),
		func(ctx context.Context) (R, error) { return w.function(ctx, args) }, options))
}

// Invalidate invalidates those of the function's generations that the arguments given here name; without arguments, its
// static ones. See Cache.Invalidate.
func (w *Wrapped[A, R]) Invalidate(ctx context.Context, args ...Argument) error {
	return w.bound.Invalidate(ctx, args...)
}

// InvalidateSoft is like Invalidate, softly: see Cache.InvalidateSoft.
func (w *Wrapped[A, R]) InvalidateSoft(ctx context.Context, args ...Argument) error {
	return w.bound.InvalidateSoft(ctx, args...)
}

// Delete deletes this one result.
func (w *Wrapped[A, R]) Delete(ctx context.Context, args A) error {
	return w.cache.Delete(ctx, w.plan.generations, w.plan.args(args)...)
}

// Key returns the readable key of this result; no server is asked.
func (w *Wrapped[A, R]) Key(args A) (string, error) {
	return w.cache.Key(w.plan.generations, w.plan.args(args)...)
}

// WrapOption is an option of Wrap: any Option, for all calls of the function, or one of those below.
type WrapOption interface{ applyToWrap(*wrapPlan) }

func (o Option) applyToWrap(plan *wrapPlan) { plan.options = append(plan.options, o) }

type wrapOption func(*wrapPlan)

func (o wrapOption) applyToWrap(plan *wrapPlan) { o(plan) }

// Version makes version a part of the key: a new version, new values.
func Version(version string) WrapOption {
	return wrapOption(func(plan *wrapPlan) { plan.version = version })
}

// Place sets the part of the key that tells where the function is wrapped; "" leaves it out, say for values that other
// programs shall find.
func Place(place string) WrapOption {
	return wrapOption(func(plan *wrapPlan) { plan.place = place })
}

// Exclude leaves arguments out of the key, as the tag "-" does.
func Exclude(names ...string) WrapOption {
	return wrapOption(func(plan *wrapPlan) { plan.exclude = append(plan.exclude, names...) })
}

// IgnoreIf is asked at each call: whether to compute without the cache.
func IgnoreIf(ignore func() bool) WrapOption {
	return wrapOption(func(plan *wrapPlan) { plan.ignoreIf = ignore })
}

// IgnoreLocally computes without the cache where $GENCACHE_LOCAL is set, and not to 0.
func IgnoreLocally() WrapOption {
	return wrapOption(func(plan *wrapPlan) {
		local := os.Getenv("GENCACHE_LOCAL")
		plan.ignore = local != "" && local != "0"
	})
}
