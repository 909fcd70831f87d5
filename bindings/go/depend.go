package gencache

import "context"

type leaseKey struct{}

// withLease returns the context of a computation. A nil lease is that of one without the cache.
func withLease(ctx context.Context, l *lease) context.Context {
	return context.WithValue(ctx, leaseKey{}, l)
}

// withoutLease returns the context of a computation of many values, of which each has its own Gap.Depend.
func withoutLease(ctx context.Context) context.Context {
	return context.WithValue(ctx, leaseKey{}, nil)
}

// Depend makes the value that is being computed depend on one more generation, which turned up only now. To be called
// with the context that the computation was given, and before the source that the generation stands for is read: then
// there is no race with an invalidation of it.
//
// It costs a round trip, within the budget that the call began with, also where ctx ends: else a value might be stored
// that does not depend on the generation. After an error the value is computed but not stored, unless it is ErrArgument:
// for a bad generation or argument, or where ctx is not that of a computation, or of one that has ended.
func Depend(ctx context.Context, generation string, args ...Argument) error {
	l, ok := ctx.Value(leaseKey{}).(*lease)
	if !ok {
		return argumentError("ctx is not that of the computation of a value: there is nothing that could depend on %q", generation)
	}
	if l == nil {
		return nil
	}
	return l.depend(generation, args)
}
