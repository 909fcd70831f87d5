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
	enter := func() (*call, chan turn) {
		k, err := newCall([]string{"g"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		is := make(chan turn, 1)
		go func() {
			got, _ := l.enter(context.Background(), k)
			is <- got
		}()
		return k, is
	}
	first, is := enter()
	if got := <-is; got != turnLead {
		t.Fatal(got)
	}
	others := make([]chan turn, mostTogether)
	for i := range others {
		_, others[i] = enter()
	}
	leaders := 0
	for _, is := range others {
		soon(t, "it has joined or leads", func() bool {
			l.mutex.Lock()
			defer l.mutex.Unlock()
			return len(first.group.members) == mostTogether && l.places == 2
		})
		select {
		case got := <-is:
			if got != turnLead {
				t.Error(got)
			}
			leaders++
		default:
		}
	}
	if leaders != 1 {
		t.Errorf("%d lead the second group", leaders)
	}
	for _, member := range l.depart(first)[1:] {
		member.turn <- turnDone
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
