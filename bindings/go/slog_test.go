//go:build go1.21

package gencache_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"example.com/gencache"
)

func TestASlogLogger(t *testing.T) {
	var text bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelInfo}))
	cache := open(t, "memory://", gencache.Logger(logger))
	_, err := gencache.Fetch(ctx, cache, []string{"quiet"}, nil, gives(""))
	check(t, err)
	_, err = gencache.Fetch(ctx, cache, []string{"loud"}, nil, gives(""), gencache.LogMisses())
	check(t, err)
	if is := text.String(); strings.Count(is, "\n") != 1 || !strings.Contains(is, `level=INFO msg="miss loud: absent"`) {
		t.Error(is)
	}
}
