package prof

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// A stack is some samples with the same frames, running function first,
// separated by spaces. "a<b" is a inlined into b, "?" code without a name.
type stack struct {
	frames string
	count  int64
}

// cpuProfile makes a profile as Go's own would be.
func cpuProfile(stacks ...stack) *profile.Profile {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"},
		Period:     1e7,
		Mapping:    []*profile.Mapping{{ID: 1, Start: 0x400000, Limit: 0x500000, File: "/somewhere/x.test"}},
	}
	functions := make(map[string]*profile.Function)
	function := func(name string) *profile.Function {
		f := functions[name]
		if f == nil {
			f = &profile.Function{ID: uint64(len(functions) + 1), Name: name, SystemName: name, Filename: "/somewhere/" + name + ".go"}
			functions[name] = f
			p.Function = append(p.Function, f)
		}
		return f
	}
	for _, st := range stacks {
		s := &profile.Sample{Value: []int64{st.count, st.count * 1e7}}
		for _, frame := range strings.Fields(st.frames) {
			id := uint64(len(p.Location) + 1)
			loc := &profile.Location{ID: id, Mapping: p.Mapping[0], Address: 0x400000 + id}
			for _, name := range strings.Split(frame, "<") {
				if name != "?" {
					loc.Line = append(loc.Line, profile.Line{Function: function(name), Line: int64(id)})
				}
			}
			p.Location = append(p.Location, loc)
			s.Location = append(s.Location, loc)
		}
		p.Sample = append(p.Sample, s)
	}
	return p
}

// write keeps p in a file of its own and returns its path.
func write(t testing.TB, p *profile.Profile) string {
	t.Helper()
	var buf bytes.Buffer
	if err := p.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return writeBytes(t, buf.Bytes())
}

func writeBytes(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cpu.pb.gz")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// realPair returns the paths of one side of the pair kept in testdata: one
// benchmark, two processes a side, built with Go 1.16.15 and 1.26.8.
func realPair(t testing.TB, side string) []string {
	t.Helper()
	var paths []string
	for i := range 2 {
		paths = append(paths, filepath.Join("testdata", fmt.Sprintf("tree.%s.%d.pb.gz", side, i)))
	}
	return paths
}
