package prof

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// Whatever is wrong with a file, all three say which it is, on one line, and
// leave nothing behind.
func TestBadProfiles(t *testing.T) {
	good, err := os.ReadFile(realPair(t, "before")[0])
	if err != nil {
		t.Fatal(err)
	}
	heap := cpuProfile(stack{"a", 1})
	heap.SampleType = []*profile.ValueType{{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"}}
	wall := cpuProfile(stack{"a", 1})
	wall.PeriodType = &profile.ValueType{Type: "wall", Unit: "nanoseconds"}
	single := cpuProfile(stack{"a", 1})
	single.SampleType = single.SampleType[:1]
	single.Sample[0].Value = single.Sample[0].Value[:1]

	tests := []struct {
		name, path, want string
	}{
		{"missing", filepath.Join(t.TempDir(), "none.pb.gz"), "no such file"},
		{"empty", writeBytes(t, nil), "empty"},
		{"cut off", writeBytes(t, good[:len(good)/2]), "cut off"},
		{"text", writeBytes(t, []byte("PASS\nok\n")), "not a profile"},
		{"heap", write(t, heap), `"alloc_objects" "alloc_space"`},
		{"wall clock", write(t, wall), "not a cpu profile"},
		{"one type", write(t, single), `"samples"`},
		{"no samples", write(t, cpuProfile()), "no samples"},
		{"difference", write(t, cpuProfile(stack{"a", 5}, stack{"b", -2})), "-2 times"},
		{"absurd", write(t, cpuProfile(stack{"a", maxCount + 1})), "damaged"},
	}
	fine := realPair(t, "after")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "merged.pb.gz")
			bad := []string{fine[0], tt.path}
			_, compareBefore := Compare(bad, fine)
			_, compareAfter := Compare(fine, bad)
			_, flame := FlamePage(bad, fine, "x")
			merge := Merge(bad, out)
			for _, err := range []error{compareBefore, compareAfter, flame, merge} {
				if err == nil {
					t.Error("no error")
					continue
				}
				msg := err.Error()
				if !strings.Contains(msg, tt.path) || !strings.Contains(msg, tt.want) || strings.Contains(msg, "\n") {
					t.Errorf("error %q: want one line with the path and %q", msg, tt.want)
				}
			}
			if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a failed merge left its output: %v", err)
			}
		})
	}
}

func TestNoProfiles(t *testing.T) {
	_, compare := Compare(realPair(t, "before"), nil)
	_, flame := FlamePage(nil, realPair(t, "after"), "x")
	for side, err := range map[string]error{"after": compare, "before": flame} {
		if err == nil || !strings.Contains(err.Error(), side) {
			t.Errorf("error %v, want one that names the side %s", err, side)
		}
	}
	if err := Merge(nil, filepath.Join(t.TempDir(), "out")); err == nil {
		t.Error("merging nothing is no error")
	}
}

func TestMerge(t *testing.T) {
	out := filepath.Join(t.TempDir(), "merged.pb.gz")
	paths := []string{
		write(t, cpuProfile(stack{"a main", 2}, stack{"b main", 3})),
		write(t, cpuProfile(stack{"a main", 5})),
	}
	if err := Merge(paths, out); err != nil {
		t.Fatal(err)
	}
	p, err := load(out)
	if err != nil {
		t.Fatal(err)
	}
	s := countFunctions(p)
	if s.total != 10 || s.flat["a"] != 7 || s.flat["b"] != 3 || s.cumulative["main"] != 10 {
		t.Errorf("merged profile counts %+v", s)
	}
	// What -list and -disasm of go tool pprof want must survive.
	if len(p.Mapping) == 0 || p.Mapping[0].File == "" || p.Function[0].Filename == "" || p.Location[0].Address == 0 {
		t.Error("merged profile lost its addresses, files or mapping")
	}
	if err := Merge(paths, filepath.Join(out, "below-a-file")); err == nil {
		t.Error("no error for an output that cannot be made")
	}
}

// Any bytes are refused or give shares that are shares.
func FuzzParse(f *testing.F) {
	for _, path := range append(realPair(f, "before"), realPair(f, "after")...) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	var plain bytes.Buffer // not compressed: lets the fuzzer reach the fields
	if err := cpuProfile(stack{"in<a main", 2}, stack{"? main", 1}).WriteUncompressed(&plain); err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parse(data)
		if err != nil {
			return
		}
		s := countFunctions(p)
		if s.total <= 0 {
			t.Fatalf("total of %d samples", s.total)
		}
		var sum int64
		for name, flat := range s.flat {
			sum += flat
			if cum := s.cumulative[name]; flat <= 0 || cum < flat || cum > s.total {
				t.Errorf("%q: flat %d, cumulative %d of %d", name, flat, cum, s.total)
			}
		}
		if sum != s.total {
			t.Errorf("flat counts sum to %d of %d", sum, s.total)
		}
		if p, err = reduce(p); err != nil {
			t.Fatal(err)
		}
		if again := countFunctions(p); again.total != s.total {
			t.Errorf("reducing left %d of %d samples", again.total, s.total)
		}
	})
}
