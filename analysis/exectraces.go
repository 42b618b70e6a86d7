package analysis

import (
	"os"
	"path"
	"path/filepath"

	"patchbench/analysis/traces"
	"patchbench/results"
)

// passTrace is what events call the pass that takes execution traces.
const passTrace = "trace"

// addTrace adds what the execution traces of a side tell, and where one is
// itself.
func (b *Benchmark) addTrace(dir string, side results.Side) {
	if paths := numbered(filepath.Join(dir, results.TracesDir), b.Name, side, ".json.gz"); len(paths) > 0 {
		s, faults := traces.Read(paths)
		if s != nil {
			b.Trace[side] = s
		}
		b.Warnings = append(b.Warnings, unreadable(dir, "execution traces of "+string(side), faults)...)
	}
	raw := path.Join(results.TracesDir, results.RawTrace(b.Name, side))
	if info, err := os.Stat(filepath.Join(dir, raw)); err == nil && info.Mode().IsRegular() {
		if b.RawTrace == nil {
			b.RawTrace = make(map[results.Side]string)
		}
		b.RawTrace[side] = raw
	}
}

// missTrace records why an execution trace is missing.
func (l *eventLog) missTrace(e *results.Event) {
	if e.Pass != passTrace {
		return
	}
	if l.noTrace[e.Benchmark] == nil {
		l.noTrace[e.Benchmark] = make(map[results.Side]string)
	}
	l.noTrace[e.Benchmark][e.Side] = e.Message
}

// haveTrace is where a trace that was missing was taken after all.
func (l *eventLog) haveTrace(e *results.Event) {
	if e.Pass != passTrace {
		return
	}
	if delete(l.noTrace[e.Benchmark], e.Side); len(l.noTrace[e.Benchmark]) == 0 {
		delete(l.noTrace, e.Benchmark)
	}
}
