package gencache_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gencache"
)

type user struct {
	Name string   `json:"name"`
	Tags []string `json:"tags"`
}

type (
	userID int64
	color  string
	digest []byte
)

// A level is written as text, so it is no integer in the cache.
type level int

func (l level) MarshalText() ([]byte, error) { return []byte(strings.Repeat("*", int(l))), nil }

func (l *level) UnmarshalText(text []byte) error {
	*l = level(len(text))
	return nil
}

// roundTrip stores value, and tells of which type it is in the cache and what comes back.
func roundTrip[T any](t *testing.T, cache *gencache.Cache, value T, stored gencache.Type) {
	t.Helper()
	check(t, gencache.Set(ctx, cache, []string{"g"}, nil, value))
	raw, err := gencache.Get[gencache.Value](ctx, cache, []string{"g"})
	check(t, err)
	if is, _ := raw.Value(); is.Type != stored {
		t.Errorf("%T is stored as %v, not as %v", value, is.Type, stored)
	}
	entry, err := gencache.Get[T](ctx, cache, []string{"g"})
	if err != nil {
		t.Errorf("%T: %v", value, err)
		return
	}
	if is, ok := entry.Value(); !ok || !reflect.DeepEqual(is, value) {
		t.Errorf("%T: %#v came back as %#v", value, value, is)
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		roundTrip(t, cache, "text, é", gencache.TypeText)
		roundTrip(t, cache, "", gencache.TypeText)
		roundTrip(t, cache, "\xff no UTF-8", gencache.TypeBytes)
		roundTrip(t, cache, strings.Repeat("long ", 20000), gencache.TypeText)
		roundTrip(t, cache, color("red"), gencache.TypeText)
		roundTrip(t, cache, []byte("\x00\xff"), gencache.TypeBytes)
		roundTrip(t, cache, []byte{}, gencache.TypeBytes)
		roundTrip(t, cache, []byte(nil), gencache.TypeNull)
		roundTrip(t, cache, digest("\x01"), gencache.TypeBytes)
		roundTrip(t, cache, true, gencache.TypeBool)
		roundTrip(t, cache, 42, gencache.TypeInt)
		roundTrip(t, cache, int8(-128), gencache.TypeInt)
		roundTrip(t, cache, int64(math.MinInt64), gencache.TypeInt)
		roundTrip(t, cache, uint64(math.MaxInt64), gencache.TypeInt)
		roundTrip(t, cache, userID(7), gencache.TypeInt)
		roundTrip(t, cache, time.Minute, gencache.TypeInt)
		roundTrip(t, cache, 1.5, gencache.TypeDouble)
		roundTrip(t, cache, float32(0.1), gencache.TypeDouble)
		roundTrip(t, cache, math.Inf(-1), gencache.TypeDouble)
		roundTrip(t, cache, (*user)(nil), gencache.TypeNull)
		roundTrip(t, cache, &user{"Ada", []string{"a"}}, gencache.TypeJSON)
		roundTrip(t, cache, pointer("text"), gencache.TypeText)
		roundTrip(t, cache, user{"Ada", nil}, gencache.TypeJSON)
		roundTrip(t, cache, []user{{"Ada", nil}, {"Grace", nil}}, gencache.TypeJSON)
		roundTrip(t, cache, map[string]int{"a": 1}, gencache.TypeJSON)
		roundTrip(t, cache, map[string]int(nil), gencache.TypeNull)
		roundTrip(t, cache, time.Unix(1000, 0).UTC(), gencache.TypeJSON)
		roundTrip(t, cache, json.RawMessage(`{"a":1}`), gencache.TypeJSON)
		roundTrip(t, cache, level(3), gencache.TypeJSON)
		roundTrip(t, cache, gencache.Value{Type: gencache.TypePrivate + 15, Data: []byte("ours")}, gencache.TypePrivate+15)
		roundTrip(t, cache, gencache.Value{Type: gencache.TypeCereal, Data: []byte{1}}, gencache.TypeCereal)
		roundTrip[any](t, cache, nil, gencache.TypeNull)
		roundTrip[any](t, cache, "text", gencache.TypeText)
		roundTrip[any](t, cache, int64(1), gencache.TypeInt)
		roundTrip[any](t, cache, 0.5, gencache.TypeDouble)
		roundTrip[any](t, cache, true, gencache.TypeBool)
		roundTrip[any](t, cache, []byte("b"), gencache.TypeBytes)
		roundTrip[any](t, cache, map[string]any{"a": 1.0}, gencache.TypeJSON)
	})
}

func mismatch[T any](t *testing.T, cache *gencache.Cache) {
	t.Helper()
	if entry, err := gencache.Get[T](ctx, cache, []string{"g"}); !errors.Is(err, gencache.ErrType) || entry != nil {
		var none T
		t.Errorf("as %T: %v", none, err)
	}
}

func TestAValueOfAnotherTypeIsAnError(t *testing.T) {
	cache := open(t, "memory://")
	set := func(value any) { check(t, gencache.Set(ctx, cache, []string{"g"}, nil, value)) }
	set("text")
	mismatch[[]byte](t, cache)
	mismatch[int](t, cache)
	mismatch[user](t, cache)
	mismatch[bool](t, cache)
	mismatch[*float64](t, cache)
	set(300)
	mismatch[int8](t, cache)
	mismatch[uint8](t, cache)
	mismatch[float64](t, cache)
	mismatch[string](t, cache)
	set(-1)
	mismatch[uint64](t, cache)
	set(nil)
	mismatch[string](t, cache)
	mismatch[user](t, cache)
	set([]int{1})
	mismatch[map[string]int](t, cache)
	set(gencache.Value{Type: gencache.TypeCereal, Data: []byte{1}})
	mismatch[user](t, cache)
	mismatch[string](t, cache)
}

func TestWhatCannotBeStored(t *testing.T) {
	cache := open(t, "memory://")
	for _, value := range []any{make(chan int), func() {}, uint64(math.MaxUint64), map[bool]int{true: 1},
		gencache.Value{Type: gencache.TypeText, Data: []byte("\xff")}, gencache.Value{Type: 99}} {
		if err := gencache.Set(ctx, cache, []string{"g"}, nil, value); !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("set of a %T: %v", value, err)
		}
		_, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (any, error) { return value, nil })
		if !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("fetch of a %T: %v", value, err)
		}
	}
	isFree(t, cache)
}

func TestATooLargeValueIsTheCallersAllTheSame(t *testing.T) {
	cache := open(t, serversURL(t))
	large := strings.Repeat("x", 2<<20)
	if err := gencache.Set(ctx, cache, []string{"g"}, nil, large); !errors.Is(err, gencache.ErrTooLarge) {
		t.Error(err)
	}
	if value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives(large)); value != large || err != nil {
		t.Error(len(value), err)
	}
}

func TestAFetchOverwritesAValueOfAnotherType(t *testing.T) {
	everyStore(t, func(t *testing.T, url string) {
		cache := open(t, url)
		check(t, gencache.Set(ctx, cache, []string{"g"}, nil, 42))
		for i := 0; i < 2; i++ {
			value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, gives("text"))
			if value != "text" || err != nil {
				t.Error(value, err)
			}
		}
		if _, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (int, error) {
			return 0, errDatabase
		}); err != errDatabase {
			t.Error(err)
		}
	})
}

func TestASharedUnsignedValueFits(t *testing.T) {
	cache := open(t, "memory://")
	var computations atomic.Int64
	atOnce(16, func(int) {
		value, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(context.Context) (uint32, error) {
			computations.Add(1)
			time.Sleep(50 * time.Millisecond)
			return 7, nil
		})
		if value != 7 || err != nil {
			t.Error(value, err)
		}
	})
	if n := computations.Load(); n != 1 {
		t.Errorf("%d computations", n)
	}
}

func TestATimeIsRoundedUp(t *testing.T) {
	cache := open(t, "memory://")
	check(t, gencache.Set(ctx, cache, []string{"g"}, nil, "value", gencache.TTL(time.Microsecond)))
	eventually(t, "it has expired", func() bool {
		entry, err := gencache.Get[string](ctx, cache, []string{"g"})
		check(t, err)
		return entry.Reason() == gencache.ReasonExpired
	})
}

func TestAnErrTypeOfAComputationIsNoReasonToComputeAgain(t *testing.T) {
	cache := open(t, "memory://")
	computations := 0
	_, err := gencache.Fetch(ctx, cache, []string{"g"}, nil, func(ctx context.Context) (string, error) {
		computations++
		check(t, gencache.Set(ctx, cache, []string{"other"}, nil, 1))
		_, err := gencache.Get[string](ctx, cache, []string{"other"})
		return "", err
	})
	if computations != 1 || !errors.Is(err, gencache.ErrType) {
		t.Error(computations, err)
	}
}

func TestAnEntryKnowsItsAge(t *testing.T) {
	cache := open(t, "memory://")
	entry, err := gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	if _, ok := entry.Age(); ok {
		t.Error("a miss has an age")
	}
	fill(t, entry, "value", gencache.TTL(time.Hour))
	if value, ok := entry.Value(); value != "value" || !ok || entry.Err() != nil ||
		entry.Status() != gencache.StatusOK || entry.Reason() != gencache.ReasonAbsent {
		t.Error(value, ok, entry.Err(), entry.Status(), entry.Reason())
	}
	entry, err = gencache.Get[string](ctx, cache, []string{"g"})
	check(t, err)
	age, ok := entry.Age()
	remaining, hasEnd := entry.Remaining()
	if !ok || !hasEnd || age > time.Minute || remaining < 59*time.Minute || remaining > time.Hour {
		t.Error(age, ok, remaining, hasEnd)
	}
}

func TestArguments(t *testing.T) {
	cache := open(t, "memory://")
	key := func(generations []string, args ...gencache.Argument) string {
		t.Helper()
		key, err := cache.Key(generations, args...)
		check(t, err)
		return key
	}
	plain := key([]string{"g"}, gencache.Int("a", -7), gencache.Str("b", "x"), gencache.Bool("c", true),
		gencache.Float("d", 42), gencache.Null("e"), gencache.Bytes("f", []byte("y")), gencache.Uint("h", math.MaxUint64))
	if plain != `g|a=-7,b="x",c=true,d=42.0,e=null,f=b"y",h=18446744073709551615` {
		t.Error(plain)
	}
	any := key([]string{"g"}, gencache.Arg("a", int8(-7)), gencache.Arg("b", color("x")), gencache.Arg("c", true),
		gencache.Arg("d", float32(42)), gencache.Arg("e", nil), gencache.Arg("f", digest("y")),
		gencache.Arg("h", uint64(math.MaxUint64)))
	if any != plain {
		t.Error(any)
	}
	if is := key([]string{"g"}, gencache.Arg("p", (*int)(nil)), gencache.Arg("q", pointer(1))); is != "g|p=null,q=1" {
		t.Error(is)
	}
	if is := key([]string{"g", "a:x"}, append(gencache.Parts(1, "b"), gencache.Str("x", "é"))...); is !=
		`a:x=%C3%A9,g|1,"b"` {
		t.Error(is)
	}
	for _, bad := range []gencache.Argument{gencache.Arg("x", user{}), gencache.Arg("x", []int{1}),
		gencache.Str("a\x00b", ""), gencache.Str("", ""), gencache.Str("x", "\xff"), gencache.Part(user{})} {
		if _, err := cache.Key([]string{"g"}, bad); !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for _, bad := range [][]string{nil, {""}, {"a\x00b"}, {"a:b:c"}, {"a:x"}} {
		if _, err := cache.Key(bad); !errors.Is(err, gencache.ErrArgument) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// More than fits into the room that a call has of its own in C.
func TestManyGenerationsAndArguments(t *testing.T) {
	cache := open(t, "memory://")
	var generations []string
	var args gencache.Args
	for i := 0; i < 100; i++ {
		generations = append(generations, fmt.Sprint("g", i))
		args = append(args, gencache.Str(fmt.Sprint("a", i), strings.Repeat("x", 100)))
	}
	check(t, gencache.Set(ctx, cache, generations, args, "value"))
	entry, err := gencache.Get[string](ctx, cache, generations, args...)
	check(t, err)
	if value, _ := entry.Value(); value != "value" {
		t.Error(value)
	}
	check(t, cache.Invalidate(ctx, generations[99:]))
	entry, err = gencache.Get[string](ctx, cache, generations, args...)
	check(t, err)
	if _, ok := entry.Value(); ok {
		t.Error("a hit after the invalidation")
	}
}
