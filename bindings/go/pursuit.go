package gencache

import (
	"context"
	"runtime"
	"time"
)

// #include "shim.h"
import "C"

// question is what a fetch asks for.
type question struct {
	binding     *binding // of a bound cache, where there are no generations
	generations []string
	args        Args
	options     settings
}

// computation gives the value in its stored form.
type computation func(context.Context) (Value, error)

// pursuit is one caller's way to a value that may have to be computed. C says at each step what is to be done (gc_begin);
// the waiting is done here, so that it holds no thread and ends with the caller's context.
type pursuit struct {
	cache    *Cache
	began    time.Time // the caller's call
	asked    time.Time // the last question to C
	patience time.Time // when to compute beside somebody else
	wait     time.Duration
	failSafe bool

	found          found
	call           *call // that the value is borrowed from
	seat           *flight
	key            string // of the seat
	isComputed     bool   // the value is the caller's own
	heardOfFailure bool   // of a computation that was waited for
}

func newPursuit(c *Cache, q *question) pursuit {
	merged := bindingSettings(q.binding)
	if q.options.given&C.GCGO_WAIT != 0 {
		merged.given |= C.GCGO_WAIT
		merged.wait_ms = q.options.wait_ms
	}
	if q.options.given&C.GCGO_FAIL_SAFE != 0 {
		merged.fail_safe_ms = q.options.fail_safe_ms
	}
	return pursuit{cache: c, wait: waitOf(&merged), failSafe: merged.fail_safe_ms > 0}
}

// fetch ends with a value in p.found, or an error.
func (p *pursuit) fetch(ctx context.Context, q *question, compute computation) error {
	if err := p.begin(ctx, q); err != nil {
		return err
	}
	if err := p.pursue(ctx, q); err != nil || !p.hasTurn() {
		return err
	}
	return p.compute(ctx, compute)
}

// pursue goes on until there is a value, or the computation is the caller's.
func (p *pursuit) pursue(ctx context.Context, q *question) error {
	for {
		if err := p.await(ctx); err != nil || !p.hasTurn() {
			return err
		}
		if !p.heardOfFailure || !p.failSafe {
			return nil
		}
		// Those who waited for a computation that failed need not all try it again: an old value may stand in.
		p.heardOfFailure = false
		p.abandon()
		if p.found.hasValue() {
			return nil
		}
		if err := p.begin(ctx, q); err != nil {
			return err
		}
	}
}

// hasTurn tells whether the computation is the caller's.
func (p *pursuit) hasTurn() bool {
	return p.found.status == StatusMiss || p.found.status.isOnlyAMiss()
}

func (p *pursuit) begin(ctx context.Context, q *question) error {
	k, err := newCall(q.generations, q.args)
	if err != nil {
		return err
	}
	k.options = q.options
	if !p.began.IsZero() || !q.takesAnyHit() {
		return p.beginAlone(ctx, q, k)
	}
	l, isRead, err := p.cache.readTogether(ctx, q.binding, k)
	defer l.leave()
	switch {
	case err != nil:
		k.free()
		return err
	case isRead && Status(k.result.status) == StatusOK:
		return p.take(k)
	case isRead: // a miss, of which gc_begin has more to say
		C.gc_entry_free(k.result.entry)
	}
	return p.beginAlone(ctx, q, k)
}

func (p *pursuit) beginAlone(ctx context.Context, q *question, k *call) error {
	target, err := p.cache.enter(ctx, q.binding)
	if err != nil {
		k.free()
		return err
	}
	p.asked = time.Now()
	p.patience = p.asked.Add(p.wait + time.Millisecond) // C counts from a moment later
	if p.began.IsZero() {
		p.began = p.asked
	}
	C.gcgo_begin(target, k.in(), &k.options, k.room(), copiedSize, &k.result)
	p.cache.gate.leave()
	runtime.KeepAlive(q.binding)
	p.cache.lines.note(Status(k.result.status))
	return p.take(k)
}

// takesAnyHit tells whether what gc_get calls a hit is one for this question, and a miss need not be told otherwise.
func (q *question) takesAnyHit() bool {
	bound := bindingSettings(q.binding)
	return (q.options.given|bound.given)&(C.GCGO_REFRESH|C.GCGO_BETA|C.GCGO_LOG_MISSES) == 0
}

// ask asks again for what somebody else computes.
func (p *pursuit) ask(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.cache.gate.enter(ctx); err != nil {
		return err
	}
	k := pooledCalls.Get().(*call)
	p.asked = time.Now()
	C.gcgo_wait(p.found.entry, k.room(), copiedSize, &k.result)
	p.cache.gate.leave()
	return p.take(k)
}

func (p *pursuit) take(k *call) error {
	p.found = takeFound(&k.result, k.buffer[:])
	if p.found.hasValue() {
		p.call = k
	} else {
		k.free()
	}
	if p.found.err != nil && !p.found.status.isOnlyAMiss() {
		return p.found.err
	}
	return nil
}

// end gives up what has not come to an end, and frees what the value is borrowed from.
func (p *pursuit) end() {
	if p.found.entry != nil && p.hasTurn() {
		p.abandon()
	}
	if p.seat != nil {
		p.land(noValue, false)
	}
	p.found.freeEntry()
	if p.call != nil {
		p.call.free()
		p.call = nil
	}
}
