package gencache_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"example.com/gencache"
)

func Example() {
	ctx := context.Background()
	cache, err := gencache.Open("memory://")
	if err != nil {
		log.Fatal(err)
	}
	defer cache.Close()

	page := []string{"nav", "nav_portal:user_id"}
	show := func(user int64) {
		html, err := gencache.Fetch(ctx, cache, page, gencache.Args{gencache.Int("user_id", user)},
			func(context.Context) (string, error) {
				fmt.Println("computing")
				return fmt.Sprintf("<h1>user %d</h1>", user), nil
			}, gencache.TTL(5*time.Minute))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(html)
	}
	show(1)
	show(1)
	if err := cache.Invalidate(ctx, []string{"nav_portal:user_id"}, gencache.Int("user_id", 1)); err != nil {
		log.Fatal(err)
	}
	show(1)
	// Output:
	// computing
	// <h1>user 1</h1>
	// <h1>user 1</h1>
	// computing
	// <h1>user 1</h1>
}

func ExampleGet() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	for i := 0; i < 2; i++ {
		entry, err := gencache.Get[string](ctx, cache, []string{"user:id"}, gencache.Int("id", 1))
		if err != nil {
			log.Fatal(err)
		}
		name, ok := entry.Value()
		if !ok {
			fmt.Println(entry)
			name = "Ada" // compute it here: no invalidation gets lost meanwhile
			if _, err := entry.Fill(ctx, name); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Println(name)
	}
	// Output:
	// miss: absent
	// Ada
	// Ada
}

func ExampleFetchMany() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	ids := []int{1, 2, 3}
	names := map[int]string{1: "Ada", 3: "Grace"}
	entries, err := gencache.FetchMany(ctx, cache, []string{"user:id"}, gencache.Each("id", ids),
		func(_ context.Context, gaps []*gencache.Gap[string]) error { // one query for all of them
			for _, gap := range gaps {
				if name, ok := names[ids[gap.Index()]]; ok {
					if err := gap.Fill(name); err != nil {
						return err
					}
				}
			}
			return nil
		})
	if err != nil {
		log.Fatal(err)
	}
	for i, entry := range entries {
		name, ok := entry.Value()
		fmt.Println(ids[i], name, ok)
	}
	// Output:
	// 1 Ada true
	// 2  false
	// 3 Grace true
}

func ExampleWrap() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	type args struct {
		UserID int    `gencache:"user_id"`
		Page   string `gencache:"page"`
	}
	page, err := gencache.Wrap(cache, []string{"nav", "nav_portal:user_id"},
		func(_ context.Context, a args) (string, error) {
			fmt.Println("computing")
			return strings.ToUpper(a.Page), nil
		}, gencache.TTL(5*time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		fmt.Println(page.Call(ctx, args{UserID: 1, Page: "home"}))
	}
	fmt.Println(page.Invalidate(ctx, gencache.Int("user_id", 1)))
	fmt.Println(page.Call(ctx, args{UserID: 1, Page: "home"}))
	// Output:
	// computing
	// HOME <nil>
	// HOME <nil>
	// <nil>
	// computing
	// HOME <nil>
}

func ExampleDepend() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	author := "Ada"
	book := func() string {
		text, err := gencache.Fetch(ctx, cache, []string{"book:id"}, gencache.Args{gencache.Int("id", 3)},
			func(ctx context.Context) (string, error) {
				// Only the book tells who its author is. First this, then the author is read:
				if err := gencache.Depend(ctx, "author:id", gencache.Int("id", 7)); err != nil {
					log.Print(err) // it is not stored then
				}
				return "Notes by " + author, nil
			})
		if err != nil {
			log.Fatal(err)
		}
		return text
	}
	fmt.Println(book())
	author = "Ada Lovelace"
	if err := cache.Invalidate(ctx, []string{"author:id"}, gencache.Int("id", 7)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(book())
	// Output:
	// Notes by Ada
	// Notes by Ada Lovelace
}

func ExampleNewBatch() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	batch, err := gencache.NewBatch(cache)
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Cancel() // drops what was not committed

	// BEGIN; UPDATE …
	if err := batch.Invalidate([]string{"user:id"}, gencache.Int("id", 7)); err != nil {
		log.Fatal(err)
	}
	// COMMIT, and then:
	fmt.Println(batch.Commit(ctx))
	// Output: <nil>
}

func ExampleBind() {
	cache := gencache.Must(gencache.Open("memory://"))
	defer cache.Close()
	pages, err := gencache.Bind[string](cache, []string{"nav", "nav_portal:user_id"},
		gencache.Args{gencache.Param("user_id"), gencache.Str("page", "home")}, gencache.TTL(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	if err := pages.Set(ctx, gencache.Parts(1), "<h1>home</h1>"); err != nil {
		log.Fatal(err)
	}
	entry, err := pages.Get(ctx, gencache.Int("user_id", 1), gencache.Str("page", "home"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entry.Value())
	// Output: <h1>home</h1> true
}
