//go:build go1.21

package gencache

import (
	"context"
	"log/slog"
)

// Logger tells logger what happens inside, each message at the level of its name, as far as the logger's handler is
// enabled for it when the cache is opened. It needs Go 1.21; LogTo does not.
func Logger(logger *slog.Logger) OpenOption {
	level := LevelError
	for level < LevelDebug && logger.Enabled(context.Background(), slogLevel(level+1)) {
		level++
	}
	return LogTo(level, func(level Level, message string) {
		logger.Log(context.Background(), slogLevel(level), message)
	})
}

func slogLevel(level Level) slog.Level {
	switch level {
	case LevelError:
		return slog.LevelError
	case LevelWarning:
		return slog.LevelWarn
	case LevelInfo:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
