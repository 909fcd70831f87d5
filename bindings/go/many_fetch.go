package gencache

import (
	"context"
	"time"
)

// Why not gc_fetch_many: it would call back into Go from a thread that it holds, for as long as the computation and the
// wait for others take; a panic would have to pass through C, and a cancel could not end it.

// manyFetch is one call of FetchMany.
type manyFetch[T any] struct {
	cache   *Cache
	calls   []Args
	compute func(context.Context, []*Gap[T]) error
	gaps    []*Gap[T] // of each call: nil where a value was found
	entries []*Entry[T]
	failure error // of compute, where it left a gap
}

func fetchMany[T any](ctx context.Context, c *Cache, b *binding, generations []string, calls []Args,
	compute func(context.Context, []*Gap[T]) error, options []Option) ([]*Entry[T], error) {
	q := question{binding: b, generations: generations}
	apply(&q.options, options)
	m := manyFetch[T]{cache: c, calls: calls, compute: compute, gaps: make([]*Gap[T], len(calls)),
		entries: make([]*Entry[T], len(calls))}
	defer m.end()
	if err := m.begin(ctx, &q); err != nil {
		return nil, err
	}
	if err := m.fetchRest(ctx, &q); err != nil {
		return nil, err
	}
	return m.entries, m.failure
}

func (m *manyFetch[T]) end() {
	for _, gap := range m.gaps {
		if gap != nil {
			gap.pursuit.end()
		}
	}
}

// begin finds what is there, and makes gaps of the rest, all at once. First the gaps: so their turns end, even where a
// value's own UnmarshalJSON panics.
func (m *manyFetch[T]) begin(ctx context.Context, q *question) error {
	p := newPursuit(m.cache, q)
	p.began = time.Now()
	p.asked = p.began
	many, err := m.cache.getMany(ctx, q.binding, q.generations, m.calls, &q.options)
	if err != nil {
		return err
	}
	defer many.free()
	p.patience = time.Now().Add(p.wait) // C counts from before
	keys := many.keys()
	for i := range many {
		if Type(many[i]._type) == typeNone {
			p.found = many.take(i, keys[i])
			m.gaps[i] = &Gap[T]{index: i, pursuit: p}
		}
	}
	for i := range many {
		if m.gaps[i] == nil {
			f := many.take(i, keys[i])
			if err := m.conclude(ctx, *q, i, &f); err != nil {
				return err
			}
		}
	}
	return nil
}

// conclude takes f, which has a value, for call i. One of another type is as good as none: it leaves a gap instead, which
// is the caller's to compute anew.
func (m *manyFetch[T]) conclude(ctx context.Context, q question, i int, f *found) error {
	if f.err != nil {
		return f.err
	}
	var err error
	if m.entries[i], err = entryOf[T](m.cache, f); err == nil {
		return nil
	}
	refresh(&q.options)
	q.args = m.calls[i]
	gap := &Gap[T]{index: i, pursuit: newPursuit(m.cache, &q)}
	m.gaps[i] = gap
	return gap.pursuit.begin(ctx, &q)
}

// fetchRest computes what nobody else computes, all together, and then waits for the others' values one by one: so it
// keeps nobody waiting while it waits itself.
func (m *manyFetch[T]) fetchRest(ctx context.Context, q *question) error {
	var mine, others []*Gap[T]
	for _, gap := range m.gaps {
		switch {
		case gap == nil:
		case gap.pursuit.hasTurn():
			mine = append(mine, gap)
		default:
			others = append(others, gap)
		}
	}
	m.round(ctx, mine)
	for _, gap := range others {
		if err := m.await(ctx, *q, gap); err != nil {
			return err
		}
	}
	return nil
}

func (m *manyFetch[T]) await(ctx context.Context, q question, gap *Gap[T]) error {
	q.args = m.calls[gap.index]
	p := &gap.pursuit
	if err := p.pursue(ctx, &q); err != nil {
		return err
	}
	if p.found.hasValue() {
		defer p.end() // there may be another gap in its place
		if err := m.conclude(ctx, q, gap.index, &p.found); err != nil || m.entries[gap.index] != nil {
			return err
		}
	}
	m.round(ctx, []*Gap[T]{m.gaps[gap.index]})
	return nil
}

// round computes gaps of which the turn is the caller's. However that ends, the turns do.
func (m *manyFetch[T]) round(ctx context.Context, gaps []*Gap[T]) {
	if len(gaps) == 0 {
		return
	}
	for _, gap := range gaps {
		gap.pursuit.takeSeat()
		gap.lease = gap.pursuit.lease()
	}
	var err error
	defer func() {
		for _, gap := range gaps {
			m.close(gap, err)
		}
	}()
	err = m.compute(withoutLease(ctx), gaps)
}

// close ends a gap. One that was left is given up, and an old value may stand in if the computation failed.
func (m *manyFetch[T]) close(gap *Gap[T], err error) {
	gap.mutex.Lock()
	defer gap.mutex.Unlock()
	p := &gap.pursuit
	miss := p.found.outcome
	if entry := gap.lease.take(); entry != nil {
		p.found.entry = entry
		p.abandon()
	}
	if p.isComputed || (err != nil && p.found.hasValue()) {
		if entry, mismatch := fetchedEntry(p, gap.value); mismatch == nil {
			m.entries[gap.index] = entry
			return
		}
	}
	entry := &Entry[T]{outcome: miss}
	entry.status, entry.err = StatusMiss, nil
	if err != nil {
		m.failure = err
		entry.status, entry.err = StatusOrigin, err
	}
	m.entries[gap.index] = entry
}
