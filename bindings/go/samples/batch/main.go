// Invalidations that wait for a transaction's commit.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"example.com/gencache"
)

// database is a variable here.
var database = map[int64]string{1: "Ada"}

var errConstraint = errors.New("the name is taken")

func main() {
	cache := gencache.Must(gencache.OpenDefault())
	defer cache.Close()
	if err := story(context.Background(), cache); err != nil {
		log.Fatal(err)
	}
}

func story(ctx context.Context, cache *gencache.Cache) error {
	if err := cache.Invalidate(ctx, []string{"user:id"}, gencache.Int("id", 1)); err != nil { // of an earlier run
		return err
	}
	show(ctx, cache)
	show(ctx, cache)

	fmt.Println("A transaction renames user 1, and commits:")
	if err := rename(ctx, cache, 1, "Grace"); err != nil {
		return err
	}
	show(ctx, cache)
	show(ctx, cache)

	fmt.Println("A transaction renames user 1, and fails:")
	if err := rename(ctx, cache, 1, "Edith"); !errors.Is(err, errConstraint) {
		return err
	}
	show(ctx, cache)
	return nil
}

// rename is a transaction with the invalidations that belong to it. Where it fails they are dropped.
func rename(ctx context.Context, cache *gencache.Cache, id int64, name string) error {
	batch, err := gencache.NewBatch(cache)
	if err != nil {
		return err
	}
	defer batch.Cancel()
	if err := batch.Invalidate([]string{"user:id"}, gencache.Int("id", id)); err != nil { // sends nothing
		return err
	}
	if name == "Edith" {
		return errConstraint
	}
	database[id] = name // the commit
	return batch.Commit(ctx)
}

func show(ctx context.Context, cache *gencache.Cache) {
	how := "remembered"
	name, err := gencache.Fetch(ctx, cache, []string{"user:id"}, gencache.Args{gencache.Int("id", 1)},
		func(context.Context) (string, error) {
			how = "computed"
			return database[1], nil
		})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("user 1 is %s, %s\n", name, how)
}
