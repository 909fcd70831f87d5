package gencache

import (
	"sync"
	"time"
)

// flights are the computations and the waits under way in this process, so that of all goroutines that want one key a
// single one asks the server, and nobody waits in C.
//
// A flight's leader computes the value, or asks for it again and again while another process does. It shares what comes
// of it with those who joined, under the rule of the library: a caller takes another one's value only if that one took
// its lease, or read, after the caller's own call began. Else there may have been an invalidation in between.
type flights struct {
	mutex sync.Mutex
	byKey map[string]*flight
}

type flight struct {
	landed chan struct{}
	nudge  chan struct{} // tells the leader that somebody who did not lead has just computed the value

	// After it has landed:
	began     time.Time // before the lease was taken, or the value read
	value     Value     // of TypeNone where there is none
	hasFailed bool
}

// join returns the flight of a key, and whether the caller is to lead it: then it must land it.
func (f *flights) join(key string) (*flight, bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known := f.byKey[key]; known != nil {
		return known, false
	}
	made := &flight{landed: make(chan struct{}), nudge: make(chan struct{}, 1), value: noValue}
	f.byKey[key] = made
	return made, true
}

// land ends a flight, after its leader has put the outcome into it.
func (f *flights) land(key string, landing *flight) {
	f.mutex.Lock()
	delete(f.byKey, key)
	f.mutex.Unlock()
	close(landing.landed)
}

// nudgeLeader has the leader of a key's flight, if there is one, ask at once.
func (f *flights) nudgeLeader(key string) {
	f.mutex.Lock()
	known := f.byKey[key]
	f.mutex.Unlock()
	if known == nil {
		return
	}
	select {
	case known.nudge <- struct{}{}:
	default:
	}
}
