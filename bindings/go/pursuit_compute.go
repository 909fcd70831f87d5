package gencache

import "context"

// #include "shim.h"
import "C"

// takeSeat leads those who come while the caller computes, unless somebody is asking already.
func (p *pursuit) takeSeat() {
	if p.seat == nil {
		p.join()
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
		p.cache.freeWhenClosed(entry)
	} else {
		k.options.given = 0
		C.gcgo_fill(entry, C.int32_t(value.Type), C.uint64_t(value.Bits), value.dataPointer(),
			C.size_t(len(value.Data)), &k.options, 1, &k.result)
		p.cache.gate.leave()
		if err := k.done(); Status(k.result.status) == StatusArgument {
			p.finish(noValue, true)
			return err
		}
	}
	p.isComputed = true
	p.found.status, p.found.err, p.found.value = StatusOK, nil, value
	p.finish(value.clone(), false)
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
		p.cache.freeWhenClosed(p.found.entry)
		p.found.entry = nil
	} else {
		k := pooledCalls.Get().(*call)
		C.gcgo_abandon(p.found.entry, k.room(), copiedSize, &k.result)
		p.cache.gate.leave()
		_ = p.take(k) // there is nothing that could be wrong with it
	}
	if !p.found.hasValue() {
		p.found.reason, p.found.generation, p.found.key = miss.reason, miss.generation, miss.key
	}
	p.finish(noValue, true)
}

// finish tells those who wait that the computation has ended.
func (p *pursuit) finish(value Value, hasFailed bool) {
	if p.seat == nil {
		p.cache.flights.nudgeLeader(p.found.key)
		return
	}
	p.land(value, hasFailed)
}

func (p *pursuit) land(value Value, hasFailed bool) {
	p.seat.began, p.seat.value, p.seat.hasFailed = p.asked, value, hasFailed
	p.cache.flights.land(p.key, p.seat)
	p.seat = nil
}
