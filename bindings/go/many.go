package gencache

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// #include "shim.h"
import "C"

// GetMany reads many values that depend on the same generations, in one round trip: one request to each server
// involved, all servers at once. calls has the arguments of each value; see Each. It returns an entry for each, in their
// order; a miss is as with Get. For lists of ten or a hundred, not for thousands: the whole has one timeout.
func GetMany[T any](ctx context.Context, c *Cache, generations []string, calls []Args) ([]*Entry[T], error) {
	return getMany[T](ctx, c, nil, generations, calls)
}

func getMany[T any](ctx context.Context, c *Cache, b *binding, generations []string, calls []Args) ([]*Entry[T], error) {
	many, err := c.getMany(ctx, b, generations, calls, nil)
	if err != nil {
		return nil, err
	}
	defer many.free()
	keys := many.keys()
	all := make([]Entry[T], len(calls)) // in one piece
	entries := make([]*Entry[T], len(calls))
	for i := range entries {
		f := many.take(i, keys[i])
		if err := all[i].take(c, &f); err != nil {
			return nil, err
		}
		entries[i] = &all[i]
	}
	return entries, nil
}

// manyFound is what gc_get_many or gc_begin_many has found, in the memory of C.
type manyFound []C.gcgo_result

// getMany reads many values; or begins them, where there are options.
func (c *Cache) getMany(ctx context.Context, b *binding, generations []string, calls []Args,
	options *settings) (manyFound, error) {
	if len(calls) == 0 {
		return nil, ctx.Err()
	}
	k, err := newCall(generations, calls...)
	if err != nil {
		return nil, err
	}
	defer k.free()
	return c.askMany(ctx, b, k, len(calls), options)
}

// askMany is getMany of what the request of k asks for, which has n calls.
func (c *Cache) askMany(ctx context.Context, b *binding, k *call, n int, options *settings) (manyFound, error) {
	target, err := c.enter(ctx, b)
	if err != nil {
		return nil, err
	}
	results := C.gcgo_many(target, k.in(), C.size_t(n), options, &k.result)
	c.gate.leave()
	runtime.KeepAlive(b)
	c.lines.note(Status(k.result.status))
	var many manyFound
	if results != nil {
		many = unsafe.Slice(results, n)
	}
	if err := k.done(); err != nil && !Status(k.result.status).isOnlyAMiss() {
		many.free()
		return nil, err
	}
	return many, nil
}

// keys are those of all results, in one piece of memory.
func (m manyFound) keys() []string {
	size := 0
	for i := range m {
		size += int(m[i].key_size)
	}
	var all strings.Builder
	all.Grow(size)
	keys := make([]string, len(m))
	for i := range m {
		start := all.Len()
		all.Write(bytesAt(m[i].key, int(m[i].key_size)))
		keys[i] = all.String()[start:]
	}
	return keys
}

// take returns what was found of number i, whose key is given. The entry of a miss is the caller's; that of a value is
// freed with the others.
func (m manyFound) take(i int, key string) found {
	f := takeButKey(&m[i])
	f.key = key
	if f.hasValue() {
		f.entry = nil
	} else {
		m[i].entry = nil
	}
	return f
}

func (m manyFound) free() {
	if m != nil {
		C.gcgo_free_many(&m[0], C.size_t(len(m)))
	}
}

// Gap is one of the values that FetchMany has to compute. Different gaps may be filled by different goroutines.
type Gap[T any] struct {
	index   int
	mutex   sync.Mutex // of a goroutine that fills, and of the end of the computation
	pursuit pursuit
	lease   *lease
	value   T
}

// Index tells which of the calls the gap belongs to, from 0.
func (g *Gap[T]) Index() int { return g.index }

// Fill stores the value. It is the caller's of FetchMany, whether or not it could be stored. The error is ErrArgument
// where it cannot be stored at all, or where the gap has been filled or the computation has ended.
func (g *Gap[T]) Fill(value T) error {
	stored, err := encode(value)
	if err != nil {
		return err
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	entry := g.lease.take()
	if entry == nil {
		return errLeaseIsOver
	}
	g.pursuit.found.entry = entry
	g.value = value
	return g.pursuit.fill(stored)
}

// Depend makes the value depend on one more generation; see the function Depend.
func (g *Gap[T]) Depend(_ context.Context, generation string, args ...Argument) error {
	return g.lease.depend(generation, args)
}

// FetchMany gets many values, and computes those that are missing by one call of compute, so it can be one query.
//
//	users, err := gencache.FetchMany(ctx, cache, []string{"user:id"}, gencache.Each("id", ids),
//		func(ctx context.Context, gaps []*gencache.Gap[User]) error {
//			for _, gap := range gaps {
//				gap.Fill(load(ids[gap.Index()]))
//			}
//			return nil
//		})
//
// compute may leave gaps: their entries are misses. What somebody else computes is waited for; where that fails, compute
// is called again for it. It returns an entry for each call, in their order. The error is that of compute, where some
// entries are without a value because of it: the entries are there all the same. With any other error there are none.
//
// What is there takes one round trip together, and what is missing one more together. Then each value that is computed
// takes two: to store it, and to let those who wait for it go on.
func FetchMany[T any](ctx context.Context, c *Cache, generations []string, calls []Args,
	compute func(context.Context, []*Gap[T]) error, options ...Option) ([]*Entry[T], error) {
	return fetchMany(ctx, c, nil, generations, calls, compute, options)
}
