//go:build !gomemcache

package main

import (
	"fmt"
	"os"

	"example.com/gencache"
)

func rateAgainstGomemcache(name string, _ int, _ uint16, _ *gencache.Cache) []result {
	fmt.Fprintf(os.Stderr, "%-44s not measured: built without -tags gomemcache\n", name)
	return nil
}
