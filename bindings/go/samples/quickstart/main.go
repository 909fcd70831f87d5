// A miss, a fill, a hit, an invalidation, and a miss that says why.
package main

import (
	"context"
	"fmt"
	"log"

	"example.com/gencache"
)

func main() {
	ctx := context.Background()
	cache, err := gencache.OpenDefault() // $GENCACHE_URL, or else memory://
	if err != nil {
		log.Fatal(err)
	}
	defer cache.Close()
	if err := visit(ctx, cache); err != nil {
		log.Fatal(err)
	}
}

func visit(ctx context.Context, cache *gencache.Cache) error {
	page := []string{"nav", "nav_portal:user_id"}
	user, name := gencache.Int("user_id", 1), gencache.Str("page", "home")
	if err := cache.Delete(ctx, page, user, name); err != nil { // what an earlier run has left
		return err
	}

	for visit := 1; visit <= 3; visit++ {
		entry, err := gencache.Get[string](ctx, cache, page, user, name)
		if err != nil {
			return err
		}
		if html, ok := entry.Value(); ok {
			fmt.Println("hit: ", html)
		} else {
			fmt.Println(entry)             // the miss, and why
			html = "<h1>Welcome back</h1>" // compute it here: no invalidation gets lost meanwhile
			if _, err := entry.Fill(ctx, html); err != nil {
				return err
			}
		}
		if visit == 2 {
			if err := cache.Invalidate(ctx, []string{"nav_portal:user_id"}, user); err != nil {
				return err
			}
		}
	}
	return nil
}
