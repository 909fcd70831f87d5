// A function that remembers its results, by its arguments.
package main

import (
	"context"
	"fmt"
	"log"

	"example.com/gencache"
)

type pageArgs struct {
	UserID int    `gencache:"user_id"`
	Page   string `gencache:"page"`
	Trace  bool   `gencache:"-"` // makes no difference to the result
}

// render stands for what is worth remembering.
func render(_ context.Context, args pageArgs) (string, error) {
	fmt.Printf("    (computing %s of user %d)\n", args.Page, args.UserID)
	return fmt.Sprintf("<h1>%s of user %d</h1>", args.Page, args.UserID), nil
}

func main() {
	cache := gencache.Must(gencache.OpenDefault())
	defer cache.Close()
	if err := story(context.Background(), cache); err != nil {
		log.Fatal(err)
	}
}

func story(ctx context.Context, cache *gencache.Cache) error {
	page, err := gencache.Wrap(cache, []string{"nav", "nav_portal:user_id"}, render)
	if err != nil {
		return err
	}
	if err := page.Invalidate(ctx); err != nil { // what an earlier run has left
		return err
	}

	fmt.Println("The first call computes, the second one remembers:")
	show(ctx, page, pageArgs{UserID: 1, Page: "home"})
	show(ctx, page, pageArgs{UserID: 1, Page: "home"})

	fmt.Println("Other arguments, another result; `trace` is excluded, so it makes no difference:")
	show(ctx, page, pageArgs{UserID: 1, Page: "news"})
	show(ctx, page, pageArgs{UserID: 2, Page: "home"})
	show(ctx, page, pageArgs{UserID: 1, Page: "home", Trace: true})

	fmt.Println("User 1 has changed, on all pages; user 2 has not:")
	if err := page.Invalidate(ctx, gencache.Int("user_id", 1)); err != nil {
		return err
	}
	show(ctx, page, pageArgs{UserID: 1, Page: "home"})
	show(ctx, page, pageArgs{UserID: 1, Page: "news"})
	show(ctx, page, pageArgs{UserID: 2, Page: "home"})

	fmt.Println("nav has changed, for everybody:")
	if err := page.Invalidate(ctx); err != nil {
		return err
	}
	show(ctx, page, pageArgs{UserID: 2, Page: "home"})

	fmt.Println("A refresh computes, whatever is remembered:")
	html, err := page.Refresh(ctx, pageArgs{UserID: 2, Page: "home"})
	fmt.Println(" ", html)
	return err
}

func show(ctx context.Context, page *gencache.Wrapped[pageArgs, string], args pageArgs) {
	html, err := page.Call(ctx, args)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(" ", html)
}
