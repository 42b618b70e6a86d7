package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/analysis"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// cell returns what the table of traces says of after in the row of a name.
func cell(t *testing.T, s *traces.Stats, name string) string {
	t.Helper()
	table, _ := traceRows(&analysis.Benchmark{Trace: map[results.Side]*traces.Stats{results.After: s}})
	i := slices.IndexFunc(table, func(r gcRow) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("no row %q", name)
	}
	if table[i].Before != missing {
		t.Errorf("%s of before is %q, which has no trace", name, table[i].Before)
	}
	return table[i].After
}

// TestTraceCells checks what cells say in words where there is no number.
func TestTraceCells(t *testing.T) {
	mmu := []results.MMUPoint{{Window: time.Millisecond, Utilisation: 0.25}}
	for _, c := range []struct {
		row  string
		of   traces.Stats
		want string
	}{
		{"dedicated: starts, parks, time", traces.Stats{Processes: 1}, "0"},
		{"dedicated: starts, parks, time", traces.Stats{Dedicated: traces.Work{Starts: 3, Time: 1}}, "3, not recorded, 1.000 s"},
		{"dedicated: starts, parks, time", traces.Stats{Detailed: 1, Dedicated: traces.Work{Starts: 3, Parks: 2, Time: 1}}, "3, 2, 1.000 s"},
		{"preempted into a run queue", traces.Stats{}, "not recorded"},
		{"preempted into a run queue", traces.Stats{Detailed: 1}, "0"},
		{"preempted into a run queue", traces.Stats{Detailed: 1, Preempted: 5, PreemptedParking: 2}, "5, on the way to the park 2"},
		{"runnable on a queue (times)", traces.Stats{Detailed: 1}, "none"},
		{"runnable until it ran, in cycles (times)", traces.Stats{}, "not recorded"},
		{"attempts given up before a stop", traces.Stats{}, "leaves no event"},
		{"starts in a cycle", traces.Stats{}, missing},
		{"least left to the program in 1 ms", traces.Stats{}, "not recorded"},
		{"least left to the program in 1 ms", traces.Stats{Detailed: 1}, "GOMAXPROCS not in the trace"},
		{"least left to the program in 1 ms", traces.Stats{Detailed: 1, MMU: mmu}, "25 %"},
		{"least left to the program in 10 ms", traces.Stats{Detailed: 1, MMU: mmu}, "the trace is shorter"},
	} {
		if got := cell(t, &c.of, c.row); got != c.want {
			t.Errorf("%s of %+v is %q, want %q", c.row, c.of, got, c.want)
		}
	}
}

// TestTraceNotes checks what the note says of what is missing.
func TestTraceNotes(t *testing.T) {
	lack := map[results.Side]string{results.After: "read the execution trace: unexpected EOF"}
	one := map[results.Side]*traces.Stats{results.Before: {Processes: 3, Detailed: 1}}
	for _, c := range []struct {
		of   analysis.Benchmark
		want []string
	}{
		{analysis.Benchmark{}, []string{"No execution trace was taken of this benchmark, or none that reads."}},
		{analysis.Benchmark{TraceLack: lack}, []string{"No execution trace was taken", "One of after is missing: read the execution trace: unexpected EOF."}},
		{analysis.Benchmark{Trace: one, TraceLack: lack}, []string{"No execution trace of after.", "Of 3 traces of before 2 came from an older patchbench", "unexpected EOF."}},
	} {
		_, note := traceRows(&c.of)
		for _, want := range c.want {
			if !strings.Contains(note, want) {
				t.Errorf("%q lacks %q", note, want)
			}
		}
	}
}

// TestCycleOneSide draws a cycle that only one side has.
func TestCycleOneSide(t *testing.T) {
	b := &single().Benchmarks[0]
	b.Trace[results.Before].Picture = nil
	b.Trace[results.After].Picture.Cut = 3
	c := newCycleChart(b)
	if c == nil || len(c.sides) != 1 {
		t.Fatalf("%+v", c)
	}
	if note := c.note(); !strings.Contains(note, "3 spans of after, the shortest, are left out.") || !strings.Contains(note, "No cycle of before was recorded in full.") {
		t.Error(note)
	}
	for _, r := range c.rows() {
		if r.Before != missing {
			t.Errorf("%s of before is %s", r.Name, r.Before)
		}
	}
	b.Trace[results.After].Picture = nil
	if c := newCycleChart(b); c != nil {
		t.Errorf("no cycles, but %+v", c)
	}
}

// TestCycleLanes has more Ps and workers than a picture shows.
func TestCycleLanes(t *testing.T) {
	var spans []results.Span
	for i := range 40 {
		spans = append(spans, results.Span{Kind: results.SpanIdle, P: 39 - i, Worker: int64(100 + i%20), From: time.Duration(i), To: time.Duration(i + 1)})
	}
	lanes, left := cycleLanes(spans)
	if len(lanes) != 2*mostLanes || left != 24+4 || lanes[0].name != "P 0" || lanes[mostLanes].name != "worker 1" {
		t.Errorf("%d lanes, %d left, the first is %+v", len(lanes), left, lanes[0])
	}
	if w := lanes[mostLanes].spans; len(w) != 2 || w[0].P != 39 || w[1].P != 19 {
		t.Errorf("the first worker has %+v", w)
	}
}

// TestCycleSpans finds each kind of span in the drawing.
func TestCycleSpans(t *testing.T) {
	plot := string(newCycleChart(&single().Benchmarks[0]).plot("c", "X"))
	for _, k := range spanKinds() {
		if !strings.Contains(plot, fmt.Sprintf(`class="lane-%s"`, k.kind)) || !strings.Contains(style, ".lane-"+string(k.kind)) {
			t.Errorf("%s is not drawn", k.kind)
		}
	}
	if n := strings.Count(plot, `<rect class="margin"`); n != 4 {
		t.Errorf("%d stops, want 2 a side", n)
	}
}

// TestMMUPlot has a curve a side, and one alone where the other has none.
func TestMMUPlot(t *testing.T) {
	b := &single().Benchmarks[0]
	plot := string(mmuPlot(b, "m"))
	if !strings.Contains(plot, `class="curve before"`) || !strings.Contains(plot, `class="curve after"`) {
		t.Error("a curve is missing")
	}
	if n := len(mmuRows(b)); n != 20 {
		t.Errorf("%d rows, want one for each of 20 windows", n)
	}
	b.Trace[results.After] = nil
	if plot := string(mmuPlot(b, "m")); strings.Contains(plot, `class="curve after"`) || mmuRows(b)[0].After != missing {
		t.Error("a curve of nothing")
	}
	b.Trace[results.Before].MMU = nil
	if mmuPlot(b, "m") != "" || mmuRows(b) != nil {
		t.Error("a plot of nothing")
	}
}

func TestShellWord(t *testing.T) {
	for s, want := range map[string]string{
		"traces/A-4.before.1.trace": "traces/A-4.before.1.trace",
		"traces/A b.trace":          "'traces/A b.trace'",
		"it's; rm":                  `'it'\''s; rm'`,
	} {
		if got := shellWord(s); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
