package gencache

import (
	"context"
	"runtime"
	"sync"
)

// #include "shim.h"
import "C"

// lease is the right to fill a miss.
type lease struct {
	cache *Cache
	mutex sync.Mutex
	entry *C.gc_entry // nil once it is over
}

// newLease takes over entry, which the garbage collector frees where it is never filled: that costs memory only.
func newLease(c *Cache, entry *C.gc_entry) *lease {
	if entry == nil {
		return nil
	}
	l := &lease{cache: c, entry: entry}
	runtime.SetFinalizer(l, func(l *lease) { C.gc_entry_free(l.entry) })
	return l
}

var errLeaseIsOver = argumentError("the computation has ended: its value can neither be filled nor depend on more")

func (l *lease) fill(ctx context.Context, value Value, options []Option) error {
	k := pooledCalls.Get().(*call)
	defer k.free()
	k.options.given = 0
	apply(&k.options, options)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.entry == nil {
		return errLeaseIsOver
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := l.cache.gate.enter(ctx); err != nil {
		return err
	}
	C.gcgo_fill(l.entry, C.int32_t(value.Type), C.uint64_t(value.Bits), value.dataPointer(), C.size_t(len(value.Data)),
		&k.options, 0, &k.result)
	l.cache.gate.leave()
	if Status(k.result.status) == StatusOK {
		l.forget()
	}
	return k.done()
}

// depend asks no context: a value that was stored without the generation would be found after its invalidation.
func (l *lease) depend(generation string, args Args) error {
	k, err := newCall([]string{generation}, args)
	if err != nil {
		return err
	}
	defer k.free()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.entry == nil {
		return errLeaseIsOver
	}
	if err := l.cache.gate.enter(context.Background()); err != nil {
		return err
	}
	C.gcgo_depend(l.entry, k.in(), &k.result)
	l.cache.gate.leave()
	return k.done()
}

// forget ends the lease; the entry is no longer its.
func (l *lease) forget() {
	l.entry = nil
	runtime.SetFinalizer(l, nil)
}

// take ends the lease and returns the entry; nil if it is over.
func (l *lease) take() *C.gc_entry {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	entry := l.entry
	l.forget()
	return entry
}
