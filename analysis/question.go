package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchbench/results"
)

// A Question is what a run is asked after it was measured. The zero Question is
// the protocol's own.
type Question struct {
	Margin  float64  // for every metric that is judged, relative; 0 for the protocol's
	Metrics []string // units to judge in place of the protocol's primary metrics; none for those
}

// put makes q the protocol's question, and says what of it the protocol does
// not ask: a question chosen when the samples were there may have been chosen
// for its answer. postHoc is empty if nothing changes.
func (q Question) put(p *results.Protocol, records map[string]*record) (postHoc string, err error) {
	var changed []string
	known := make(map[string]bool)
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		if !b.Measured() {
			continue
		}
		all := append(slices.Clone(b.Primary), records[b.Name].exploratory(p)...)
		primary := all[:len(b.Primary)]
		if len(q.Metrics) > 0 {
			primary = nil
		}
		for _, m := range all {
			known[m.Unit] = true
			if slices.Contains(q.Metrics, m.Unit) {
				primary = append(primary, m)
			}
		}
		if !slices.EqualFunc(primary, b.Primary, func(x, y results.Metric) bool { return x.Unit == y.Unit }) {
			changed = append(changed, list(q.Metrics)+" instead of the protocol's primary metrics")
		}
		primary = slices.Clone(primary)
		for j := range primary {
			m := &primary[j]
			switch {
			case q.Margin > 0 && m.Margin > 0 && m.Margin != q.Margin:
				changed = append(changed, fmt.Sprintf("a margin of %s instead of the protocol's", percent(q.Margin)))
				m.Margin = q.Margin
			case q.Margin > 0:
				m.Margin = q.Margin
			case m.Margin == 0:
				m.Margin = p.Margins[m.Kind]
			}
		}
		if b.Primary = primary; len(primary) == 0 && len(q.Metrics) > 0 {
			b.Unmeasured = "it does not report " + strings.Join(q.Metrics, " or ")
		}
	}
	for _, unit := range q.Metrics {
		if !known[unit] {
			return "", fmt.Errorf("no benchmark of the run reports %s on both sides; they report %s", unit, list(slices.Sorted(maps.Keys(known))))
		}
	}
	if len(changed) > 0 && len(q.Metrics) > 0 {
		p.Improves = nil // it is claimed of the protocol's metrics
	}
	slices.Sort(changed)
	return list(slices.Compact(changed)), nil
}
