package gencache

import (
	"math"
	"sync"
	"time"
	"unsafe"
)

// #cgo pkg-config: gencache
// #cgo CFLAGS: -std=c11
// #include "shim.h"
import "C"

// Values up to this size come out of C with the call that reads them, larger ones by a second one that frees them.
const copiedSize = 4096

// call is the memory of one call of C: what goes in and what comes out. Pooled, since what C is given escapes.
type call struct {
	request []byte
	ownPart int // where the request goes on behind the generations
	options settings
	result  C.gcgo_result
	buffer  [copiedSize]byte

	group *group    // of a read that travels with others; see line
	turn  chan turn // of one
}

var pooledCalls = sync.Pool{New: func() any { return &call{turn: make(chan turn, 1)} }}

// newCall returns a call with its request and without options, to be given back by free.
func newCall(generations []string, args ...Args) (*call, error) {
	k := pooledCalls.Get().(*call)
	var err error
	if k.request, k.ownPart, err = appendRequest(k.request[:0], generations, args...); err != nil {
		k.free()
		return nil, err
	}
	k.options.given = 0
	return k, nil
}

const keptRequest = 64 << 10

func (k *call) free() {
	if cap(k.request) > keptRequest {
		k.request = nil
	}
	k.group = nil
	pooledCalls.Put(k)
}

// generations are part of the request: equal for equal ones.
func (k *call) generations() []byte { return k.request[requestHead:k.ownPart] }

func (k *call) in() *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(&k.request[0])) }
func (k *call) room() *C.char  { return (*C.char)(unsafe.Pointer(&k.buffer)) }

// done returns the error of a call that has neither an entry nor a value.
func (k *call) done() error { return takeError(Status(k.result.status), k.result.error) }

// outcome is what a read tells beside the value.
type outcome struct {
	status     Status
	reason     Reason
	generation string
	key        string
	age        time.Duration // -1: none, as for remaining
	remaining  time.Duration
	err        error // of a read that failed
}

// found is what a read came to.
type found struct {
	outcome
	value Value       // of typeNone where there is none; borrowed, until the call or the entry is freed
	entry *C.gc_entry // nil where the value has been copied; owned
}

// takeFound takes what r tells, and with it the ownership of its entry and its error. copied is where C was given room
// for the value.
func takeFound(r *C.gcgo_result, copied []byte) found {
	f := takeButKey(r)
	size, keySize := int(r.size), int(r.key_size)
	switch {
	case r.is_copied != 0:
		f.value.Data = copied[:size]
		f.key = string(copied[size : size+keySize])
	case r.entry != nil:
		f.key = C.GoStringN(r.key, C.int(keySize))
	}
	return f
}

func takeButKey(r *C.gcgo_result) found {
	status := Status(r.status)
	f := found{
		outcome: outcome{
			status:    status,
			reason:    Reason(r.reason),
			age:       milliseconds(r.age_ms),
			remaining: milliseconds(r.remaining_ms),
			err:       takeError(status, r.error),
		},
		value: Value{Type: Type(r._type), Bits: uint64(r.bits)},
		entry: r.entry,
	}
	if r.data != nil {
		f.value.Data = bytesAt(r.data, int(r.size))
	}
	if r.entry != nil && f.reason != ReasonHit {
		f.generation = C.GoString(r.generation)
	}
	return f
}

// bytesAt borrows C's bytes.
func bytesAt(data *C.char, size int) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(data)), size) }

func (f *found) hasValue() bool { return f.value.Type != typeNone }

// freeEntry frees what the value is borrowed from.
func (f *found) freeEntry() {
	if f.entry != nil {
		C.gc_entry_free(f.entry)
		f.entry = nil
	}
}

// What no Duration can hold, the lifetime of another language's value, is the longest one.
func milliseconds(ms C.int64_t) time.Duration {
	switch {
	case ms < 0:
		return -1
	case ms > math.MaxInt64/C.int64_t(time.Millisecond):
		return math.MaxInt64
	}
	return time.Duration(ms) * time.Millisecond
}
