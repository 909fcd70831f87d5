package gencache

import "time"

// #include "shim.h"
import "C"

// Option says how a value is to be stored, or how it is to be computed. A number out of range is ErrArgument in the
// call that gets it. Times are rounded up to milliseconds.
type Option struct {
	kind   C.uint32_t
	number int64
	part   float64
}

// TTL sets the lifetime of the value; 0 means no end, less is ErrArgument. By default it is that of the bound cache, else
// the URL's ttl.
func TTL(lifetime time.Duration) Option { return timeOption(C.GCGO_TTL, lifetime) }

// NothingTTL sets the lifetime of "nothing", a value that is stored as null (of a row that does not exist, say). By
// default it lives as long as any other value.
func NothingTTL(lifetime time.Duration) Option { return timeOption(C.GCGO_NOTHING_TTL, lifetime) }

// Jitter shortens each lifetime by a random part, so that values stored together do not expire together. It is the most
// that is taken away, 0 (the default) to 1.
func Jitter(part float64) Option { return Option{kind: C.GCGO_JITTER, part: part} }

// StaleFor allows old values while another caller computes: how long after a value expired or was softly invalidated it
// may be served; by default not at all. Never after a hard invalidation. What is stored with it is kept so much longer.
func StaleFor(time time.Duration) Option { return timeOption(C.GCGO_STALE_FOR, time) }

// FailSafe allows old values where the computation fails: how long after a value expired or was softly invalidated it
// may be served; by default not at all. Never after a hard invalidation. What is stored with it is kept so much longer.
func FailSafe(time time.Duration) Option { return timeOption(C.GCGO_FAIL_SAFE, time) }

// Lock sets the lifetime of the fill lock, which lets one of all processes compute: 2 s to 1 h, by default 10 s, rounded
// up to whole seconds. Choose it a second longer than the longest computation.
func Lock(lifetime time.Duration) Option { return timeOption(C.GCGO_LOCK, lifetime) }

// Wait sets how long a call waits for somebody else's computation before it computes itself: 0 (not at all) to 1 h, by
// default 30 s. Choose it longer than Lock and a computation together.
func Wait(time time.Duration) Option { return timeOption(C.GCGO_WAIT, time) }

// Beta sets how early a value may be computed anew before it expires, 0 (the default, never) to 100; 1 is the optimum
// under load. For costly values with a lifetime that are read all the time.
func Beta(beta float64) Option { return Option{kind: C.GCGO_BETA, part: beta} }

// Refresh makes Fetch and FetchMany compute in any case, whatever is in the cache and whoever else computes.
func Refresh() Option { return Option{kind: C.GCGO_REFRESH, number: 1} }

// LogMisses tells the misses of Fetch and FetchMany, and of all reads of a bound cache, to the log at LevelInfo instead
// of LevelDebug.
func LogMisses() Option { return Option{kind: C.GCGO_LOG_MISSES, number: 1} }

// Away from 0, which is a lifetime without end; less than that is refused.
func timeOption(kind C.uint32_t, duration time.Duration) Option {
	ms := duration.Milliseconds()
	if rest := duration - time.Duration(ms)*time.Millisecond; rest > 0 {
		ms++
	} else if rest < 0 {
		ms--
	}
	return Option{kind: kind, number: ms}
}

// settings are the options of a call, flat as C takes them.
type settings = C.gcgo_options

// apply sets what the options say; later ones count.
func apply(s *settings, options []Option) {
	for _, o := range options {
		s.given |= o.kind
		number, part := C.int64_t(o.number), C.double(o.part)
		switch o.kind {
		case C.GCGO_TTL:
			s.ttl_ms = number
		case C.GCGO_NOTHING_TTL:
			s.nothing_ttl_ms = number
		case C.GCGO_JITTER:
			s.jitter = part
		case C.GCGO_STALE_FOR:
			s.stale_for_ms = number
		case C.GCGO_FAIL_SAFE:
			s.fail_safe_ms = number
		case C.GCGO_LOCK:
			s.lock_ms = number
		case C.GCGO_WAIT:
			s.wait_ms = number
		case C.GCGO_BETA:
			s.beta = part
		case C.GCGO_REFRESH:
			s.refresh = C.int32_t(o.number)
		case C.GCGO_LOG_MISSES:
			s.log_misses = C.int32_t(o.number)
		}
	}
}

const defaultWait = 30 * time.Second

func waitOf(s *settings) time.Duration {
	if s.given&C.GCGO_WAIT == 0 {
		return defaultWait
	}
	return time.Duration(s.wait_ms) * time.Millisecond
}
