package gencache

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"time"
)

// line has reads of the same generations travel together: those that come while one is about to go, or while all places
// are taken, are sent as one gc_get_many. A call of C costs a switch of threads and a round trip; so many goroutines
// share that of one. Who finds a place and has no company goes at once.
//
// The promise of Invalidate holds, since the request of a group is sent after each of its members has called.
type line struct {
	mutex      sync.Mutex
	places     int      // that are taken
	open       *group   // may still be joined
	waiting    []*group // for a place, first come, first served
	patience   *time.Timer
	most       int  // in a group, by the size of the values; 0: not known yet
	hasCompany bool // who went last was not alone: so the next lets the others come along
	solos      uint // how many went at once
	isSlow     bool // somebody has waited for too long, and no place was left since: nobody waits
}

const (
	placesInLine = 4
	firstMost    = 10               // in a group, as long as the size of values is not known
	mostTogether = 100              // in a group
	mostBytes    = 1 << 20          // of the values of a group, about
	solosInARow  = 16               // then one looks for company: while one is in C, the others may not even get to run
	linePatience = time.Millisecond // how long no place may be left, until those who wait go alone
)

// group is what travels together. Its first member leads, once it has a place.
type group struct {
	members     []*call
	hasLeader   bool
	hasDeparted bool // or is dissolved: nobody can leave it any more
}

// turn is what a read is to do.
type turn int

const (
	turnAlone turn = iota // read by itself, as if there was no line
	turnFirst             // the same, and then leave its place
	turnLead              // depart with its group, read for all, leave its place
	turnDone              // nothing: somebody has read for it
)

// enter returns the caller's turn; or the context's error, where that ended while it waited.
func (l *line) enter(ctx context.Context, k *call) (turn, error) {
	l.mutex.Lock()
	if l.open != nil && l.isFull() {
		l.open = nil
	}
	switch {
	case l.isSlow || (l.open != nil && !l.open.fits(k)):
		l.mutex.Unlock()
		return turnAlone, nil
	case l.open != nil:
		l.join(k)
	case l.places == placesInLine:
		l.queue(k)
	default:
		return l.start(k), nil
	}
	l.mutex.Unlock()
	return l.wait(ctx, k)
}

// Different generations may share a line.
func (g *group) fits(k *call) bool { return bytes.Equal(g.members[0].generations(), k.generations()) }

// isFull tells that nobody else fits into the open group.
func (l *line) isFull() bool {
	most := l.most
	if most == 0 {
		most = firstMost
	}
	return len(l.open.members) >= most
}

// learn takes note of how large the values of n reads were.
func (l *line) learn(n, bytes int) {
	if bytes == 0 {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.most = n * mostBytes / bytes
	if l.most > mostTogether {
		l.most = mostTogether
	} else if l.most < 2 {
		l.most = 2
	}
}

func (l *line) join(k *call) {
	k.group = l.open
	k.group.members = append(k.group.members, k)
}

// queue begins a group that waits for a place.
func (l *line) queue(k *call) {
	l.open = &group{}
	l.join(k)
	l.waiting = append(l.waiting, l.open)
	if len(l.waiting) > 1 {
		return
	}
	if l.patience == nil {
		l.patience = time.AfterFunc(linePatience, l.dissolve)
	} else {
		l.patience.Reset(linePatience)
	}
}

// start takes a place, and unlocks.
func (l *line) start(k *call) turn {
	l.places++
	if l.places == 1 && !l.hasCompany {
		if l.solos++; l.solos%solosInARow != 0 {
			l.mutex.Unlock()
			return turnFirst
		}
	}
	l.open = &group{hasLeader: true}
	l.join(k)
	l.mutex.Unlock()
	runtime.Gosched() // those who are ready to run may be about to come; where nobody is, it costs next to nothing
	return turnLead
}

func (l *line) wait(ctx context.Context, k *call) (turn, error) {
	select {
	case is := <-k.turn:
		return is, nil
	case <-ctx.Done():
		if l.giveUp(k) {
			return turnAlone, ctx.Err()
		}
		return <-k.turn, nil // its group is on its way, and reads into k
	}
}

// giveUp takes the caller out of its group, unless it leads it or that has departed.
func (l *line) giveUp(k *call) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	g := k.group
	if g.hasDeparted || (g.hasLeader && g.members[0] == k) {
		return false
	}
	g.members = without(g.members, k)
	if len(g.members) == 0 {
		l.waiting = without(l.waiting, g)
		l.close(g)
	}
	return true
}

func without[T comparable](list []T, one T) []T {
	kept := list[:0]
	for _, each := range list {
		if each != one {
			kept = append(kept, each)
		}
	}
	return kept
}

// close lets nobody join a group any more, or leave it.
func (l *line) close(g *group) {
	g.hasDeparted = true
	if l.open == g {
		l.open = nil
	}
}

// depart closes the group of the one who leads, and returns its members.
func (l *line) depart(k *call) []*call {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.close(k.group)
	l.hasCompany = len(k.group.members) > 1
	return k.group.members
}

// leave gives the caller's place to the group that has waited longest. Of no line, it does nothing.
func (l *line) leave() {
	if l == nil {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.isSlow = false
	if len(l.waiting) == 0 {
		l.places--
		return
	}
	next := l.waiting[0]
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
	if len(l.waiting) == 0 {
		l.patience.Stop()
	} else {
		l.patience.Reset(linePatience)
	}
	next.hasLeader = true
	next.members[0].turn <- turnLead
}

// dissolve sends everybody who waits alone: what takes the places may be reads of a server that is away, and there are
// others.
func (l *line) dissolve() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.waiting) == 0 { // they have just got places
		return
	}
	l.isSlow = true
	for _, g := range l.waiting {
		l.close(g)
		for _, member := range g.members {
			member.turn <- turnAlone
		}
	}
	l.waiting = nil
}
