package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"patchbench/analysis"
	"patchbench/analysis/report"
	"patchbench/results"
)

// hostile is what a name can be.
const hostile = `</td><script>alert("x")</script>&amp;`

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testProtocol asks for two benchmarks.
func testProtocol(experiment, class string, created time.Time) *results.Protocol {
	p := &results.Protocol{
		Format: results.Format, Experiment: experiment, Title: "runtime: do " + experiment, Claim: "no-loss", Suite: "quick", Seed: 1,
		Created: created, Base: "release:go1.16.15", Budget: 480,
		Host:  results.Host{Name: "gopher", Class: class, GOOS: "linux", GOARCH: "amd64", CPU: "x", Cores: 2},
		Alpha: 0.05, MinPairs: 10, Rounds: 10, Geomean: 0.01, Margins: map[results.Kind]float64{results.Time: 0.02},
	}
	for _, name := range []string{"Storm-4", "Heap-2"} {
		p.Benchmarks = append(p.Benchmarks, results.Benchmark{
			Name: name, Procs: 4, Iterations: 100, Seconds: 0.5, Difference: results.Code, Moved: 1263, NumChanged: 2,
			Primary: []results.Metric{{Unit: "sec/op", Kind: results.Time, Better: "lower", Margin: 0.02}},
		})
	}
	return p
}

// writeRun makes the run folder dir, after slower by slowdown, with profiles of
// the first benchmark.
func writeRun(t *testing.T, dir string, p *results.Protocol, slowdown float64) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(dir, results.ProfilesDir), 0o755))
	_, err := results.WriteProtocol(dir, p)
	must(t, err)
	rng := rand.New(rand.NewPCG(3, 4))
	var samples, events bytes.Buffer
	log := json.NewEncoder(&events)
	must(t, log.Encode(results.Event{Kind: results.EventStart, Time: p.Created}))
	samples.WriteString("goos: linux\n")
	id := 0
	for round := range p.Rounds {
		for position, b := range p.Benchmarks {
			for slot, c := range "ABBA" {
				side, x := results.Before, 1+0.004*rng.NormFloat64()
				if c == 'B' {
					side, x = results.After, x*(1+slowdown)
				}
				fmt.Fprintf(&samples, "side: %s\nSample: id=%d round=%d position=%d order=ABBA slot=%d tree=t binary=b\nBenchmark%s 100 %v ns/op\n",
					side, id, round, position, slot, b.Name, 1e6*x)
				must(t, log.Encode(results.Event{Kind: results.EventSample, Time: p.Created, Sample: id, Benchmark: b.Name, Side: side, Wall: 0.5, Load: 1}))
				id++
			}
		}
	}
	must(t, log.Encode(results.Event{Kind: results.EventDone, Time: p.Created}))
	must(t, os.WriteFile(filepath.Join(dir, results.SamplesFile), samples.Bytes(), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, results.EventsFile), events.Bytes(), 0o644))
	for _, side := range results.Sides() {
		for k := range 2 {
			data, err := os.ReadFile(fmt.Sprintf("../prof/testdata/tree.%s.%d.pb.gz", side, k))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, results.ProfilesDir, fmt.Sprintf("%s.%s.%d.pb.gz", p.Benchmarks[0].Name, side, k+1)), data, 0o644))
		}
	}
}

// judge writes the verdict and the report into a run folder.
func judge(t *testing.T, dir string) {
	t.Helper()
	a, err := analysis.Analyze(dir, analysis.Question{})
	must(t, err)
	must(t, analysis.Save(dir, a))
	var page bytes.Buffer
	must(t, report.HTML(&page, a))
	must(t, os.WriteFile(filepath.Join(dir, htmlFile), page.Bytes(), 0o644))
}

// A fixture is a folder of runs, the handler that serves it, and a file beside
// it that nobody is to see.
type fixture struct {
	root, secret string
	handler      *Handler
}

const secretText = "nobody is to see this"

// newFixture has three runs: demo/first is judged, demo/second is not and of
// another host, demo/third is newer, and judged a regression.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	top := t.TempDir()
	f := &fixture{root: filepath.Join(top, "results"), secret: filepath.Join(top, "secret.txt")}
	day := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	writeRun(t, f.dir("first"), testProtocol("demo", "linux-amd64-x-2", day), 0)
	writeRun(t, f.dir("second"), testProtocol("demo", "linux-arm64-y-4", day.Add(-time.Hour)), 0)
	writeRun(t, f.dir("third"), testProtocol("other", "linux-amd64-x-2", day.Add(time.Hour)), 0.1)
	judge(t, f.dir("first"))
	judge(t, f.dir("third"))
	must(t, os.WriteFile(f.secret, []byte(secretText), 0o644))
	f.open(t)
	return f
}

func (f *fixture) dir(name string) string { return filepath.Join(f.root, "demo", name) }

func (f *fixture) open(t *testing.T) {
	t.Helper()
	h, err := New([]string{f.root})
	must(t, err)
	f.handler = h
}

// get asks for an address of the server.
func (f *fixture) get(target string) *httptest.ResponseRecorder {
	return f.ask(http.MethodGet, target, "127.0.0.1:8080")
}

func (f *fixture) ask(method, target, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}
