//go:build gomemcache

package main

import (
	"fmt"
	"sync"
	"time"

	"example.com/gencache"
	"github.com/bradfitz/gomemcache/memcache"
)

const goroutines = 64

// rateAgainstGomemcache compares how many hits a second 64 goroutines get, with the usual client of Go programs.
func rateAgainstGomemcache(name string, rounds int, port uint16, cache *gencache.Cache) []result {
	client := memcache.New(fmt.Sprintf("127.0.0.1:%d", port))
	client.MaxIdleConns = goroutines
	client.Timeout = 2 * time.Second
	var names []string
	for i := 0; i < keys; i++ {
		names = append(names, fmt.Sprintf("gomemcache-%d", 100+i))
		if err := client.Set(&memcache.Item{Key: names[i], Value: make([]byte, valueSize)}); err != nil {
			panic(err)
		}
	}
	theirs := func(i int) {
		if item, err := client.Get(names[i%keys]); err != nil || len(item.Value) != valueSize {
			panic(fmt.Sprint("gomemcache: no hit: ", err))
		}
	}
	return []result{measured(compare(name, "ops/s", rounds/8+1, rate(func(i int) { hit(cache, i) }), rate(theirs)))}
}

// rate gives blocks of an operation that 64 goroutines repeat.
func rate(operation func(i int)) block {
	const each = 50
	return func() float64 {
		var done sync.WaitGroup
		begin := make(chan struct{})
		for g := 0; g < goroutines; g++ {
			done.Add(1)
			go func(g int) {
				defer done.Done()
				<-begin
				for i := 0; i < each; i++ {
					operation(g + i)
				}
			}(g)
		}
		start := time.Now()
		close(begin)
		done.Wait()
		return goroutines * each / time.Since(start).Seconds()
	}
}
