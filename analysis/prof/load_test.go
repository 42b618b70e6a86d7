package prof

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// Whatever is wrong with a file, it is told which it is, on one line, and the
// others count.
func TestBadProfiles(t *testing.T) {
	good, err := os.ReadFile(realPair(t, "before")[0])
	if err != nil {
		t.Fatal(err)
	}
	heap := cpuProfile(stack{"a", 1})
	heap.SampleType = []*profile.ValueType{{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"}}
	wall := cpuProfile(stack{"a", 1})
	wall.PeriodType = &profile.ValueType{Type: "wall", Unit: "nanoseconds"}
	other := cpuProfile(stack{"a", 1})
	other.Mapping[0].File = "/elsewhere/y.test"
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
		{"wall clock", write(t, wall), "no cpu profile"},
		{"one type", write(t, single), `"samples"`},
		{"no samples", write(t, cpuProfile()), "no samples"},
		{"difference", write(t, cpuProfile(stack{"a", 5}, stack{"b", -2})), "-2 times"},
		{"another program", write(t, other), "\"y.test\" and not \"burn.test\""},
		{"absurd", write(t, cpuProfile(stack{"a", maxCount + 1})), "damaged"},
	}
	fine := realPair(t, "after")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			side, faults := Read(CPU, []File{{1, tt.path}, {2, fine[0]}, {3, fine[1]}})
			if side == nil || side.Processes() != 2 || side.Samples() != 523 || !slices.Equal(side.pairs, []int{2, 3}) {
				t.Errorf("reads as %+v, want the two others", side)
			}
			if len(faults) != 1 {
				t.Fatalf("errors %v, want one", faults)
			}
			msg := faults[0].Error()
			if !strings.Contains(msg, tt.path) || !strings.Contains(msg, tt.want) || strings.Contains(msg, "\n") {
				t.Errorf("error %q: want one line with the path and %q", msg, tt.want)
			}
			if tt.name == "another program" {
				return // alone it is the program
			}
			if side, faults := Read(CPU, []File{{1, tt.path}}); side != nil || len(faults) != 1 {
				t.Errorf("alone it reads as %+v, with errors %v", side, faults)
			}
		})
	}
}

func TestNoProfiles(t *testing.T) {
	if side, faults := Read(CPU, nil); side != nil || len(faults) != 0 {
		t.Errorf("no files read as %+v, with errors %v", side, faults)
	}
}

// readSide reads a side that is all there.
func readSide(t testing.TB, paths []string) *Side {
	t.Helper()
	var files []File
	for i, path := range paths {
		files = append(files, File{i, path})
	}
	side, faults := Read(CPU, files)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return side
}

func TestWrite(t *testing.T) {
	out := filepath.Join(t.TempDir(), "merged.pb.gz")
	side := readSide(t, []string{
		write(t, cpuProfile(stack{"a main", 2}, stack{"b main", 3})),
		write(t, cpuProfile(stack{"a main", 5})),
	})
	if err := side.Write(out); err != nil {
		t.Fatal(err)
	}
	p, err := load(CPU, out)
	if err != nil {
		t.Fatal(err)
	}
	c := newCounts(CPU)
	c.add(p)
	for _, row := range []struct {
		table [][]int64
		name  string
		want  int64
	}{{c.flat, "a", 7}, {c.flat, "b", 3}, {c.cumulative, "main", 10}} {
		if got := sum(c.row(row.table, row.name)); got != row.want {
			t.Errorf("merged, %s has %d samples, want %d", row.name, got, row.want)
		}
	}
	// What -list and -disasm of go tool pprof want must survive.
	if len(p.Mapping) == 0 || p.Mapping[0].File == "" || p.Function[0].Filename == "" || p.Location[0].Address == 0 {
		t.Error("merged profile lost its addresses, files or mapping")
	}
	if err := side.Write(filepath.Join(out, "below-a-file")); err == nil {
		t.Error("no error for an output that cannot be made")
	}
}

// TestMergeTree checks that profiles merged by a tree are the same as all of
// them merged at once.
func TestMergeTree(t *testing.T) {
	for _, n := range []int{1, fanIn - 1, fanIn, fanIn + 1, fanIn*fanIn + fanIn + 1} {
		var all []*profile.Profile
		var tree merger
		for i := range n {
			p := cpuProfile(stack{"a main", 1}, stack{fmt.Sprintf("f%d main", i%7), 2})
			p.TimeNanos = int64(1000 - i)
			all = append(all, p)
			if err := tree.add(p); err != nil {
				t.Fatal(err)
			}
		}
		want, err := profile.Merge(all)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tree.merge()
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%d profiles merge to\n%s, want\n%s", n, got, want)
		}
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
		p, err := parse(CPU, data)
		if err != nil {
			return
		}
		c := newCounts(CPU)
		c.add(p)
		total := sum(c.totals)
		if total <= 0 {
			t.Fatalf("total of %d samples", total)
		}
		var all, grouped int64
		for id, name := range c.names {
			flat, cumulative := sum(c.flat[id]), sum(c.cumulative[id])
			all += flat
			if cumulative <= 0 || cumulative < flat || cumulative > total {
				t.Errorf("%q: flat %d, cumulative %d of %d", name, flat, cumulative, total)
			}
		}
		for _, row := range c.groups {
			grouped += sum(row)
		}
		if all != total || grouped != total {
			t.Errorf("flat counts sum to %d, groups to %d of %d", all, grouped, total)
		}
		if p, err = reduce(p); err != nil {
			t.Fatal(err)
		}
		again := newCounts(CPU)
		again.add(p)
		if sum(again.totals) != total {
			t.Errorf("reducing left %d of %d samples", sum(again.totals), total)
		}
	})
}
