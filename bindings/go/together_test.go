package gencache

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	background = context.Background()
	openings   atomic.Int64
)

// openServers opens a cache in a namespace of its own on the real servers of the tests.
func openServers(t *testing.T) *Cache {
	t.Helper()
	servers := os.Getenv("GENCACHE_TEST_SERVERS")
	if servers == "" {
		t.Fatal("GENCACHE_TEST_SERVERS is not set: run this by script/with-memcached -n 3")
	}
	c := Must(Open(fmt.Sprintf("memcached://%s/?timeout_ms=5000&prefix=together.%d.%d", servers, os.Getpid(),
		openings.Add(1))))
	t.Cleanup(func() { c.Close() })
	return c
}

var users = []string{"all", "user:id"}

func userArgs(id int) Args { return Args{Int("id", int64(id))} }

// heldGroup is a group whose leader, a read of user 0, has not departed yet.
type heldGroup struct {
	t       *testing.T
	c       *Cache
	binding *binding
	line    *line
	lead    *call
}

func holdGroup(t *testing.T, c *Cache, b *binding) *heldGroup {
	t.Helper()
	generations := users
	if b != nil {
		generations = nil
	}
	k, err := newCall(generations, userArgs(0))
	if err != nil {
		t.Fatal(err)
	}
	l := c.lines.of(background, b, k, c.budgets.usual)
	l.hasCompany, l.most = true, mostTogether
	if is, err := l.enter(background, k); is != turnLead || err != nil {
		t.Fatal("it does not lead, but has ", is, err)
	}
	return &heldGroup{t, c, b, l, k}
}

func (h *heldGroup) size() int {
	h.line.mutex.Lock()
	defer h.line.mutex.Unlock()
	return len(h.lead.group.members)
}

// has waits until the group has n members.
func (h *heldGroup) has(n int) {
	h.t.Helper()
	soon(h.t, fmt.Sprint("the group has ", n, " members"), func() bool { return h.size() == n })
}

func soon(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

// join has the functions read, all at once; they are in the group when it returns.
func (h *heldGroup) join(reads ...func() error) (done *sync.WaitGroup) {
	h.t.Helper()
	size := h.size()
	done = new(sync.WaitGroup)
	for _, read := range reads {
		read := read
		done.Add(1)
		go func() {
			defer done.Done()
			if err := read(); err != nil {
				h.t.Error(err)
			}
		}()
	}
	h.has(size + len(reads))
	return done
}

// depart reads for all, and returns the leader's turn and status.
func (h *heldGroup) depart() (turn, Status) {
	h.c.readFor(background, h.binding, h.line.depart(h.lead))
	h.line.leave()
	is := <-h.lead.turn
	if is != turnDone {
		return is, StatusArgument
	}
	f := takeFound(&h.lead.result, h.lead.buffer[:])
	f.freeEntry()
	return is, f.status
}

func calls(t *testing.T, c *Cache) uint64 {
	t.Helper()
	stats, err := c.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return stats.ReadTime.Count
}

func expectHit(c *Cache, id int, value string) func() error {
	return func() error {
		entry, err := Get[string](background, c, users, userArgs(id)...)
		if err != nil {
			return err
		}
		is, ok := entry.Value()
		key, err := c.Key(users, userArgs(id)...)
		if !ok || is != value || entry.Key() != key || entry.Status() != StatusOK || entry.Reason() != ReasonHit {
			return fmt.Errorf("user %d: %.20q, %q, %v, %v, %v", id, is, entry.Key(), entry.Status(), entry.Reason(), err)
		}
		return err
	}
}

// A miss tells why, and can be filled.
func expectMiss(c *Cache, id int, reason Reason, generation string) func() error {
	return func() error {
		entry, err := Get[string](background, c, users, userArgs(id)...)
		if err != nil {
			return err
		}
		if entry.Reason() != reason || entry.Generation() != generation || !errors.Is(entry.Err(), ErrMiss) {
			return fmt.Errorf("user %d: %v, %q, %v", id, entry.Reason(), entry.Generation(), entry.Err())
		}
		_, err = entry.Fill(background, fmt.Sprint("filled ", id))
		return err
	}
}

func mustSet(t *testing.T, c *Cache, id int, value string) {
	t.Helper()
	if err := Set(background, c, users, userArgs(id), value); err != nil {
		t.Fatal(err)
	}
}

func TestAGroupIsOneCallOfWhichEachGetsItsOwn(t *testing.T) {
	c := openServers(t)
	large := strings.Repeat("large", copiedSize)
	var reads []func() error
	for id := 0; id < 40; id++ {
		mustSet(t, c, id, fmt.Sprint("value ", id))
		reads = append(reads, expectHit(c, id, fmt.Sprint("value ", id)))
	}
	mustSet(t, c, 40, large)
	mustSet(t, c, 41, "")
	mustSet(t, c, 42, "old")
	if err := c.Invalidate(background, users[1:], userArgs(42)...); err != nil {
		t.Fatal(err)
	}
	reads = append(reads,
		expectHit(c, 40, large),
		expectHit(c, 41, ""),
		expectMiss(c, 42, ReasonInvalidated, "user:id=42"),
		expectMiss(c, 43, ReasonAbsent, ""),
		func() error {
			if _, err := Get[bool](background, c, users, userArgs(1)...); !errors.Is(err, ErrType) {
				return fmt.Errorf("of another type: %v", err)
			}
			return nil
		},
		func() error {
			value, err := Fetch(background, c, users, userArgs(2), func(context.Context) (string, error) { return "", nil })
			if value != "value 2" || err != nil {
				return fmt.Errorf("fetched %q, %v", value, err)
			}
			return nil
		})

	before := calls(t, c)
	h := holdGroup(t, c, nil)
	done := h.join(reads...)
	if is, status := h.depart(); is != turnDone || status != StatusOK {
		t.Errorf("the leader has %v, %v", is, status)
	}
	done.Wait()
	if n := calls(t, c) - before; n != 1 {
		t.Errorf("%d reads were %d calls", len(reads), n)
	}
	for _, id := range []int{42, 43} {
		if err := expectHit(c, id, fmt.Sprint("filled ", id))(); err != nil {
			t.Error(err)
		}
	}
}

// What a fetch finds missing in a group it computes as ever.
func TestAFetchThatMissesInAGroupComputes(t *testing.T) {
	c := openServers(t)
	h := holdGroup(t, c, nil)
	fetch := func() error {
		value, err := Fetch(background, c, users, userArgs(7), func(context.Context) (string, error) { return "new", nil })
		if value != "new" || err != nil {
			return fmt.Errorf("%q, %v", value, err)
		}
		return nil
	}
	done := h.join(fetch, fetch, fetch)
	h.depart()
	done.Wait()
	if stats := Must(c.Stats()); stats.Computations != 1 || stats.Fills != 1 {
		t.Errorf("%+v", stats)
	}
}

func TestBoundReadsTravelTogether(t *testing.T) {
	c := openServers(t)
	b := Must(Bind[string](c, users, Args{Param("id")}))
	mustSet(t, c, 1, "one")
	before := calls(t, c)
	h := holdGroup(t, c, b.binding)
	done := h.join(func() error {
		entry, err := b.Get(background, Parts(1)...)
		if err != nil {
			return err
		}
		if value, _ := entry.Value(); value != "one" {
			return fmt.Errorf("%q, %v", value, entry.Err())
		}
		return nil
	})
	if is, status := h.depart(); is != turnDone || status != StatusMiss {
		t.Error(is, status)
	}
	done.Wait()
	if n := calls(t, c) - before; n != 1 {
		t.Errorf("there were %d calls", n)
	}
}

func TestWhoIsCancelledLeavesItsGroup(t *testing.T) {
	c := openServers(t)
	mustSet(t, c, 1, "one")
	h := holdGroup(t, c, nil)
	ctx, cancel := context.WithCancel(background)
	left := h.join(func() error {
		if _, err := Get[string](ctx, c, users, userArgs(2)...); err != context.Canceled {
			return fmt.Errorf("cancelled: %v", err)
		}
		return nil
	})
	done := h.join(expectHit(c, 1, "one"), expectHit(c, 1, "one"))
	cancel()
	left.Wait()
	h.has(3)
	h.depart()
	done.Wait()
}

// Whose call is bad hears of it as if it had been alone, and spoils nobody else's.
func TestABadMemberOfAGroup(t *testing.T) {
	c := openServers(t)
	mustSet(t, c, 1, "one")
	message := func(args ...Argument) string {
		_, err := Get[string](background, c, users, args...)
		if !errors.Is(err, ErrArgument) {
			t.Errorf("%v", err)
		}
		return fmt.Sprint(err)
	}
	alone := message(Int("user", 1))
	h := holdGroup(t, c, nil)
	done := h.join(expectHit(c, 1, "one"), func() error {
		if is := message(Int("user", 1)); is != alone {
			return fmt.Errorf("%q instead of %q", is, alone)
		}
		return nil
	})
	if is, _ := h.depart(); is != turnAlone {
		t.Error(is)
	}
	done.Wait()
}

func TestAGroupOfAClosedCache(t *testing.T) {
	c := openServers(t)
	h := holdGroup(t, c, nil)
	done := h.join(func() error {
		if _, err := Get[string](background, c, users, userArgs(1)...); err != ErrClosed {
			return fmt.Errorf("closed: %v", err)
		}
		return nil
	})
	c.Close()
	if is, _ := h.depart(); is != turnAlone {
		t.Error(is)
	}
	done.Wait()
}

// deadServer is an address where nobody listens.
func deadServer(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestAGroupWithADeadServer(t *testing.T) {
	dead := deadServer(t)
	c := Must(Open(fmt.Sprintf("memcached://%s,%s/?timeout_ms=5000&prefix=dead.%d", os.Getenv("GENCACHE_TEST_SERVER"), dead,
		os.Getpid())))
	t.Cleanup(func() { c.Close() })
	hits, failures := 0, 0
	var reads []func() error
	var mutex sync.Mutex
	for id := 0; id < 20; id++ {
		id := id
		if err := Set(background, c, users, userArgs(id), "value"); err != nil && !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
		reads = append(reads, func() error {
			entry, err := Get[string](background, c, users, userArgs(id)...)
			if err != nil {
				return err
			}
			mutex.Lock()
			defer mutex.Unlock()
			switch err := entry.Err(); {
			case err == nil:
				hits++
			case errors.Is(err, ErrUnavailable) && strings.Contains(err.Error(), dead):
				failures++
			default:
				return err
			}
			return nil
		})
	}
	h := holdGroup(t, c, nil)
	done := h.join(reads...)
	h.depart()
	done.Wait()
	if hits == 0 || failures == 0 || hits+failures != 20 {
		t.Errorf("%d hits and %d failures", hits, failures)
	}
	if c.lines.of(background, nil, h.lead, c.budgets.usual) != nil {
		t.Error("after a failure reads do not go alone")
	}
}

func TestWhoIsInAHurryGoesAlone(t *testing.T) {
	c := openServers(t)
	k, err := newCall(users, userArgs(0))
	if err != nil {
		t.Fatal(err)
	}
	for left, isAlone := range map[time.Duration]bool{time.Second: true, 9 * time.Second: true, time.Minute: false} {
		ctx, cancel := context.WithTimeout(background, left)
		if l := c.lines.of(ctx, nil, k, c.budgets.usual); (l == nil) != isAlone {
			t.Errorf("%v are left: alone: %v", left, l == nil)
		}
		cancel()
	}
}

// takePlaces takes all of a line, as reads do that do not come back.
func takePlaces(t *testing.T, c *Cache) *line {
	t.Helper()
	k, err := newCall(users, userArgs(0))
	if err != nil {
		t.Fatal(err)
	}
	l := c.lines.of(background, nil, k, c.budgets.usual)
	for i := 0; i < placesInLine; i++ {
		if is, err := l.enter(background, k); is == turnLead {
			l.depart(k)
		} else if is != turnFirst || err != nil {
			t.Fatal(is, err)
		}
	}
	return l
}

func TestWhoWaitsTooLongForAPlaceGoesAlone(t *testing.T) {
	c := openServers(t)
	mustSet(t, c, 1, "one")
	l := takePlaces(t, c)
	for i := 0; i < 3; i++ {
		if err := expectHit(c, 1, "one")(); err != nil {
			t.Error(err)
		}
		if l.places != placesInLine || !l.isSlow {
			t.Errorf("%d places are taken, slow: %v", l.places, l.isSlow)
		}
	}
	for i := 0; i < placesInLine; i++ {
		l.leave()
	}
	if l.isSlow || l.places != 0 {
		t.Errorf("%d places are taken, slow: %v", l.places, l.isSlow)
	}
}
