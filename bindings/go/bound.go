package gencache

import (
	"context"
	"runtime"
	"sync"
	"unsafe"
)

// #include "shim.h"
import "C"

// Bound is a bound cache: it knows its generations, its parameters with their defaults, and its options. Arguments are
// given by name, or by position in the order of the parameters, as Part or Parts. May be used by any number of
// goroutines at once.
type Bound[T any] struct {
	cache   *Cache
	binding *binding
}

// Bind binds generations, parameters and options for values of type T. A parameter is Param("user_id"), or with a
// default Str("page", "home"); each argument that a generation names must be one.
func Bind[T any](c *Cache, generations []string, params Args, options ...Option) (*Bound[T], error) {
	b, err := bind(c, generations, params, options)
	if err != nil {
		return nil, err
	}
	return &Bound[T]{c, b}, nil
}

// Get is like the function Get.
func (b *Bound[T]) Get(ctx context.Context, args ...Argument) (*Entry[T], error) {
	return get[T](ctx, b.cache, b.binding, nil, args)
}

// GetMany is like the function GetMany.
func (b *Bound[T]) GetMany(ctx context.Context, calls []Args) ([]*Entry[T], error) {
	return getMany[T](ctx, b.cache, b.binding, nil, calls)
}

// Set is like the function Set. What the options leave out is as they were bound.
func (b *Bound[T]) Set(ctx context.Context, args Args, value T, options ...Option) error {
	return set(ctx, b.cache, b.binding, nil, args, value, options)
}

// Fetch is like the function Fetch. What the options leave out is as they were bound.
func (b *Bound[T]) Fetch(ctx context.Context, args Args, compute func(context.Context) (T, error),
	options ...Option) (T, error) {
	return valueOf(b.FetchEntry(ctx, args, compute, options...))
}

// FetchEntry is like the function FetchEntry. What the options leave out is as they were bound.
func (b *Bound[T]) FetchEntry(ctx context.Context, args Args, compute func(context.Context) (T, error),
	options ...Option) (*Entry[T], error) {
	return fetchEntry(ctx, b.cache, b.binding, nil, args, compute, options)
}

// FetchMany is like the function FetchMany. What the options leave out is as they were bound.
func (b *Bound[T]) FetchMany(ctx context.Context, calls []Args, compute func(context.Context, []*Gap[T]) error,
	options ...Option) ([]*Entry[T], error) {
	return fetchMany(ctx, b.cache, b.binding, nil, calls, compute, options)
}

// Delete is like Cache.Delete.
func (b *Bound[T]) Delete(ctx context.Context, args ...Argument) error {
	return b.cache.change(ctx, C.GCGO_DELETE, b.binding, nil, args)
}

// Invalidate invalidates those of its generations that the arguments given here name; without arguments, its static
// generations. Defaults are not used. It is ErrArgument if that is none; else see Cache.Invalidate.
func (b *Bound[T]) Invalidate(ctx context.Context, args ...Argument) error {
	return b.cache.change(ctx, C.GCGO_INVALIDATE, b.binding, nil, args)
}

// InvalidateSoft is like Invalidate, softly: see Cache.InvalidateSoft.
func (b *Bound[T]) InvalidateSoft(ctx context.Context, args ...Argument) error {
	return b.cache.change(ctx, C.GCGO_INVALIDATE_SOFT, b.binding, nil, args)
}

// binding is a gc_bound for each budget that is used, made when it is. Freed with the garbage.
type binding struct {
	cache   *Cache
	request []byte
	options settings
	line    line

	mutex   sync.RWMutex
	handles map[int]*C.gc_bound
}

func bind(c *Cache, generations []string, params Args, options []Option) (*binding, error) {
	request, _, err := appendRequest(nil, generations, params)
	if err != nil {
		return nil, err
	}
	b := &binding{cache: c, request: request, handles: map[int]*C.gc_bound{}}
	apply(&b.options, options)
	if err := c.gate.enter(context.Background()); err != nil {
		return nil, err
	}
	_, err = b.view(usualBudget)
	c.gate.leave()
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(b, (*binding).free)
	return b, nil
}

// view returns what is bound with a budget. To be called inside the gate.
func (b *binding) view(budget int) (*C.gc_bound, error) {
	b.mutex.RLock()
	handle := b.handles[budget]
	b.mutex.RUnlock()
	if handle != nil {
		return handle, nil
	}
	cache, err := b.cache.budgets.view(budget)
	if err != nil {
		return nil, err
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if handle := b.handles[budget]; handle != nil {
		return handle, nil
	}
	var failure *C.gc_error
	handle = C.gcgo_bind(cache, (*C.uint8_t)(unsafe.Pointer(&b.request[0])), &b.options, &failure)
	if handle == nil {
		if failure == nil {
			return nil, takeError(StatusMemory, nil)
		}
		return nil, takeError(Status(C.gc_error_status(failure)), failure)
	}
	b.handles[budget] = handle
	return handle, nil
}

func (b *binding) free() {
	for _, handle := range b.handles {
		C.gc_bound_free(handle)
	}
}

// bindingSettings are what calls on b have where their own options leave something out.
func bindingSettings(b *binding) settings {
	if b == nil {
		return settings{}
	}
	return b.options
}
