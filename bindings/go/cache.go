package gencache

import (
	"context"
	"hash/maphash"
	"os"
	"runtime"
	"runtime/cgo"
	"strings"
	"sync"
	"unsafe"
)

// #include <stdlib.h>
// #include "shim.h"
import "C"

// Cache is a namespace on a pool of memcached servers, or in this process. Its methods, and the functions that take one,
// may be called by any number of goroutines at once.
type Cache struct {
	url     string
	budgets budgets
	gate    *gate
	lines   lines
	flights flights
	tally   tally
	log     cgo.Handle
	closing sync.Once
	late    sync.RWMutex // of those who come when the gate is closed, and the log
}

// OpenOption is an option of Open.
type OpenOption func(*opening)

type opening struct {
	maxCalls int
	level    Level
	log      logFunc
}

const defaultMaxCalls = 64

// MaxCalls sets how many goroutines may be in C at once, by default 64; each holds an OS thread there. The others queue
// in Go, and the budget of a call counts from when it is let in; those that wait for somebody else's computation do not
// count.
//
// It is a bound on threads more than on speed: reads that come together share a call anyway, and eight calls of others
// at once are as fast as 64 where servers answer. But those of a server that does not answer keep their room until
// their timeout, so leave some for the others. More than the URL's connections for each server gains nothing.
func MaxCalls(n int) OpenOption { return func(o *opening) { o.maxCalls = n } }

// Open opens a cache: "memory://?capacity=64MB", "memcached://h1:11211,h2:11212/?prefix=shop&ttl=3600" or
// "memcached+unix:///run/memcached.sock?prefix=shop". Host names are resolved; nothing is connected yet (see Ping). The
// error is ErrArgument if it is no good URL.
func Open(url string, options ...OpenOption) (*Cache, error) {
	o := opening{maxCalls: defaultMaxCalls}
	for _, option := range options {
		option(&o)
	}
	if o.maxCalls < 1 {
		return nil, argumentError("MaxCalls is %d, but takes at least 1", o.maxCalls)
	}
	if strings.IndexByte(url, 0) >= 0 {
		return nil, argumentError("url holds a NUL")
	}
	text := C.CString(url)
	defer C.free(unsafe.Pointer(text))
	var failure *C.gc_error
	handle := C.gc_open(text, &failure)
	if handle == nil {
		return nil, takeError(Status(C.gc_error_status(failure)), failure)
	}
	c := &Cache{
		url:     url,
		budgets: budgets{base: handle, usual: usualTimeout(url)},
		gate:    newGate(o.maxCalls),
		lines:   lines{seed: maphash.MakeSeed()},
		flights: flights{byKey: map[string]*flight{}},
	}
	c.startLog(&o)
	return c, nil
}

// OpenDefault opens $GENCACHE_URL, or memory:// where that is not set or empty.
func OpenDefault(options ...OpenOption) (*Cache, error) {
	url := os.Getenv("GENCACHE_URL")
	if url == "" {
		url = "memory://"
	}
	return Open(url, options...)
}

// String returns the URL.
func (c *Cache) String() string { return c.url }

// Close closes the cache, once the calls that are in C have come back. Whatever is called afterwards, on the cache, its
// entries, bound caches and batches, is ErrClosed; but a computation that is under way still gives its value to its
// caller. To close it again does nothing. The error is always nil.
func (c *Cache) Close() error {
	c.closing.Do(func() {
		c.gate.close()
		c.late.Lock()
		defer c.late.Unlock()
		c.stopLog()
		c.budgets.close()
	})
	return nil
}

// freeWhenClosed frees the entry of a computation that has outlived the cache, which gives its fill lock back.
func (c *Cache) freeWhenClosed(entry *C.gc_entry) {
	c.late.RLock()
	defer c.late.RUnlock()
	C.gc_entry_free(entry)
}

// enter lets the caller into C, to be ended by c.gate.leave, and returns the cache, or what is bound on it, with the
// budget that the context leaves.
func (c *Cache) enter(ctx context.Context, b *binding) (C.gcgo_target, error) {
	if err := ctx.Err(); err != nil { // a nil context panics here, and not inside
		return C.gcgo_target{}, err
	}
	if err := c.gate.enter(ctx); err != nil {
		return C.gcgo_target{}, err
	}
	target, err := c.target(ctx, b)
	if err != nil {
		c.gate.leave()
	}
	return target, err
}

func (c *Cache) target(ctx context.Context, b *binding) (target C.gcgo_target, err error) {
	budget, err := c.budgets.pick(ctx)
	if err != nil {
		return target, err
	}
	if b == nil {
		target.cache, err = c.budgets.view(budget)
	} else {
		target.bound, err = b.view(budget)
	}
	return target, err
}

// Ping asks every server for an answer, and delivers what a server missed while it was away. ErrUnavailable names the
// servers that did not answer.
func (c *Cache) Ping(ctx context.Context) error {
	return c.whole(ctx, func(handle *C.gc_cache, err **C.gc_error) C.gc_status { return C.gc_ping(handle, err) })
}

// Clear invalidates everything in the namespace, with the promise of Invalidate. Other namespaces on the same servers
// are not touched.
func (c *Cache) Clear(ctx context.Context) error {
	return c.whole(ctx, func(handle *C.gc_cache, err **C.gc_error) C.gc_status { return C.gc_clear(handle, err) })
}

func (c *Cache) whole(ctx context.Context, call func(*C.gc_cache, **C.gc_error) C.gc_status) error {
	target, err := c.enter(ctx, nil)
	if err != nil {
		return err
	}
	defer c.gate.leave()
	var failure *C.gc_error
	status := call(target.cache, &failure)
	return takeError(Status(status), failure)
}

// Invalidate invalidates generations: everything that depends on one of them is a miss, however much it is. Once it has
// returned nil, no read that begins afterwards returns a value whose computation began before.
//
// After ErrUnavailable and ErrRefused, of which the message names the servers, and after an error of ctx some server may
// still hold old values: call again until it is nil. This cache does not read from those servers before it has delivered
// the invalidation, but another process may. Arguments that no generation names are ignored.
func (c *Cache) Invalidate(ctx context.Context, generations []string, args ...Argument) error {
	return c.change(ctx, C.GCGO_INVALIDATE, nil, generations, args)
}

// InvalidateSoft is like Invalidate, but what depends on the generations may still be served as stale to those calls
// that allow it, by StaleFor and FailSafe. It takes more round trips.
func (c *Cache) InvalidateSoft(ctx context.Context, generations []string, args ...Argument) error {
	return c.change(ctx, C.GCGO_INVALIDATE_SOFT, nil, generations, args)
}

// Delete deletes one value, whether or not it is there. What depends on the same generations stays.
func (c *Cache) Delete(ctx context.Context, generations []string, args ...Argument) error {
	return c.change(ctx, C.GCGO_DELETE, nil, generations, args)
}

func (c *Cache) change(ctx context.Context, change C.int, b *binding, generations []string, args Args) error {
	k, err := newCall(generations, args)
	if err != nil {
		return err
	}
	defer k.free()
	target, err := c.enter(ctx, b)
	if err != nil {
		return err
	}
	C.gcgo_change(change, target, k.in(), &k.result)
	c.gate.leave()
	runtime.KeepAlive(b)
	return k.done()
}

// Key returns the readable key of a call, without asking a server.
func (c *Cache) Key(generations []string, args ...Argument) (string, error) {
	return c.text(context.Background(), C.GCGO_KEY, generations, args)
}

// Explain tells what a read would find, for people: the key, the server, each generation with its stored and its current
// stamp, the verdict. It changes nothing.
func (c *Cache) Explain(ctx context.Context, generations []string, args ...Argument) (string, error) {
	return c.text(ctx, C.GCGO_EXPLAIN, generations, args)
}

func (c *Cache) text(ctx context.Context, which C.int, generations []string, args Args) (string, error) {
	k, err := newCall(generations, args)
	if err != nil {
		return "", err
	}
	defer k.free()
	target, err := c.enter(ctx, nil)
	if err != nil {
		return "", err
	}
	C.gcgo_text(which, target.cache, k.in(), &k.result)
	c.gate.leave()
	return takeString(k.result.text), k.done()
}

func takeString(text *C.char) string {
	defer C.gc_string_free(text)
	return C.GoString(text)
}

// LibraryVersion returns the version of the loaded libgencache.
func LibraryVersion() string { return C.GoString(C.gc_version()) }
