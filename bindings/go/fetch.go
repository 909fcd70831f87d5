package gencache

import (
	"context"
	"errors"
)

// #include "shim.h"
import "C"

// Fetch gets a value, or computes and stores it. Of all callers that miss one key at once, in any process on any host,
// one computes; the others wait for it, or take an old value where the options allow it (StaleFor).
//
//	html, err := gencache.Fetch(ctx, cache, page, gencache.Args{gencache.Int("user_id", 1)},
//		func(ctx context.Context) (string, error) { return render(ctx, 1) },
//		gencache.TTL(5*time.Minute))
//
// compute is called by the same goroutine, at most once; its context is for Depend. Its error comes out of Fetch as it
// is, unless an old value may stand in (FailSafe); so does a panic. Where a server is away or cannot store the value, it
// is the caller's all the same.
//
// A value of another type in the cache is computed anew and overwritten. Two programs that differ in the type so
// overwrite each other's values: give one of them another argument. A computation that fetches its own key waits for
// itself.
//
// Other errors are ErrArgument, ErrClosed and those of ctx.
func Fetch[T any](ctx context.Context, c *Cache, generations []string, args Args,
	compute func(context.Context) (T, error), options ...Option) (T, error) {
	return valueOf(FetchEntry(ctx, c, generations, args, compute, options...))
}

// FetchEntry is like Fetch, for those who want to know more about the value: whether it is stale, its age.
func FetchEntry[T any](ctx context.Context, c *Cache, generations []string, args Args,
	compute func(context.Context) (T, error), options ...Option) (*Entry[T], error) {
	return fetchEntry(ctx, c, nil, generations, args, compute, options)
}

func valueOf[T any](entry *Entry[T], err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return entry.value, nil
}

func fetchEntry[T any](ctx context.Context, c *Cache, b *binding, generations []string, args Args,
	compute func(context.Context) (T, error), options []Option) (*Entry[T], error) {
	q := question{binding: b, generations: generations, args: args}
	apply(&q.options, options)
	entry, err := fetchOnce(ctx, c, &q, compute)
	if errors.Is(err, errOtherType) {
		refresh(&q.options)
		entry, err = fetchOnce(ctx, c, &q, compute)
	}
	return entry, err
}

func refresh(s *settings) { apply(s, []Option{Refresh()}) }

// errOtherType is found in the ErrType of a cached value; one of the caller's computation is the caller's.
var errOtherType = errors.New("the value in the cache is of another type")

type otherTypeError struct{ error }

func (e otherTypeError) Unwrap() error { return e.error }

func (e otherTypeError) Is(target error) bool { return target == errOtherType }

func fetchOnce[T any](ctx context.Context, c *Cache, q *question, compute func(context.Context) (T, error)) (*Entry[T],
	error) {
	var computed T
	p := newPursuit(c, q)
	defer p.end()
	err := p.fetch(ctx, q, func(ctx context.Context) (stored Value, err error) {
		if computed, err = compute(ctx); err != nil {
			return stored, err
		}
		return encode(computed)
	})
	if err != nil {
		return nil, err
	}
	return fetchedEntry(&p, computed)
}

// fetchedEntry is the entry of a pursuit that has ended well; computed is the value if that is the caller's own.
func fetchedEntry[T any](p *pursuit, computed T) (*Entry[T], error) {
	e := &Entry[T]{outcome: p.found.outcome, hasValue: true}
	if p.isComputed {
		e.value = computed
		return e, nil
	}
	var err error
	if e.value, err = decode[T](p.found.value); err != nil {
		return nil, otherTypeError{err}
	}
	return e, nil
}
