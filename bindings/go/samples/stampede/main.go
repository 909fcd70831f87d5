// 16 callers miss one key at once, and one computes.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gencache"
)

const (
	callers   = 16
	computing = 200 * time.Millisecond
)

func main() {
	caches := open()
	for _, cache := range caches {
		defer cache.Close()
	}
	ctx := context.Background()
	if err := caches[0].Invalidate(ctx, []string{"report"}); err != nil { // what an earlier run has left
		log.Fatal(err)
	}

	fmt.Printf("%d callers miss one key at once; to compute it takes %d ms.\n", callers, computing.Milliseconds())
	var computations, rightAnswers atomic.Int64
	report := func(context.Context) (int64, error) {
		time.Sleep(computing) // stands for a slow query
		return 41 + computations.Add(1), nil
	}
	var done sync.WaitGroup
	begin := make(chan struct{})
	for i := 0; i < callers; i++ {
		cache := caches[i%len(caches)]
		done.Add(1)
		go func() {
			defer done.Done()
			<-begin
			answer, err := gencache.Fetch(ctx, cache, []string{"report"}, nil, report)
			if err != nil {
				log.Print(err)
			} else if answer == 42 {
				rightAnswers.Add(1)
			}
		}()
	}
	close(begin) // all begin together
	done.Wait()
	fmt.Println("computations:", computations.Load())
	fmt.Println("callers that got its value:", rightAnswers.Load())
}

// open opens a cache for each caller, as if it were another process; on memory:// all share one.
func open() []*gencache.Cache {
	url, n := os.Getenv("GENCACHE_URL"), callers
	if url == "" || strings.HasPrefix(url, "memory:") {
		n = 1
	}
	caches := make([]*gencache.Cache, n)
	for i := range caches {
		caches[i] = gencache.Must(gencache.OpenDefault())
	}
	return caches
}
