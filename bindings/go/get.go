package gencache

import (
	"context"
	"runtime"
)

// #include "shim.h"
import "C"

// Get reads a value: one round trip, to one server. It never waits, never computes and never returns an old value.
//
// A miss is no error but an entry without a value, to be filled by Entry.Fill. Where the server could not be asked it is
// a miss too, of ReasonUnavailable, which cannot be filled. The errors are ErrArgument, ErrType if the value is no T,
// ErrClosed, and those of ctx.
func Get[T any](ctx context.Context, c *Cache, generations []string, args ...Argument) (*Entry[T], error) {
	return get[T](ctx, c, nil, generations, args)
}

func get[T any](ctx context.Context, c *Cache, b *binding, generations []string, args Args) (*Entry[T], error) {
	k, err := newCall(generations, args)
	if err != nil {
		return nil, err
	}
	defer k.free()
	f, err := c.get(ctx, b, k)
	if err != nil {
		return nil, err
	}
	return entryOf[T](c, &f)
}

func (c *Cache) get(ctx context.Context, b *binding, k *call) (found, error) {
	l, isRead, err := c.readTogether(ctx, b, k)
	if err != nil {
		return found{}, err
	}
	if !isRead {
		err = c.getAlone(ctx, b, k)
		l.leave()
		if err != nil {
			return found{}, err
		}
	}
	return takeFound(&k.result, k.buffer[:]), nil
}

func (c *Cache) getAlone(ctx context.Context, b *binding, k *call) error {
	target, err := c.enter(ctx, b)
	if err != nil {
		return err
	}
	C.gcgo_get(target, k.in(), k.room(), copiedSize, &k.result)
	c.gate.leave()
	runtime.KeepAlive(b)
	c.lines.note(Status(k.result.status))
	return nil
}

// Set stores a value that was not preceded by a miss. An invalidation between the moment the value was computed and this
// call goes unnoticed: prefer Get with Entry.Fill, or Fetch. After an error it may or may not be stored, and an older
// value may be left.
func Set[T any](ctx context.Context, c *Cache, generations []string, args Args, value T, options ...Option) error {
	return set(ctx, c, nil, generations, args, value, options)
}

func set[T any](ctx context.Context, c *Cache, b *binding, generations []string, args Args, value T,
	options []Option) error {
	stored, err := encode(value)
	if err != nil {
		return err
	}
	k, err := newCall(generations, args)
	if err != nil {
		return err
	}
	defer k.free()
	apply(&k.options, options)
	target, err := c.enter(ctx, b)
	if err != nil {
		return err
	}
	C.gcgo_set(target, k.in(), C.int32_t(stored.Type), C.uint64_t(stored.Bits), stored.dataPointer(),
		C.size_t(len(stored.Data)), &k.options, &k.result)
	c.gate.leave()
	runtime.KeepAlive(b)
	return k.done()
}
