package gencache_test

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"example.com/gencache"
)

// counter forwards to a server, and counts the round trips: how often a client asked something and awaited the answer.
type counter struct {
	net.Listener
	trips atomic.Int64
}

func countTrips(t *testing.T) *counter {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { listener.Close() })
	c := &counter{Listener: listener}
	server := testServer(t)
	go func() {
		for {
			client, err := c.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				t.Error(err)
				client.Close()
				return
			}
			c.forward(client, upstream)
		}
	}()
	return c
}

func (c *counter) url() string {
	return fmt.Sprintf("memcached://%s/?timeout_ms=5000&prefix=trips.%d", c.Addr(), namespaces.Add(1))
}

func (c *counter) forward(client, server net.Conn) {
	var isAsking atomic.Bool
	go move(client, server, func() {
		if !isAsking.Swap(true) {
			c.trips.Add(1)
		}
	})
	go move(server, client, func() { isAsking.Store(false) })
}

// move calls each before it hands a piece on.
func move(from, to net.Conn, each func()) {
	defer to.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 {
			each()
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func TestTripsOfFetchMany(t *testing.T) {
	network := countTrips(t)
	cache := open(t, network.url())
	check(t, cache.Ping(ctx)) // connects
	ids := func(from, to int) (list []int) {
		for id := from; id < to; id++ {
			list = append(list, id)
		}
		return list
	}
	for _, test := range []struct {
		what  string
		calls []gencache.Args
		trips int64
	}{
		{"all missing", users(ids(0, 10)...), 2 + 2*10},
		{"all there", users(ids(0, 10)...), 1},
		{"some there", users(ids(5, 13)...), 2 + 2*3},
	} {
		before := network.trips.Load()
		entries, err := gencache.FetchMany(ctx, cache, userGeneration, test.calls, fillAll)
		check(t, err)
		if trips := network.trips.Load() - before; trips != test.trips {
			t.Errorf("%s: %d trips instead of %d", test.what, trips, test.trips)
		}
		for _, entry := range entries {
			expectValues(t, []*gencache.Entry[string]{entry}, "computed")
		}
	}
}
