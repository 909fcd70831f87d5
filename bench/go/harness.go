package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
)

// block measures some operations of one subject; what it returns is in the result's unit.
type block func() float64

// plan is how a comparison is measured: blocks are short and rounds many, so that a drift of the machine falls into few
// of them, and the median passes over those.
type plan struct {
	rounds     int
	warmUp     int // operations before a block, which are not timed: the other subject has just had the caches
	operations int // in a block
}

type result struct {
	name                         string
	ours, reference, ratio       float64
	lowerQuartile, upperQuartile float64
	unit                         string
}

// compare measures two subjects by turns, the order alternating. The ratio is the median of the rounds' ratios.
func compare(name, unit string, rounds int, ours, reference block) result {
	var our, references, ratios []float64
	for round := 0; round < rounds; round++ {
		var a, b float64
		if round%2 == 0 {
			a = ours()
			b = reference()
		} else {
			b = reference()
			a = ours()
		}
		our, references, ratios = append(our, a), append(references, b), append(ratios, a/b)
	}
	return result{name, quantile(our, 0.5), quantile(references, 0.5), quantile(ratios, 0.5),
		quantile(ratios, 0.25), quantile(ratios, 0.75), unit}
}

func quantile(sample []float64, fraction float64) float64 {
	sample = append([]float64{}, sample...)
	sort.Float64s(sample)
	position := fraction * float64(len(sample)-1)
	below := int(position)
	above := below
	if above+1 < len(sample) {
		above++
	}
	return sample[below] + (sample[above]-sample[below])*(position-float64(below))
}

// latency gives blocks of one operation, which is given the number of the call: the median in microseconds.
func latency(p plan, operation func(i int)) block {
	next := 0
	sample := make([]float64, p.operations)
	return func() float64 {
		for i := 0; i < p.warmUp; i++ {
			operation(next)
			next++
		}
		for i := range sample {
			start := time.Now()
			operation(next)
			sample[i] = float64(time.Since(start).Nanoseconds()) / 1000
			next++
		}
		return quantile(sample, 0.5)
	}
}

func (r result) print() {
	fmt.Fprintf(os.Stderr, "%-44s %12.2f %12.2f  %-6s %7.3f  %.3f to %.3f\n", r.name, r.ours, r.reference, r.unit, r.ratio,
		r.lowerQuartile, r.upperQuartile)
}

func writeJSON(path string, results []result) error {
	var lines []string
	for _, r := range results {
		lines = append(lines, fmt.Sprintf(`  {"name": "%s", "ours": %.6g, "reference": %.6g, "ratio": %.6g, "unit": "%s"}`,
			r.name, r.ours, r.reference, r.ratio, r.unit))
	}
	return os.WriteFile(path, []byte("[\n"+strings.Join(lines, ",\n")+"\n]\n"), 0o644)
}
