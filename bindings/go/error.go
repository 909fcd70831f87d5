package gencache

import (
	"errors"
	"fmt"
)

// #include "shim.h"
import "C"

// Status is the outcome of a call, with the numbers and names that it has in all languages.
type Status int32

// The statuses. Numbers never change.
const (
	StatusOK          Status = C.GC_OK              // done; of a read: a hit
	StatusMiss        Status = C.GC_MISS            // no valid value
	StatusStale       Status = C.GC_STALE           // an old value, which the options allow
	StatusBusy        Status = C.GC_BUSY            // somebody else is computing the value
	StatusArgument    Status = C.GC_ERR_ARGUMENT    // bad input; nothing has changed
	StatusUnavailable Status = C.GC_ERR_UNAVAILABLE // a server was not reached or did not answer in time
	StatusRefused     Status = C.GC_ERR_REFUSED     // a server answered that it cannot
	StatusTooLarge    Status = C.GC_ERR_TOO_LARGE   // the value does not fit into an item; nothing was sent
	StatusType        Status = C.GC_ERR_TYPE        // the stored value is of another type
	StatusMemory      Status = C.GC_ERR_MEMORY      // this process is out of memory
	StatusInternal    Status = C.GC_ERR_INTERNAL    // a defect of gencache
	StatusOrigin      Status = C.GC_ERR_ORIGIN      // the caller's own computation failed
)

// String returns the status by its name in C: "GC_MISS".
func (s Status) String() string { return C.GoString(C.gc_status_name(C.gc_status(s))) }

// What errors.Is tells of an error. Each but ErrClosed is found in an *Error of the status of that name.
var (
	// ErrMiss: there is no valid value. Of Entry.Err only.
	ErrMiss = errors.New("gencache: miss")
	// ErrArgument: bad input; the message names the parameter. Nothing has changed.
	ErrArgument = errors.New("gencache: bad argument")
	// ErrUnavailable: a server was not reached or did not answer in time. A write may or may not have happened.
	ErrUnavailable = errors.New("gencache: unavailable")
	// ErrRefused: a server answered that it cannot, being out of memory for example.
	ErrRefused = errors.New("gencache: refused")
	// ErrTooLarge: the value does not fit into an item. Nothing was sent.
	ErrTooLarge = errors.New("gencache: too large")
	// ErrType: the stored value is not of the type that was asked for.
	ErrType = errors.New("gencache: other type")
	// ErrMemory: this process is out of memory.
	ErrMemory = errors.New("gencache: out of memory")
	// ErrInternal: a defect of gencache; please report it.
	ErrInternal = errors.New("gencache: internal error")
	// ErrClosed: the cache has been closed.
	ErrClosed = errors.New("gencache: the cache is closed")
)

var sentinels = map[Status]error{
	StatusMiss:        ErrMiss,
	StatusArgument:    ErrArgument,
	StatusUnavailable: ErrUnavailable,
	StatusRefused:     ErrRefused,
	StatusTooLarge:    ErrTooLarge,
	StatusType:        ErrType,
	StatusMemory:      ErrMemory,
	StatusInternal:    ErrInternal,
}

// Error is what went wrong in one call. Errors of a context and of the caller's own computations are never wrapped in
// one: they come as they are.
type Error struct {
	Status  Status
	Message string // names the parameter, or the server
}

// Error returns the message.
func (e *Error) Error() string { return "gencache: " + e.Message }

// Is tells whether target is the sentinel of the error's status.
func (e *Error) Is(target error) bool { return target == sentinels[e.Status] }

func argumentError(format string, args ...any) error {
	return &Error{StatusArgument, fmt.Sprintf(format, args...)}
}

func typeError(format string, args ...any) error {
	return &Error{StatusType, fmt.Sprintf(format, args...)}
}

// takeError returns the error of a call with this outcome, and frees it in C. An expected outcome is no error.
func takeError(status Status, err *C.gc_error) error {
	if status >= 0 {
		return nil
	}
	message := status.String()
	if err != nil {
		message = C.GoString(C.gc_error_message(err))
		C.gc_error_free(err)
	}
	return &Error{status, message}
}

// isOnlyAMiss tells whether a read that ended so costs no more than a miss does.
func (s Status) isOnlyAMiss() bool { return s == StatusUnavailable || s == StatusRefused }

// Must returns value, and panics if err is not nil. For what is set up once: Must(gencache.Wrap(…)).
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
