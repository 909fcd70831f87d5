package gencache

import (
	"context"
	"sync/atomic"
	"time"
	"unsafe"
)

// #include "shim.h"
import "C"

// Stats is what a cache has done in this process since it was opened. Each number is exact; together they are no
// snapshot while calls are under way.
type Stats struct {
	Reads               map[Reason]uint64 // by their reason: Reads[ReasonHit] are the hits; of many at once each counts
	Fills               uint64            // values stored
	FillsFailed         uint64            // values that a server did not store, or that were too large
	FillsAlreadyInvalid uint64            // values that were invalidated while they were computed
	Computations        uint64            // computations that Fetch and FetchMany gave to their caller
	ComputationsFailed  uint64            // those that failed
	Waits               uint64            // calls that waited for somebody else's computation
	WaitsGivenUp        uint64            // calls that computed beside somebody else, since their Wait was over
	Shared              uint64            // values taken directly from another goroutine
	StaleServed         uint64            // old values served
	Invalidations       uint64            // calls that invalidated, Clear included
	InvalidationsFailed uint64            // those that not every server acknowledged
	ReadTime            Histogram         // of reads, without computations and waits; many at once are one
	ComputeTime         Histogram         // of computations
	InvalidateTime      Histogram         // of invalidations
	ServerErrors        []Count           // for each server of the URL, how many calls failed on it
	TopGenerations      []Count           // the generations that cause most misses; each number an upper bound
}

// Histogram tells how long calls took. Bucket i counts those below 2^i microseconds that no earlier one counts; the last
// one counts all the others too.
type Histogram struct {
	Buckets [C.GC_HISTOGRAM_BUCKETS]uint64
	Count   uint64
	Sum     time.Duration
}

// Count is how often something of a name happened.
type Count struct {
	Name  string
	Count uint64
}

// tally counts what C does not see: goroutines wait for each other in Go.
type tally struct {
	waits  atomic.Uint64
	shared atomic.Uint64
}

// Stats reads the counters.
func (c *Cache) Stats() (Stats, error) {
	if err := c.gate.enter(context.Background()); err != nil {
		return Stats{}, err
	}
	defer c.gate.leave()
	var from C.gc_stats
	var failure *C.gc_error
	status := C.gc_get_stats(c.budgets.base, &from, C.size_t(unsafe.Sizeof(from)), &failure)
	if err := takeError(Status(status), failure); err != nil {
		return Stats{}, err
	}
	s := c.statsOf(&from)
	var err error
	if s.ServerErrors, err = counts(func(i C.size_t, name **C.char, n *C.uint64_t, err **C.gc_error) C.gc_status {
		return C.gc_server_errors(c.budgets.base, i, name, n, err)
	}); err != nil {
		return Stats{}, err
	}
	s.TopGenerations, err = counts(func(i C.size_t, name **C.char, n *C.uint64_t, err **C.gc_error) C.gc_status {
		return C.gc_top_generation(c.budgets.base, i, name, n, err)
	})
	return s, err
}

func (c *Cache) statsOf(from *C.gc_stats) Stats {
	s := Stats{
		Reads:               map[Reason]uint64{},
		Fills:               uint64(from.fills),
		FillsFailed:         uint64(from.fills_failed),
		FillsAlreadyInvalid: uint64(from.fills_already_invalid),
		Computations:        uint64(from.computations),
		ComputationsFailed:  uint64(from.computations_failed),
		Waits:               uint64(from.waits) + c.tally.waits.Load(),
		WaitsGivenUp:        uint64(from.waits_given_up),
		Shared:              uint64(from.shared) + c.tally.shared.Load(),
		StaleServed:         uint64(from.stale_served),
		Invalidations:       uint64(from.invalidations),
		InvalidationsFailed: uint64(from.invalidations_failed),
		ReadTime:            histogramOf(&from.read_time),
		ComputeTime:         histogramOf(&from.compute_time),
		InvalidateTime:      histogramOf(&from.invalidate_time),
	}
	for reason, n := range from.reads {
		s.Reads[Reason(reason)] = uint64(n)
	}
	return s
}

func histogramOf(from *C.gc_histogram) Histogram {
	h := Histogram{Count: uint64(from.count), Sum: time.Duration(from.sum_us) * time.Microsecond}
	for i, n := range from.buckets {
		h.Buckets[i] = uint64(n)
	}
	return h
}

// counts asks for number 0, 1, … until there is none.
func counts(ask func(C.size_t, **C.char, *C.uint64_t, **C.gc_error) C.gc_status) ([]Count, error) {
	var all []Count
	for {
		var name *C.char
		var n C.uint64_t
		var failure *C.gc_error
		status := Status(ask(C.size_t(len(all)), &name, &n, &failure))
		if status != StatusOK {
			return all, takeError(status, failure)
		}
		all = append(all, Count{takeString(name), uint64(n)})
	}
}

// Metrics returns the counters and more as text for Prometheus (text exposition format 0.0.4). Waits and shared values
// of goroutines are in Stats only.
func (c *Cache) Metrics() (string, error) {
	if err := c.gate.enter(context.Background()); err != nil {
		return "", err
	}
	defer c.gate.leave()
	var text *C.char
	var failure *C.gc_error
	status := C.gc_metrics(c.budgets.base, &text, &failure)
	return takeString(text), takeError(Status(status), failure)
}
