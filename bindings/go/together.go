package gencache

import (
	"context"
	"hash/maphash"
	"sync/atomic"
	"time"
)

// lines are those of a cache's reads; a bound cache has one of its own.
type lines struct {
	seed       maphash.Seed
	lines      [64]line
	aloneUntil atomic.Int64 // nanoseconds of Unix time: after a failure
}

// The longest that libgencache leaves a failed server unasked. For as long, reads of other servers do not travel with
// one that finds out whether it is back.
const aloneAfterFailure = time.Second

// of returns the line of a read; nil where it goes alone. The budget of a group is the usual one, so that nobody whose
// deadline is nearer, or nearly so, may be in it.
func (l *lines) of(ctx context.Context, b *binding, k *call, usual time.Duration) *line {
	if usual == 0 {
		return nil
	}
	if until := l.aloneUntil.Load(); until != 0 && time.Now().UnixNano() < until {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < 2*usual {
		return nil
	}
	if b != nil {
		return &b.line
	}
	return &l.lines[maphash.Bytes(l.seed, k.generations())%uint64(len(l.lines))]
}

func (l *lines) note(status Status) {
	if status.isOnlyAMiss() {
		l.aloneUntil.Store(time.Now().Add(aloneAfterFailure).UnixNano())
	}
}

// readTogether reads k together with others, where there are any, and tells whether it has. If not, the caller is to
// read by itself, and then to leave the line that it is given.
func (c *Cache) readTogether(ctx context.Context, b *binding, k *call) (l *line, isRead bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	l = c.lines.of(ctx, b, k, c.budgets.usual)
	if l == nil {
		return nil, false, nil
	}
	is, err := l.enter(ctx, k)
	if is == turnLead {
		members := l.depart(k)
		if len(members) > 1 {
			bytes := c.readFor(ctx, b, members)
			l.leave()
			l.learn(len(members), bytes)
			is = <-k.turn
		} else {
			is = turnFirst
		}
	}
	if is != turnFirst {
		l = nil
	}
	return l, is == turnDone, err
}

// readFor reads for all members, gives them their turns, and returns the size of all values. Who has not got what gc_get
// would give goes alone: where a server failed, only gc_get tells why.
func (c *Cache) readFor(ctx context.Context, b *binding, members []*call) (bytes int) {
	k := pooledCalls.Get().(*call)
	defer k.free()
	k.request = appendMerged(k.request[:0], members)
	many, err := c.askMany(ctx, b, k, len(members), nil)
	if err != nil {
		for _, member := range members {
			member.turn <- turnAlone
		}
		return 0
	}
	defer many.free()
	for i, member := range members {
		bytes += int(many[i].size)
		if takeError(Status(many[i].status), many[i].error) != nil {
			member.turn <- turnAlone
			continue
		}
		many.giveTo(member, i)
		member.turn <- turnDone
	}
	return bytes
}

// giveTo makes result number i that of k, as gcgo_get would have left it.
func (m manyFound) giveTo(k *call, i int) {
	k.result = m[i]
	size, keySize := int(k.result.size), int(k.result.key_size)
	if Type(k.result._type) == typeNone || size+keySize > copiedSize {
		m[i].entry = nil // it is k's
		return
	}
	if size > 0 {
		copy(k.buffer[:size], bytesAt(k.result.data, size))
	}
	copy(k.buffer[size:], bytesAt(k.result.key, keySize))
	k.result.is_copied, k.result.data, k.result.entry = 1, nil, nil
}
