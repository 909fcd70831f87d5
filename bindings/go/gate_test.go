package gencache

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestGateLetsNoMoreInThanItsLimit(t *testing.T) {
	g := newGate(3)
	var inside, most atomic.Int64
	var done sync.WaitGroup
	for i := 0; i < 100; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for n := 0; n < 200; n++ {
				if err := g.enter(context.Background()); err != nil {
					t.Error(err)
					return
				}
				now := inside.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				inside.Add(-1)
				g.leave()
			}
		}()
	}
	done.Wait()
	if most.Load() > 3 {
		t.Errorf("%d were inside at once", most.Load())
	}
	if g.count.Load() != 0 || len(g.turns) != 0 {
		t.Errorf("count %d and %d turns are left", g.count.Load(), len(g.turns))
	}
}

// Those who give up at any moment take no room along, and leave none too much.
func TestGateKeepsItsLimitWhereOthersGiveUp(t *testing.T) {
	g := newGate(2)
	var inside atomic.Int64
	var done sync.WaitGroup
	for i := 0; i < 64; i++ {
		i := i
		done.Add(1)
		go func() {
			defer done.Done()
			for n := 0; n < 300; n++ {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i*n%50)*time.Microsecond)
				if g.enter(ctx) == nil {
					if inside.Add(1) > 2 {
						t.Error("more than two are inside")
					}
					inside.Add(-1)
					g.leave()
				}
				cancel()
			}
		}()
	}
	done.Wait()
	becomesEmpty(t, g)
}

func TestGateLetsGoWhoLosesItsTurn(t *testing.T) {
	g := afterALostTurn(t)
	g.leave()
	becomesEmpty(t, g)
}

func TestGateClosesAfterALostTurn(t *testing.T) {
	g := afterALostTurn(t)
	isClosed := make(chan struct{})
	go func() {
		g.close()
		close(isClosed)
	}()
	within(t, "it sends them away", func() { <-g.closing })
	g.leave()
	within(t, "it is closed", func() { <-isClosed })
}

// afterALostTurn returns a gate with one inside, who came last but took the turn of one who has given up meanwhile.
func afterALostTurn(t *testing.T) *gate {
	g := newGate(1)
	g.count.Add(1) // queues; who was inside has left, and is about to send the turn
	within(t, "it gives up", g.giveUp)
	g.count.Add(1) // comes, and takes the turn
	return g
}

// becomesEmpty waits until the turns of those who gave up have been passed on.
func becomesEmpty(t *testing.T, g *gate) {
	t.Helper()
	within(t, "nobody and no turn is left", func() {
		for g.count.Load() != 0 || len(g.turns) != 0 {
			time.Sleep(time.Millisecond)
		}
	})
}

func within(t *testing.T, what string, do func()) {
	t.Helper()
	isDone := make(chan struct{})
	go func() {
		defer close(isDone)
		do()
	}()
	select {
	case <-isDone:
	case <-time.After(10 * time.Second):
		t.Fatal("never: " + what)
	}
}

func TestGateClosesWhenThoseInsideHaveLeft(t *testing.T) {
	g := newGate(1)
	if err := g.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	queued := make(chan error)
	go func() { queued <- g.enter(context.Background()) }()
	isClosed := make(chan struct{})
	go func() {
		g.close()
		close(isClosed)
	}()
	if err := <-queued; !errors.Is(err, ErrClosed) {
		t.Errorf("who queued got %v", err)
	}
	select {
	case <-isClosed:
		t.Error("it closed around somebody")
	default:
	}
	g.leave()
	<-isClosed
	if err := g.enter(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("who came too late got %v", err)
	}
}

func TestGateClosesUnderLoad(t *testing.T) {
	for round := 0; round < 50; round++ {
		g := newGate(2)
		var inside atomic.Int64
		var done sync.WaitGroup
		for i := 0; i < 16; i++ {
			done.Add(1)
			go func() {
				defer done.Done()
				for {
					if err := g.enter(context.Background()); err != nil {
						return
					}
					inside.Add(1)
					inside.Add(-1)
					g.leave()
				}
			}()
		}
		g.close()
		if n := inside.Load(); n != 0 {
			t.Fatalf("%d are inside a closed gate", n)
		}
		done.Wait()
	}
}

func TestGateClosesWhileOthersGiveUp(t *testing.T) {
	const goroutines, calls = 8, 20
	for round := 0; round < 4*goroutines*calls; round++ {
		g := newGate(1)
		var begun atomic.Int64
		var done sync.WaitGroup
		for i := 0; i < goroutines; i++ {
			givesUp := i%2 == 0
			done.Add(1)
			go func() {
				defer done.Done()
				for n := 0; n < calls; n++ {
					begun.Add(1)
					ctx, cancel := context.WithCancel(context.Background())
					if givesUp {
						go cancel()
					}
					if g.enter(ctx) == nil {
						runtime.Gosched()
						g.leave()
					}
					cancel()
				}
			}()
		}
		for begun.Load() < int64(round/4) {
			runtime.Gosched()
		}
		within(t, "it is closed", g.close)
		within(t, "all have gone", done.Wait)
	}
}
