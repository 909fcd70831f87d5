package gencache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"example.com/gencache"
)

// Who has a deadline of a millisecond may take a fill lock and never hear of it.
var briefly = gencache.Wait(100 * time.Millisecond)

// randomCall does one of all that can be done. Values tell which key they belong to.
func randomCall(random *rand.Rand, cache *gencache.Cache, pages *gencache.Bound[string],
	wrapped *gencache.Wrapped[pageArgs, string]) error {
	id := random.Intn(20)
	generations, args := []string{"all", "user:id"}, gencache.Args{gencache.Int("id", int64(id))}
	right := fmt.Sprint("value of ", id, strings.Repeat(" ", id*400))
	isRight := func(value string, ok bool) error {
		if ok && value != right {
			return fmt.Errorf("%.20q is not the value of %d", value, id)
		}
		return nil
	}
	ctx := ctx
	if random.Intn(4) == 0 {
		short, cancel := context.WithTimeout(ctx, time.Duration(random.Intn(3000))*time.Microsecond)
		defer cancel()
		ctx = short
	}
	switch random.Intn(14) {
	case 0, 1, 2:
		entry, err := gencache.Get[string](ctx, cache, generations, args...)
		if err != nil {
			return err
		}
		if err := isRight(entry.Value()); err != nil || entry.Err() == nil || random.Intn(2) == 0 {
			return err
		}
		_, err = entry.Fill(ctx, right)
		return err
	case 3, 4, 5:
		value, err := gencache.Fetch(ctx, cache, generations, args, func(ctx context.Context) (string, error) {
			if random.Intn(8) == 0 {
				return "", errDatabase
			}
			return right, gencache.Depend(ctx, "late")
		}, gencache.FailSafe(time.Minute), gencache.StaleFor(time.Second), briefly)
		if err != nil {
			return err
		}
		return isRight(value, true)
	case 6:
		return gencache.Set(ctx, cache, generations, args, right)
	case 7:
		return cache.Delete(ctx, generations, args...)
	case 8:
		if random.Intn(4) == 0 {
			return cache.Invalidate(ctx, []string{"all", "late"})
		}
		return cache.InvalidateSoft(ctx, generations[1:], args...)
	case 9:
		entries, err := gencache.FetchMany(ctx, cache, generations, users(id, id+1, id),
			func(_ context.Context, gaps []*gencache.Gap[string]) error {
				for _, gap := range gaps {
					if gap.Index() == 1 {
						continue
					}
					if err := gap.Fill(right); err != nil {
						return err
					}
				}
				return nil
			}, briefly)
		if err != nil {
			return err
		}
		return isRight(entries[2].Value())
	case 10:
		batch, err := gencache.NewBatch(cache)
		if err != nil {
			return err
		}
		inner, err := batch.Batch()
		if err != nil {
			return err
		}
		if err := inner.Invalidate(generations[1:], args...); err != nil {
			return err
		}
		if err := inner.Commit(ctx); err != nil {
			return err
		}
		return batch.Commit(ctx)
	case 11:
		value, err := pages.Fetch(ctx, gencache.Parts(id), gives("page"), briefly)
		if err == nil && value != "page" {
			err = fmt.Errorf("%q is no page", value)
		}
		return err
	case 12:
		_, err := wrapped.Call(ctx, pageArgs{UserID: id})
		return err
	}
	if _, err := cache.Stats(); err != nil {
		return err
	}
	_, err := cache.Explain(ctx, generations, args...)
	return err
}

func stress(t *testing.T, cache *gencache.Cache, goroutines, calls int) {
	pages := bindPages(t, cache)
	render, _ := counted()
	wrapped, err := gencache.Wrap(cache, []string{"nav_portal:user_id"}, render, briefly)
	check(t, err)
	atOnce(goroutines, func(i int) {
		random := rand.New(rand.NewSource(int64(i)))
		for n := 0; n < calls; n++ {
			err := randomCall(random, cache, pages, wrapped)
			switch {
			case err == nil, err == errDatabase, errors.Is(err, context.DeadlineExceeded):
			case errors.Is(err, gencache.ErrUnavailable): // a context's deadline was too near
			default:
				t.Error(err)
				return
			}
		}
	})
}

func TestManyGoroutinesDoEverything(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) { stress(t, open(t, url, gencache.MaxCalls(16)), 64, 200) })
}
