package main

import (
	"fmt"
	"math"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// estimates keeps the running estimate of each benchmark's time per
// operation, for the progress display alone: no decision rests on it.
type estimates struct {
	first map[place]float64 // the sample of a pair that came first, log seconds, after positive
	d     map[string][]float64
}

type place struct {
	benchmark   string
	round, pair int
}

func newEstimates() *estimates {
	return &estimates{first: make(map[place]float64), d: make(map[string][]float64)}
}

// add takes in a sample; nil is passed over.
func (e *estimates) add(s *results.Sample) {
	if s == nil {
		return
	}
	v, ok := s.Value("ns/op")
	if !ok || v <= 0 {
		return
	}
	x := math.Log(v)
	if s.Side == results.Before {
		x = -x
	}
	at := place{s.Benchmark, s.Round, s.Pair()}
	if y, ok := e.first[at]; ok {
		e.d[s.Benchmark] = append(e.d[s.Benchmark], x+y)
		delete(e.first, at)
		return
	}
	e.first[at] = x
}

// of words the estimate for a benchmark, "" where there is none yet.
func (e *estimates) of(benchmark string) string {
	d := e.d[benchmark]
	if len(d) == 0 {
		return ""
	}
	return fmt.Sprintf("%+.1f%%", 100*math.Expm1(stats.HodgesLehmann(d)))
}
