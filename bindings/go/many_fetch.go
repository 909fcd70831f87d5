package gencache

import "context"

// Why not gc_fetch_many: it would call back into Go from a thread that it holds, for as long as the computation and the
// wait for others take; a panic would have to pass through C, and a cancel could not end it.

// manyFetch is one call of FetchMany.
type manyFetch[T any] struct {
	cache   *Cache
	calls   []Args
	compute func(context.Context, []*Gap[T]) error
	gaps    []*Gap[T]
	entries []*Entry[T]
	failure error // of compute, where it left a gap
}

func fetchMany[T any](ctx context.Context, c *Cache, b *binding, generations []string, calls []Args,
	compute func(context.Context, []*Gap[T]) error, options []Option) ([]*Entry[T], error) {
	q := question{binding: b, generations: generations}
	apply(&q.options, options)
	m := manyFetch[T]{cache: c, calls: calls, compute: compute, entries: make([]*Entry[T], len(calls))}
	defer m.end()
	if err := m.getHits(ctx, &q); err != nil {
		return nil, err
	}
	if err := m.fetchRest(ctx, &q); err != nil {
		return nil, err
	}
	return m.entries, m.failure
}

func (m *manyFetch[T]) end() {
	for _, gap := range m.gaps {
		gap.pursuit.end()
	}
}

// getHits finds what is there, all at once. A value of another type is as good as none.
func (m *manyFetch[T]) getHits(ctx context.Context, q *question) error {
	if q.options.refresh != 0 || bindingSettings(q.binding).refresh != 0 {
		return nil
	}
	many, err := m.cache.getMany(ctx, q.binding, q.generations, m.calls)
	if err != nil {
		return err
	}
	defer many.free()
	keys := many.keys()
	for i := range m.calls {
		f := many.take(i, &keys)
		if f.status != StatusOK {
			many[i].entry = f.entry // freed with the others
			continue
		}
		if entry, err := entryOf[T](m.cache, &f); err == nil {
			m.entries[i] = entry
		}
	}
	return nil
}

// fetchRest computes what nobody else computes, all together, and then waits for the others' values one by one: so it
// keeps nobody waiting while it waits itself.
func (m *manyFetch[T]) fetchRest(ctx context.Context, q *question) error {
	var mine, others []*Gap[T]
	for i := range m.calls {
		if m.entries[i] != nil {
			continue
		}
		gap, err := m.begin(ctx, *q, i)
		switch {
		case err != nil:
			return err
		case gap.pursuit.hasTurn():
			mine = append(mine, gap)
		case gap.pursuit.found.status == StatusBusy:
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

// begin makes the gap of call i, which is none if there is a value after all.
func (m *manyFetch[T]) begin(ctx context.Context, q question, i int) (*Gap[T], error) {
	q.args = m.calls[i]
	gap := &Gap[T]{index: i, pursuit: newPursuit(m.cache, &q)}
	m.gaps = append(m.gaps, gap)
	if err := gap.pursuit.begin(ctx, &q); err != nil {
		return nil, err
	}
	return gap, m.conclude(ctx, q, gap)
}

func (m *manyFetch[T]) await(ctx context.Context, q question, gap *Gap[T]) error {
	q.args = m.calls[gap.index]
	if err := gap.pursuit.pursue(ctx, &q); err != nil {
		return err
	}
	if err := m.conclude(ctx, q, gap); err != nil {
		return err
	}
	if gap.pursuit.hasTurn() {
		m.round(ctx, []*Gap[T]{gap})
	}
	return nil
}

// conclude takes the gap's value, where it has one. One of another type gives the caller the turn to compute it anew.
func (m *manyFetch[T]) conclude(ctx context.Context, q question, gap *Gap[T]) error {
	p := &gap.pursuit
	if !p.found.hasValue() {
		return nil
	}
	entry, err := fetchedEntry(p, gap.value)
	if err == nil {
		m.entries[gap.index] = entry
		return nil
	}
	if q.options.refresh != 0 {
		return err
	}
	p.end()
	refresh(&q.options)
	*p = newPursuit(m.cache, &q)
	return p.begin(ctx, &q)
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
	entry := &Entry[T]{outcome: p.found.outcome}
	entry.status, entry.err = StatusMiss, nil
	if err != nil {
		m.failure = err
		entry.status, entry.err = StatusOrigin, err
	}
	m.entries[gap.index] = entry
}
