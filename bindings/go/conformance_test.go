package gencache_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"example.com/gencache"
)

// Every case of tests/conformance/cases.json, whose format is described beside it, through the public interface.

// What Go cannot write down. Such a case ends before its first step that holds it.
var cannotBeWritten = map[string]string{
	"lifetimes": "a ttl_ms of 2^62: a time.Duration ends at 292 years",
}

type testCase struct {
	Name   string
	Stores []string
	URL    string
	Steps  []step
}

type step struct {
	Do          string
	URL         string
	Generations []string
	Generation  string
	Args        []typedValue
	Params      []typedValue
	Calls       [][]typedValue
	Value       *typedValue
	Fails       bool
	Options     stepOptions
	Steps       []step
	Cancel      bool
	Key         string
	Hex         string
	Expect      *expectation
}

type stepOptions struct {
	TTL        *int64   `json:"ttl_ms"`
	NothingTTL *int64   `json:"nothing_ttl_ms"`
	Jitter     *float64 `json:"jitter"`
	StaleFor   *int64   `json:"stale_for_ms"`
	FailSafe   *int64   `json:"fail_safe_ms"`
	Lock       *int64   `json:"lock_ms"`
	Wait       *int64   `json:"wait_ms"`
	Beta       *float64 `json:"beta"`
	Refresh    bool     `json:"refresh"`
	LogMisses  bool     `json:"log_misses"`
}

type expectation struct {
	Status     *string
	Reason     *string
	Generation *string
	Key        *string
	Message    *string
	Value      *typedValue
	Computed   *bool
	Lines      []string
	Each       []expectation
	Hex        json.RawMessage
}

func readCases(t *testing.T) []testCase {
	path := os.Getenv("GENCACHE_CONFORMANCE")
	if path == "" {
		t.Fatal("GENCACHE_CONFORMANCE does not name the file of the cases")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all struct {
		Format int
		Cases  []testCase
	}
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields() // an unknown field is a part of the case that would not be run
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	if all.Format != 1 {
		t.Fatalf("the format of the cases is %d, not 1", all.Format)
	}
	return all.Cases
}

func TestConformance(t *testing.T) {
	server := testServer(t)
	cases := readCases(t)
	if len(cases) == 0 {
		t.Fatal("there are no cases")
	}
	cut := map[string]bool{}
	for _, c := range cases {
		c := c
		if writable := c.writable(); len(writable) < len(c.Steps) {
			c.Steps, cut[c.Name] = writable, true
			if cannotBeWritten[c.Name] == "" {
				t.Errorf("%s: step %d cannot be written in Go, which is not in the list", c.Name, len(writable)+1)
			}
		}
		if len(c.Stores) == 0 {
			t.Run(c.Name, func(t *testing.T) { (&caseRun{t: t, server: server}).steps(c.Steps) })
		}
		for _, store := range c.Stores {
			url := map[string]string{
				"memory":    "memory://?" + c.URL,
				"memcached": "memcached://" + server + "/?timeout_ms=5000&" + c.URL,
			}[store]
			t.Run(c.Name+"/"+store, func(t *testing.T) {
				run := caseRun{t: t, server: server}
				run.open(url)
				run.clearUnlessItems(c.Steps)
				run.steps(c.Steps)
			})
		}
	}
	for name := range cannotBeWritten {
		if !cut[name] {
			t.Errorf("%s: there is no such case any more, or all of it can be written", name)
		}
	}
}

// writable are the steps up to the first one that Go cannot write down.
func (c testCase) writable() []step {
	for i, s := range c.Steps {
		for _, ms := range []*int64{s.Options.TTL, s.Options.NothingTTL, s.Options.StaleFor, s.Options.FailSafe} {
			if ms != nil && millis(*ms).Milliseconds() != *ms {
				return c.Steps[:i]
			}
		}
	}
	return c.Steps
}

// caseRun is one case under way.
type caseRun struct {
	t      *testing.T
	server string
	cache  *gencache.Cache
	bound  *gencache.Bound[gencache.Value]
	miss   *gencache.Entry[gencache.Value]
}

var ctx = context.Background()

func (r *caseRun) open(url string) error {
	cache, err := gencache.Open(strings.Replace(url, "SERVER", r.server, 1))
	if err == nil {
		r.cache = cache
		r.t.Cleanup(func() { cache.Close() })
	}
	return err
}

func (r *caseRun) clearUnlessItems(steps []step) {
	if r.cache == nil {
		r.t.Fatal("the cache did not open")
	}
	for _, s := range steps {
		if strings.HasPrefix(s.Do, "item_") {
			return
		}
	}
	if err := r.cache.Clear(ctx); err != nil {
		r.t.Fatal(err)
	}
}

func (r *caseRun) steps(steps []step) {
	for i, s := range steps {
		outcome := r.do(s)
		if s.Expect != nil {
			for _, problem := range outcome.unlike(*s.Expect) {
				r.t.Errorf("step %d, %s: %s", i+1, s.Do, problem)
			}
		}
		if r.t.Failed() {
			return
		}
	}
}

func (r *caseRun) do(s step) outcome {
	args := arguments(s.Args)
	switch s.Do {
	case "open":
		return outcomeOf(r.open(s.URL))
	case "key":
		key, err := r.cache.Key(s.Generations, args...)
		return outcome{err: err, key: key}
	case "explain":
		text, err := r.cache.Explain(ctx, s.Generations, args...)
		return outcome{err: err, text: text}
	case "get":
		return r.keep(gencache.Get[gencache.Value](ctx, r.cache, s.Generations, args...))
	case "bound_get":
		return r.keep(r.bound.Get(ctx, args...))
	case "get_many":
		return r.getMany(s)
	case "fill":
		return r.fill(s)
	case "depend":
		return outcomeOf(r.miss.Depend(ctx, s.Generation, args...))
	case "set":
		return outcomeOf(gencache.Set(ctx, r.cache, s.Generations, args, s.Value.value(), s.Options.list()...))
	case "bound_set":
		return outcomeOf(r.bound.Set(ctx, args, s.Value.value(), s.Options.list()...))
	case "fetch", "bound_fetch":
		return r.fetch(s, args)
	case "delete":
		return outcomeOf(r.cache.Delete(ctx, s.Generations, args...))
	case "bound_delete":
		return outcomeOf(r.bound.Delete(ctx, args...))
	case "invalidate":
		return outcomeOf(r.cache.Invalidate(ctx, s.Generations, args...))
	case "bound_invalidate":
		return outcomeOf(r.bound.Invalidate(ctx, args...))
	case "invalidate_soft":
		return outcomeOf(r.cache.InvalidateSoft(ctx, s.Generations, args...))
	case "bound_invalidate_soft":
		return outcomeOf(r.bound.InvalidateSoft(ctx, args...))
	case "clear":
		return outcomeOf(r.cache.Clear(ctx))
	case "batch":
		return outcomeOf(r.batch(s))
	case "bind":
		bound, err := gencache.Bind[gencache.Value](r.cache, s.Generations, parameters(s.Params), s.Options.list()...)
		r.bound = bound
		return outcomeOf(err)
	case "item_set", "item_get", "item_delete":
		return r.item(s)
	}
	r.t.Fatalf("unknown step %q", s.Do)
	return outcome{}
}

// keep keeps a miss for the steps fill and depend.
func (r *caseRun) keep(entry *gencache.Entry[gencache.Value], err error) outcome {
	r.miss = entry
	return outcomeOfEntry(entry, err)
}

// fill takes for the outcome why the value was not stored.
func (r *caseRun) fill(s step) outcome {
	stored, err := r.miss.Fill(ctx, s.Value.value(), s.Options.list()...)
	if !stored && err == nil {
		err = r.miss.Err()
	}
	return outcomeOf(err)
}

func (r *caseRun) getMany(s step) outcome {
	var calls []gencache.Args
	for _, args := range s.Calls {
		calls = append(calls, arguments(args))
	}
	entries, err := gencache.GetMany[gencache.Value](ctx, r.cache, s.Generations, calls)
	out := outcomeOf(err)
	for _, entry := range entries {
		out.each = append(out.each, outcomeOfEntry(entry, nil))
	}
	return out
}

var errFails = errors.New("the computation fails")

func (r *caseRun) fetch(s step, args gencache.Args) outcome {
	computed := false
	compute := func(context.Context) (gencache.Value, error) {
		computed = true
		if s.Fails {
			return gencache.Value{}, errFails
		}
		return s.Value.value(), nil
	}
	var out outcome
	if s.Do == "fetch" {
		out = outcomeOfEntry(gencache.FetchEntry(ctx, r.cache, s.Generations, args, compute, s.Options.list()...))
	} else {
		out = outcomeOfEntry(r.bound.FetchEntry(ctx, args, compute, s.Options.list()...))
	}
	out.computed = computed
	return out
}

func (r *caseRun) batch(s step) error {
	batch, err := gencache.NewBatch(r.cache)
	if err != nil {
		return err
	}
	for _, inner := range s.Steps {
		notes := map[string]func([]string, ...gencache.Argument) error{
			"invalidate":      batch.Invalidate,
			"invalidate_soft": batch.InvalidateSoft,
			"delete":          batch.Delete,
		}
		note := notes[inner.Do]
		if note == nil {
			r.t.Fatalf("unknown step %q of a batch", inner.Do)
		}
		if err := note(inner.Generations, arguments(inner.Args)...); err != nil {
			return err
		}
	}
	if s.Cancel {
		batch.Cancel()
		return nil
	}
	return batch.Commit(ctx)
}

func (o stepOptions) list() []gencache.Option {
	var list []gencache.Option
	add := func(ms *int64, option func(ms int64) gencache.Option) {
		if ms != nil {
			list = append(list, option(*ms))
		}
	}
	add(o.TTL, func(ms int64) gencache.Option { return gencache.TTL(millis(ms)) })
	add(o.NothingTTL, func(ms int64) gencache.Option { return gencache.NothingTTL(millis(ms)) })
	add(o.StaleFor, func(ms int64) gencache.Option { return gencache.StaleFor(millis(ms)) })
	add(o.FailSafe, func(ms int64) gencache.Option { return gencache.FailSafe(millis(ms)) })
	add(o.Lock, func(ms int64) gencache.Option { return gencache.Lock(millis(ms)) })
	add(o.Wait, func(ms int64) gencache.Option { return gencache.Wait(millis(ms)) })
	if o.Jitter != nil {
		list = append(list, gencache.Jitter(*o.Jitter))
	}
	if o.Beta != nil {
		list = append(list, gencache.Beta(*o.Beta))
	}
	if o.Refresh {
		list = append(list, gencache.Refresh())
	}
	if o.LogMisses {
		list = append(list, gencache.LogMisses())
	}
	return list
}
