package gencache

import (
	"context"
	"math/rand"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Whoever comes, waits and gives up at whatever moment: each gets one turn, no place is lost, and none is one too many.
func TestALineKeepsItsPlaces(t *testing.T) {
	var l line
	var travelling atomic.Int64
	travel := func() {
		if n := travelling.Add(1); n > placesInLine {
			t.Errorf("%d travel at once", n)
		}
		runtime.Gosched()
		travelling.Add(-1)
	}
	var done sync.WaitGroup
	var turns [turnDone + 1]atomic.Int64
	for i := 0; i < 64; i++ {
		i := i
		done.Add(1)
		go func() {
			defer done.Done()
			random := rand.New(rand.NewSource(int64(i)))
			for n := 0; n < 500; n++ {
				k, err := newCall([]string{"g"}, Args{Int("i", int64(i))})
				if err != nil {
					t.Error(err)
					return
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.Intn(200))*time.Microsecond)
				is, err := l.enter(ctx, k)
				switch is {
				case turnFirst:
					travel()
					l.leave()
				case turnLead:
					members := l.depart(k)
					if members[0] != k {
						t.Error("who leads is not the first")
					}
					travel()
					for _, member := range members[1:] {
						member.turn <- turnDone
					}
					l.leave()
				}
				if err == nil {
					turns[is].Add(1)
				}
				cancel()
				k.free()
			}
		}()
	}
	done.Wait()
	if l.places != 0 || l.open != nil || len(l.waiting) != 0 {
		t.Errorf("%d places, %v and %v are left", l.places, l.open, l.waiting)
	}
	if turns[turnFirst].Load()+turns[turnLead].Load() == 0 || turns[turnDone].Load() == 0 {
		t.Errorf("turns: %d, %d, %d, %d", turns[0].Load(), turns[1].Load(), turns[2].Load(), turns[3].Load())
	}
}

func TestAGroupHasAMost(t *testing.T) {
	l := line{hasCompany: true, most: mostTogether}
	turns := make(chan turn, 1+mostTogether)
	enter := func() *call {
		k, err := newCall([]string{"g"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			is, _ := l.enter(context.Background(), k)
			turns <- is
		}()
		return k
	}
	first := enter()
	if is := <-turns; is != turnLead {
		t.Fatal(is)
	}
	for i := 0; i < mostTogether; i++ { // one too many
		enter()
	}
	if is := <-turns; is != turnLead {
		t.Error("who is one too many has the turn ", is)
	}
	members := l.depart(first)
	if len(members) != mostTogether || l.places != 2 || len(turns) != 0 {
		t.Errorf("%d are in the group, %d places are taken", len(members), l.places)
	}
	for _, member := range members[1:] {
		member.turn <- turnDone
		if is := <-turns; is != turnDone {
			t.Error(is)
		}
	}
}

func TestAGroupOfLargeValuesHasALowerMost(t *testing.T) {
	var l line
	for _, is := range []struct{ n, bytes, most int }{
		{10, 0, 0}, {10, 1000, mostTogether}, {10, mostBytes, 10}, {10, 0, 10}, {2, 2 * mostBytes, 2}, {50, 5000, mostTogether},
	} {
		l.learn(is.n, is.bytes)
		if l.most != is.most {
			t.Errorf("%d reads of %d bytes make the most %d", is.n, is.bytes, l.most)
		}
	}
}
