// Package gencache is a generational cache on memcached: cached values depend on generations, and to invalidate a
// generation makes all values that depend on it a miss, however many there are.
//
// A generation "nav" is static; "nav_portal:user_id" is value-based: one generation for each value of the argument
// user_id. Every other argument is part of the rest of the key.
//
//	page := []string{"nav", "nav_portal:user_id"}
//	html, err := gencache.Fetch(ctx, cache, page, gencache.Args{gencache.Int("user_id", 1), gencache.Str("page", "home")},
//		func(ctx context.Context) (string, error) { return render(ctx, 1, "home") })
//	…
//	err = cache.Invalidate(ctx, []string{"nav_portal:user_id"}, gencache.Int("user_id", 1))
//
// Once Invalidate has returned nil, no read that begins afterwards returns a value whose computation began before. That
// holds when servers die, come back, lose data or answer late. It needs values that are stored by Fetch, or by Get and
// Entry.Fill.
//
// # Errors
//
// What reads or computes does not fail because a server is away: Get gives a miss of ReasonUnavailable, Fetch the
// computed value. What changes something fails where it did not succeed, since an old value may then be left. Errors are
// told apart by errors.Is with ErrArgument, ErrUnavailable and their like; errors.As with *Error gives the status. A
// computation's own error comes as it is, and so does a context's.
//
// # Contexts
//
// The deadline of a context is the budget of a call, rounded down by at most a sixteenth, where that is less than the
// timeout_ms of the URL. A context that has ended ends a call before it begins. A cancel cannot interrupt C, but the
// budget bounds how long that takes. While a goroutine waits for somebody else's computation, or for room in C (see
// MaxCalls), both a cancel and a deadline end the wait at once.
//
// Four things go on beyond a deadline, each bounded by the budget that the call began with: Depend and the storing of a
// value that was computed, the question to a server whether somebody else's value is there, and the commit of a batch.
//
// # Goroutines and threads
//
// Everything but an Entry and a Gap may be used by any number of goroutines at once. A call of C holds an OS thread, so
// their number is limited (MaxCalls); the waiting for somebody else's computation is done in Go and holds none. Reads by Get
// and Fetch that many goroutines do at once, of values with the same generations, share a call of C and a round trip.
// memory:// is one store for each Cache.
package gencache
