package gencache

import (
	"context"
	"math/rand"
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
	patience time.Time // when to compute beside somebody else; zero until that is asked
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
	target, err := p.cache.enter(ctx, q.binding)
	if err != nil {
		k.free()
		return err
	}
	p.asked = time.Now()
	if p.began.IsZero() {
		p.began = p.asked
	}
	C.gcgo_begin(target, k.in(), &k.options, k.room(), copiedSize, &k.result)
	p.cache.gate.leave()
	runtime.KeepAlive(q.binding)
	return p.take(k)
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
	p.land(Value{Type: typeNone}, false)
	p.found.freeEntry()
	if p.call != nil {
		p.call.free()
		p.call = nil
	}
}

// --- Waiting

// await waits while somebody else computes. Of the goroutines that wait for one key a single one asks; the others follow.
func (p *pursuit) await(ctx context.Context) error {
	if p.found.status != StatusBusy {
		return nil
	}
	p.cache.tally.waits.Add(1)
	if p.patience.IsZero() {
		p.patience = p.began.Add(p.wait + time.Millisecond) // C counts from a moment later
	}
	for hasFollowed := false; p.found.status == StatusBusy; hasFollowed = true {
		var err error
		if p.join(p.found.key) {
			err = p.askOften(ctx, hasFollowed)
		} else {
			err = p.follow(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join tells whether the caller leads the flight of key. Else p.seat is somebody else's, until leaveSeat.
func (p *pursuit) join(key string) bool {
	var leads bool
	p.key = key
	p.seat, leads = p.cache.flights.join(key)
	return leads
}

// askOften asks until somebody has the value or the computation is the caller's. Then those who follow share the value;
// or wait on, for the computation.
func (p *pursuit) askOften(ctx context.Context, atOnce bool) error {
	start := time.Now()
	for p.found.status == StatusBusy {
		if !atOnce {
			if err := p.pause(ctx, time.Since(start)); err != nil {
				return err
			}
		}
		atOnce = false
		if err := p.ask(ctx); err != nil {
			return err
		}
	}
	if !p.hasTurn() {
		p.landFound()
	}
	return nil
}

// pause lasts an eighth of what has been waited, as in the protocol, or until somebody here has computed the value.
func (p *pursuit) pause(ctx context.Context, waited time.Duration) error {
	const shortest, longest = 2 * time.Millisecond, 250 * time.Millisecond
	pause := waited / 8
	if pause < shortest {
		pause = shortest
	} else if pause > longest {
		pause = longest
	}
	pause = time.Duration(float64(pause) * (0.75 + rand.Float64()/2))
	if left := time.Until(p.patience); left < pause {
		pause = left
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.seat.nudge:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// follow waits for the one who leads.
func (p *pursuit) follow(ctx context.Context) error {
	flight := p.seat
	p.seat = nil
	timer := time.NewTimer(time.Until(p.patience))
	defer timer.Stop()
	select {
	case <-flight.landed:
	case <-timer.C:
		return p.ask(ctx) // which gives us the turn, beside the other one
	case <-ctx.Done():
		return ctx.Err()
	}
	p.heardOfFailure = flight.hasFailed
	if flight.value.Type != typeNone && !flight.began.Before(p.began) {
		p.share(flight.value)
	}
	return nil
}

func (p *pursuit) share(value Value) {
	p.cache.tally.shared.Add(1)
	p.found.freeEntry()
	p.found = found{status: StatusOK, key: p.key, age: -1, remaining: -1, value: value}
}

// --- Computing

// takeSeat leads those who come while the caller computes, unless somebody is asking already.
func (p *pursuit) takeSeat() {
	if p.seat != nil {
		return
	}
	if !p.join(p.found.key) {
		p.seat = nil
	}
}

func (p *pursuit) compute(ctx context.Context, compute computation) error {
	p.takeSeat()
	l := p.lease()
	hasReturned := false
	defer func() {
		if !hasReturned { // but panics, or ends the goroutine
			p.found.entry = l.take()
			p.abandon()
		}
	}()
	value, err := compute(withLease(ctx, l))
	hasReturned = true
	p.found.entry = l.take()
	if err != nil {
		return p.fail(err)
	}
	return p.fill(value)
}

// lease hands the entry to a computation, until it is taken back.
func (p *pursuit) lease() *lease {
	l := newLease(p.cache, p.found.entry)
	p.found.entry = nil
	return l
}

// fill ends the computation. The value is the caller's, whether or not it could be stored.
func (p *pursuit) fill(value Value) error {
	k := pooledCalls.Get().(*call)
	defer k.free()
	entry := p.found.entry
	p.found.entry = nil
	if err := p.cache.gate.enter(context.Background()); err != nil {
		C.gc_entry_free(entry) // gives the lock back
	} else {
		k.options.given = 0
		C.gcgo_fill(entry, C.int32_t(value.Type), C.uint64_t(value.Bits), value.dataPointer(),
			C.size_t(len(value.Data)), &k.options, 1, &k.result)
		p.cache.gate.leave()
		if err := k.done(); Status(k.result.status) == StatusArgument {
			p.land(Value{Type: typeNone}, true)
			return err
		}
	}
	p.isComputed = true
	p.found.status, p.found.err, p.found.value = StatusOK, nil, value
	p.landFound()
	return nil
}

// fail ends the computation with its error, unless the options allow an old value.
func (p *pursuit) fail(err error) error {
	p.abandon()
	if p.found.hasValue() {
		return nil
	}
	return err
}

// abandon gives the computation up. There may be an old value then; if not, what is known of the miss stays.
func (p *pursuit) abandon() {
	miss := p.found
	if err := p.cache.gate.enter(context.Background()); err != nil {
		p.found.freeEntry()
	} else {
		k := pooledCalls.Get().(*call)
		C.gcgo_abandon(p.found.entry, k.room(), copiedSize, &k.result)
		p.cache.gate.leave()
		_ = p.take(k) // there is nothing that could be wrong with it
	}
	if !p.found.hasValue() {
		p.found.reason, p.found.generation, p.found.key = miss.reason, miss.generation, miss.key
	}
	p.land(Value{Type: typeNone}, true)
}

// landFound ends the flight that the caller leads with the value, unless that is an old one.
func (p *pursuit) landFound() {
	value := Value{Type: typeNone}
	if p.seat != nil && p.found.status == StatusOK {
		value = p.found.value.clone()
	}
	p.land(value, false)
}

func (p *pursuit) land(value Value, hasFailed bool) {
	if p.seat == nil {
		if p.isComputed || hasFailed {
			p.cache.flights.nudgeLeader(p.found.key)
		}
		return
	}
	p.seat.began, p.seat.value, p.seat.hasFailed = p.asked, value, hasFailed
	p.cache.flights.land(p.key, p.seat)
	p.seat = nil
}
