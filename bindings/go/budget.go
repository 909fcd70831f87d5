package gencache

import (
	"context"
	"math/bits"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"
)

// #include "shim.h"
import "C"

// budgets are the views of a cache that have another budget than the URL gives: for contexts whose deadline is near.
// What is left is rounded down to five significant bits, so there are never many of them.
type budgets struct {
	base  *C.gc_cache
	usual time.Duration // the URL's timeout_ms; 0 where a call asks no server
	views [numBudgets]unsafe.Pointer
}

const (
	usualBudget = 0
	numBudgets  = 256
)

// pick returns the budget for a call that begins now, or why it should not begin at all.
func (b *budgets) pick(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	deadline, ok := ctx.Deadline()
	if !ok || b.usual == 0 {
		return usualBudget, nil
	}
	left := time.Until(deadline)
	if left >= b.usual {
		return usualBudget, nil
	}
	if left < time.Millisecond {
		return 0, context.DeadlineExceeded
	}
	budget, _ := roundedBudget(uint64(left.Milliseconds()))
	return budget, nil
}

// roundedBudget returns the number of the largest budget that is not above ms, and its milliseconds.
func roundedBudget(ms uint64) (budget int, rounded uint64) {
	shift := bits.Len64(ms) - 5
	if shift <= 0 {
		return int(ms), ms
	}
	return shift*16 + int(ms>>shift), ms >> shift << shift
}

// millisecondsOf is the inverse of roundedBudget.
func millisecondsOf(budget int) int64 {
	if budget < 32 {
		return int64(budget)
	}
	shift := budget/16 - 1
	return int64(budget-shift*16) << shift
}

// view returns the cache with a budget. Kept until the cache is closed.
func (b *budgets) view(budget int) (*C.gc_cache, error) {
	if budget == usualBudget {
		return b.base, nil
	}
	if known := atomic.LoadPointer(&b.views[budget]); known != nil {
		return (*C.gc_cache)(known), nil
	}
	var failure *C.gc_error
	made := C.gc_with_timeout(b.base, C.int64_t(millisecondsOf(budget)), &failure)
	if made == nil {
		return nil, takeError(Status(C.gc_error_status(failure)), failure)
	}
	if !atomic.CompareAndSwapPointer(&b.views[budget], nil, unsafe.Pointer(made)) {
		C.gc_close(made)
	}
	return (*C.gc_cache)(atomic.LoadPointer(&b.views[budget])), nil
}

func (b *budgets) close() {
	for i := range b.views {
		C.gc_close((*C.gc_cache)(b.views[i]))
	}
	C.gc_close(b.base)
}

// usualTimeout tells the timeout_ms of a URL that gc_open has accepted: the C interface has no question for it.
func usualTimeout(from string) time.Duration {
	if strings.HasPrefix(from, "memory:") {
		return 0
	}
	_, query, _ := strings.Cut(from, "?")
	parameters, _ := url.ParseQuery(query)
	if ms, err := strconv.Atoi(parameters.Get("timeout_ms")); err == nil {
		return time.Duration(ms) * time.Millisecond
	}
	return 250 * time.Millisecond
}
