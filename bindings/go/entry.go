package gencache

import (
	"context"
	"errors"
	"time"
)

// #include "shim.h"
import "C"

// Reason tells why a read was no hit.
type Reason int32

// The reasons. Numbers never change.
const (
	ReasonHit          Reason = C.GC_REASON_HIT           // it was a hit
	ReasonAbsent       Reason = C.GC_REASON_ABSENT        // nothing is stored for the key
	ReasonExpired      Reason = C.GC_REASON_EXPIRED       // the value's lifetime is over
	ReasonInvalidated  Reason = C.GC_REASON_INVALIDATED   // a generation was invalidated, or lost by its server
	ReasonCleared      Reason = C.GC_REASON_CLEARED       // the namespace was cleared
	ReasonCorrupt      Reason = C.GC_REASON_CORRUPT       // what is stored is damaged
	ReasonOtherVersion Reason = C.GC_REASON_OTHER_VERSION // what is stored is of another version of gencache
	ReasonUnavailable  Reason = C.GC_REASON_UNAVAILABLE   // the server could not be asked
)

// String returns the reason's name: "absent", "invalidated".
func (r Reason) String() string { return C.GoString(C.gc_reason_name(C.int32_t(r))) }

// Entry is what a read found: a value, or a miss with its reason and its lease.
//
//	entry, err := gencache.Get[string](ctx, cache, page, gencache.Int("user_id", 1))
//	if err != nil {
//		return err
//	}
//	html, ok := entry.Value()
//	if !ok {
//		html = render(1)
//		_, err = entry.Fill(ctx, html)
//	}
//
// No invalidation gets lost between Get and Fill: what is invalidated meanwhile makes the filled value a miss. An entry
// may be read by several goroutines, but not while one fills it.
type Entry[T any] struct {
	outcome
	value    T
	hasValue bool
	isFilled bool
	lease    *lease // of a miss
}

// entryOf takes over what a read has found. A value of another type is ErrType.
func entryOf[T any](c *Cache, f *found) (*Entry[T], error) {
	e := new(Entry[T])
	if err := e.take(c, f); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Entry[T]) take(c *Cache, f *found) error {
	if f.err != nil && !f.status.isOnlyAMiss() {
		f.freeEntry()
		return f.err
	}
	e.outcome = f.outcome
	if !f.hasValue() {
		e.lease = newLease(c, f.entry)
		return nil
	}
	defer f.freeEntry() // also where a type's own UnmarshalJSON panics
	var err error
	e.value, err = decode[T](f.value)
	e.hasValue = err == nil
	return err
}

// Value returns the value, found or filled, and whether there is one. A cached "nothing" is a value.
func (e *Entry[T]) Value() (T, bool) { return e.value, e.hasValue }

// Err tells why there is no value: ErrMiss; or ErrUnavailable or ErrRefused, where the server could not be asked or
// cannot keep a stamp. Whichever it is, compute. Where there is a value it is nil; or after a Fill that has not stored
// it, why not.
func (e *Entry[T]) Err() error {
	if e.hasValue || e.err != nil {
		return e.err
	}
	return &Error{StatusMiss, e.String()}
}

// String tells what the read came to, for people: "hit", "miss: absent", "miss: invalidated nav_portal:user_id=1",
// "stale: expired".
func (e *Entry[T]) String() string {
	if e.reason == ReasonHit {
		return "hit"
	}
	what := "miss: "
	if e.IsStale() {
		what = "stale: "
	}
	if e.generation == "" {
		return what + e.reason.String()
	}
	return what + e.reason.String() + " " + e.generation
}

// Status returns StatusOK for a hit or what has been filled, StatusStale for an old value, StatusMiss, or the status of
// a read that failed.
func (e *Entry[T]) Status() Status { return e.status }

// IsStale tells whether the value is an old one, which the options allowed.
func (e *Entry[T]) IsStale() bool { return e.status == StatusStale }

// Reason tells why the read was no hit, or why the value is old.
func (e *Entry[T]) Reason() Reason { return e.reason }

// Generation returns the generation that caused the miss, as it stands in keys ("nav_portal:user_id=1"); "" where none
// did.
func (e *Entry[T]) Generation() string { return e.generation }

// Key returns the readable key.
func (e *Entry[T]) Key() string { return e.key }

// Age returns how long ago the value was stored, by this host's clock; false where the read found none.
func (e *Entry[T]) Age() (time.Duration, bool) { return e.age, e.age >= 0 }

// Remaining returns what was left of the value's lifetime when it was read; false where it has no end, or the read found
// none.
func (e *Entry[T]) Remaining() (time.Duration, bool) { return e.remaining, e.remaining >= 0 }

// Fill stores a value under the lease of a miss, and tells whether it has. What is stored is valid only if no generation
// was invalidated since the miss was read.
//
// Where a server is away or refuses it, or it is too large, the value is not stored. That costs a miss and is no error;
// Err tells why. The value is the entry's all the same, as it is where ctx has ended or the cache is closed. It is
// ErrArgument where the entry is no miss or has been filled, and where a value or an option is no good.
func (e *Entry[T]) Fill(ctx context.Context, value T, options ...Option) (stored bool, err error) {
	encoded, err := encode(value)
	if err != nil {
		return false, err
	}
	if e.lease == nil {
		return false, e.notAMiss()
	}
	err = e.lease.fill(ctx, encoded, options)
	if errors.Is(err, ErrArgument) || errors.Is(err, ErrMemory) {
		return false, err
	}
	e.value, e.hasValue, e.err = value, true, err
	switch {
	case err == nil:
		e.status, e.lease, e.isFilled = StatusOK, nil, true
		return true, nil
	case errors.Is(err, ErrUnavailable) || errors.Is(err, ErrRefused) || errors.Is(err, ErrTooLarge):
		return false, nil
	}
	return false, err
}

// Depend makes the value of a miss depend on one more generation, which turned up only while computing it. To be called
// before the source that the generation stands for is read. After an error the value cannot be stored any more, unless
// it is ErrArgument. Inside a computation of Fetch, use the function Depend, which also tells what the context does.
func (e *Entry[T]) Depend(_ context.Context, generation string, args ...Argument) error {
	if e.lease == nil {
		return e.notAMiss()
	}
	return e.lease.depend(generation, args)
}

func (e *Entry[T]) notAMiss() error {
	switch {
	case e.isFilled:
		return argumentError("entry has been filled already")
	case e.hasValue:
		return argumentError("entry is a hit: it carries no lease")
	}
	return argumentError("entry is of a computation that has ended")
}
