package main

import (
	"strings"
	"unsafe"
)

// #cgo pkg-config: libmemcached
// #include <stdlib.h>
// #include "reference.h"
import "C"

// reference reads items of one server, whose keys have one length.
type reference struct {
	handle *C.memcached_st
	keys   C.reference_keys
	next   int
}

func openReference(port uint16, names []string) *reference {
	r := &reference{handle: C.reference_open(C.uint16_t(port))}
	if r.handle == nil {
		panic("the reference cannot be opened")
	}
	r.keys = C.reference_keys{text: C.CString(strings.Join(names, "")), size: C.size_t(len(names[0])),
		count: C.size_t(len(names))}
	return r
}

func (r *reference) store() {
	for i := C.size_t(0); i < r.keys.count; i++ {
		key := (*C.char)(unsafe.Add(unsafe.Pointer(r.keys.text), i*r.keys.size))
		if C.reference_set(r.handle, key, r.keys.size, valueSize) != 0 {
			panic("the reference cannot store")
		}
	}
}

func (r *reference) hits(p plan) block {
	return r.timed(p, func(us *C.double) C.int {
		first := r.next
		r.next += p.warmUp + p.operations
		return C.reference_hits(r.handle, r.keys, C.size_t(first), valueSize, C.int(p.warmUp), C.int(p.operations), us)
	})
}

func (r *reference) mgets(p plan) block {
	return r.timed(p, func(us *C.double) C.int {
		return C.reference_mgets(r.handle, r.keys, valueSize, C.int(p.warmUp), C.int(p.operations), us)
	})
}

func (r *reference) timed(p plan, run func(us *C.double) C.int) block {
	us := make([]float64, p.operations)
	return func() float64 {
		if run((*C.double)(unsafe.Pointer(&us[0]))) != 0 {
			panic("the reference failed")
		}
		return quantile(us, 0.5)
	}
}

func (r *reference) close() {
	C.memcached_free(r.handle)
	C.free(unsafe.Pointer(r.keys.text))
}
