package gencache

import (
	"context"
	"sync/atomic"
)

// gate lets a limited number of goroutines into C at once, since each holds an OS thread there; the others queue in Go.
// It also knows when the last of them has left, so that a cache can be closed.
//
// count is how many are inside or queue. Who comes finds out by adding to it whether there is room: mostly, that is all.
// Of those who queue, count-limit have no turn yet; the others find theirs in turns, or are about to.
type gate struct {
	limit   int64
	count   atomic.Int64
	turns   chan struct{}
	closing chan struct{}
	idle    chan struct{}
}

// closed is added to the count when the gate closes, and is more than there are goroutines.
const closed = 1 << 40

func newGate(limit int) *gate {
	return &gate{
		limit:   int64(limit),
		turns:   make(chan struct{}, limit),
		closing: make(chan struct{}),
		idle:    make(chan struct{}, 1),
	}
}

// enter returns when there is room; else ErrClosed or the context's error, and then there is no leave.
func (g *gate) enter(ctx context.Context) error {
	if g.count.Add(1) <= g.limit {
		return nil
	}
	select {
	case <-g.turns:
		if g.count.Load() < closed {
			return nil
		}
		g.leave()
		return ErrClosed
	case <-g.closing:
		g.leave()
		return ErrClosed
	case <-ctx.Done():
		g.giveUp()
		return ctx.Err()
	}
}

func (g *gate) leave() {
	n := g.count.Add(-1)
	switch {
	case n == closed:
		g.tellIdle()
	case n >= g.limit && n < closed:
		g.turns <- struct{}{} // never blocks: there are no more turns than limit
	}
}

// giveUp leaves the queue. Where all who queue have turns, it cannot do so at once; and cannot wait for a turn, since
// somebody who comes later may take it. So a goroutine stays in its place, to enter and leave at the next turn.
func (g *gate) giveUp() {
	for n := g.count.Load(); n > g.limit && n < closed; n = g.count.Load() {
		if g.count.CompareAndSwap(n, n-1) {
			return
		}
	}
	go func() {
		select {
		case <-g.turns:
		case <-g.closing:
		}
		g.leave()
	}()
}

// close sends those who queue away and waits for those inside. To be called once.
func (g *gate) close() {
	if g.count.Add(closed) == closed {
		g.tellIdle()
	}
	close(g.closing)
	<-g.idle
}

// tellIdle may be called again by who comes too late and leaves at once.
func (g *gate) tellIdle() {
	select {
	case g.idle <- struct{}{}:
	default:
	}
}
