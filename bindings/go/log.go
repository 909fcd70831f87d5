package gencache

import (
	"runtime/cgo"
)

// #include "shim.h"
import "C"

// Level tells how much a log function is told.
type Level int32

// The levels.
const (
	LevelError   Level = C.GC_LOG_ERROR   // an invalidation that did not reach every server
	LevelWarning Level = C.GC_LOG_WARNING // a server that failed, a corrupt record
	LevelInfo    Level = C.GC_LOG_INFO    // a server that came back; misses of calls with LogMisses
	LevelDebug   Level = C.GC_LOG_DEBUG   // every miss: key, reason, generation
)

type logFunc func(level Level, message string)

// LogTo tells log what happens inside, up to the level. The call that caused the message waits for it. It may be called
// several times at once, each time by a goroutine of its own, and must not use the cache. A panic in it is dropped.
func LogTo(level Level, log func(level Level, message string)) OpenOption {
	return func(o *opening) { o.level, o.log = level, log }
}

//export gcgoLog
func gcgoLog(handle C.uintptr_t, level C.int32_t, message *C.char) {
	ended := make(chan struct{})
	go func() { // neither a panic nor the end of a goroutine may pass through C
		defer close(ended)
		defer func() { _ = recover() }()
		cgo.Handle(handle).Value().(logFunc)(Level(level), C.GoString(message))
	}()
	<-ended
}

func (c *Cache) startLog(o *opening) {
	if o.log == nil {
		return
	}
	c.log = cgo.NewHandle(logFunc(o.log))
	C.gcgo_set_log(c.budgets.base, C.uintptr_t(c.log), C.int32_t(o.level))
}

func (c *Cache) stopLog() {
	if c.log == 0 {
		return
	}
	C.gcgo_set_log(c.budgets.base, 0, C.GC_LOG_ERROR)
	c.log.Delete()
}
