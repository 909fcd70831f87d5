package gencache

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestBudgetsAreRoundedDownAndFew(t *testing.T) {
	last := 0
	for ms := uint64(1); ms <= 60000; ms++ {
		budget, rounded := roundedBudget(ms)
		if budget < last || budget > last+1 || budget >= numBudgets {
			t.Fatalf("%d ms are budget %d after %d", ms, budget, last)
		}
		if rounded > ms || rounded*17 < ms*16 || uint64(millisecondsOf(budget)) != rounded {
			t.Fatalf("%d ms are rounded to %d, of which the budget has %d", ms, rounded, millisecondsOf(budget))
		}
		last = budget
	}
}

func TestBudgetOfAContext(t *testing.T) {
	b := budgets{usual: 50 * time.Second}
	within := func(left time.Duration) context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), left)
		t.Cleanup(cancel)
		return ctx
	}
	if budget, err := b.pick(context.Background()); budget != usualBudget || err != nil {
		t.Error("without a deadline:", budget, err)
	}
	if budget, err := b.pick(within(time.Hour)); budget != usualBudget || err != nil {
		t.Error("with a distant deadline:", budget, err)
	}
	if budget, err := b.pick(within(20 * time.Second)); err != nil || millisecondsOf(budget) > 20000 ||
		budget == usualBudget {
		t.Error("with a near deadline:", millisecondsOf(budget), err)
	}
	if _, err := b.pick(within(500 * time.Microsecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("with less than a millisecond:", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.pick(cancelled); !errors.Is(err, context.Canceled) {
		t.Error("of a cancelled context:", err)
	}
}

func TestUsualTimeoutOfAURL(t *testing.T) {
	for url, ms := range map[string]int64{
		"memory://":                      0,
		"memory://?capacity=1MB":         0,
		"memcached://h":                  250,
		"memcached://h/?timeout_ms=2000": 2000,
		"memcached://h:1,i:2?prefix=a&timeout_ms=1&ttl=3": 1,
		"memcached+unix:///s?timeout_ms=%3530":            530,
	} {
		if is := usualTimeout(url).Milliseconds(); is != ms {
			t.Errorf("%s: %d ms, not %d", url, is, ms)
		}
	}
}
