// The step in Go: computes the value where there is none, which is the first and the fifth step of the story.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"example.com/gencache"
)

// User is stored as JSON, as is whatever has no type of its own in the cache.
type User struct {
	Name   string   `json:"name"`
	Visits int      `json:"visits"`
	Tags   []string `json:"tags"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Go:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: computes VISITS")
	}
	visits, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	cache, err := gencache.OpenDefault() // $GENCACHE_URL
	if err != nil {
		return err
	}
	defer cache.Close()

	isComputed := false
	args := gencache.Args{gencache.Int("user_id", 7), gencache.Str("kind", "profile")}
	user, err := gencache.Fetch(context.Background(), cache, []string{"users", "user:user_id"}, args,
		func(context.Context) (User, error) {
			isComputed = true
			return User{Name: "Ada", Visits: visits, Tags: []string{"admin", "writer"}}, nil
		})
	if err != nil {
		return err
	}
	text, err := json.Marshal(user)
	if err != nil {
		return err
	}
	if !isComputed {
		return fmt.Errorf("%s was in the cache already", text)
	}
	fmt.Printf("Go: computed %s\n", text)
	return nil
}
