package gencache

import (
	"context"
	"runtime"
	"sync"
)

// #include "shim.h"
import "C"

// Batch collects invalidations and deletions, say while a database transaction is open, and sends them together when it
// is committed. Until then nothing is sent; what is cancelled, or never committed, is dropped. Its methods may be called
// by several goroutines; they take turns.
type Batch struct {
	cache  *Cache
	parent *Batch // kept alive: in C it must outlive this one
	mutex  sync.Mutex
	handle *C.gc_batch
}

// NewBatch begins a batch.
func NewBatch(c *Cache) (*Batch, error) { return newBatch(c, nil) }

// Batch begins a batch that is nested in this one: its commit hands over to this one, which sends nothing before its
// own.
func (b *Batch) Batch() (*Batch, error) { return newBatch(b.cache, b) }

func newBatch(c *Cache, parent *Batch) (*Batch, error) {
	if err := c.gate.enter(context.Background()); err != nil {
		return nil, err
	}
	defer c.gate.leave()
	var outer *C.gc_batch
	if parent != nil {
		outer = parent.handle
	}
	var failure *C.gc_error
	handle := C.gc_batch_new(c.budgets.base, outer, &failure)
	if handle == nil {
		return nil, takeError(Status(C.gc_error_status(failure)), failure)
	}
	b := &Batch{cache: c, parent: parent, handle: handle}
	runtime.SetFinalizer(b, func(b *Batch) { C.gc_batch_free(b.handle) })
	return b, nil
}

// Invalidate notes an invalidation; see Cache.Invalidate. The error is ErrArgument or ErrClosed.
func (b *Batch) Invalidate(generations []string, args ...Argument) error {
	return b.note(C.GCGO_INVALIDATE, generations, args)
}

// InvalidateSoft notes a soft invalidation; see Cache.InvalidateSoft.
func (b *Batch) InvalidateSoft(generations []string, args ...Argument) error {
	return b.note(C.GCGO_INVALIDATE_SOFT, generations, args)
}

// Delete notes a deletion; see Cache.Delete.
func (b *Batch) Delete(generations []string, args ...Argument) error {
	return b.note(C.GCGO_DELETE, generations, args)
}

func (b *Batch) note(change C.int, generations []string, args Args) error {
	k, err := newCall(generations, args)
	if err != nil {
		return err
	}
	defer k.free()
	return b.locked(context.Background(), func() error {
		C.gcgo_batch_change(change, b.handle, k.in(), &k.result)
		return k.done()
	})
}

// Commit sends what was noted, or hands it over to the batch that this one is nested in. The batch is empty afterwards
// and may be used again. After an error it keeps what was not acknowledged, and may be committed again.
//
// The invalidations go in one round trip to each server, soft ones after them, then the deletions one by one. All of it
// has the URL's timeout_ms, also where ctx ends before: ctx is only asked at the beginning.
func (b *Batch) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.locked(ctx, func() error {
		var failure *C.gc_error
		status := C.gc_batch_commit(b.handle, &failure)
		return takeError(Status(status), failure)
	})
}

// Cancel drops what was noted. The batch may be used again.
func (b *Batch) Cancel() {
	_ = b.locked(context.Background(), func() error {
		C.gc_batch_cancel(b.handle)
		return nil
	})
}

// locked calls body with this batch, and those that it is nested in, to itself.
func (b *Batch) locked(ctx context.Context, body func() error) error {
	for outer := b; outer != nil; outer = outer.parent {
		outer.mutex.Lock()
		defer outer.mutex.Unlock()
	}
	if err := b.cache.gate.enter(ctx); err != nil {
		return err
	}
	defer b.cache.gate.leave()
	return body()
}
