package prof

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// allocProfile makes a profile as testing writes one: each stack allocates so
// many kB, of which nothing is in use any more.
func allocProfile(stacks ...stack) *profile.Profile {
	p := cpuProfile(stacks...)
	p.SampleType = []*profile.ValueType{
		{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
		{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"},
	}
	p.PeriodType, p.DefaultSampleType = &profile.ValueType{Type: "space", Unit: "bytes"}, "alloc_space"
	for i, s := range p.Sample {
		s.Value = []int64{1, 1000 * stacks[i].count, 0, 0}
	}
	return p
}

// TestAllocations checks that shares are of bytes, not of objects, that a
// function that allocates more in every pair has moved, and what the pages say.
func TestAllocations(t *testing.T) {
	var files [2][]File
	for k := range 8 {
		noise := int64(k % 3)
		for i, grown := range []int64{300, 500} {
			p := allocProfile(stack{"main.grow main.run", grown + noise}, stack{"main.keep main.run", 1000 - grown})
			files[i] = append(files[i], File{k + 1, write(t, p)})
		}
	}
	var sides [2]*Side
	for i := range sides {
		var faults []error
		if sides[i], faults = Read(Allocations, files[i]); len(faults) > 0 {
			t.Fatal(faults)
		}
	}
	d, err := Compare(sides[0], sides[1], 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if d.Samples != [2]int64{8007000, 8007000} || d.Pairs != 8 || len(d.Groups) != 0 {
		t.Errorf("got %+v, want 8 pairs of 1 MB each, and no groups", d)
	}
	moved := make(map[string]float64)
	for _, f := range d.Functions {
		if f.Moved() {
			moved[f.Name] = f.FlatChange.Estimate
		}
	}
	if len(moved) != 2 || moved["main.grow"] < 0.19 || moved["main.grow"] > 0.21 {
		t.Errorf("moved: %v", moved)
	}
	pages, err := NewPages(sides[0], sides[1], "Grow-4")
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string][]byte{"flame": pages.Flame, "top": pages.Top, "peek": pages.Peek} {
		if text := string(page); !strings.Contains(text, "memory allocated") || strings.Contains(text, "CPU time") || !strings.Contains(text, "8 MB of 8 processes") {
			t.Errorf("the page %s does not say what it compares", name)
		}
	}
	merged := filepath.Join(t.TempDir(), "merged.pb.gz")
	if err := sides[1].Write(merged); err != nil {
		t.Fatal(err)
	}
	if again, faults := Read(Allocations, []File{{1, merged}}); len(faults) > 0 || again.Samples() != sides[1].Samples() {
		t.Errorf("merged: %v", faults)
	}

	cpu, _ := Read(CPU, []File{{1, write(t, cpuProfile(stack{"main.run", 1}))}})
	if _, err := Compare(cpu, sides[1], 0.05); err == nil {
		t.Error("CPU time is compared with memory")
	}
	for kind, path := range map[Kind]string{CPU: merged, Allocations: write(t, cpuProfile(stack{"main.run", 1}))} {
		if _, faults := Read(kind, []File{{1, path}}); len(faults) != 1 || !strings.Contains(faults[0].Error(), "record it with "+kind.rule().flag) {
			t.Errorf("a profile of the other kind: %v", faults)
		}
	}
}

// TestOwnAllocations checks that what this process writes of itself reads.
func TestOwnAllocations(t *testing.T) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	kept := make([][]byte, 0, 100)
	for range cap(kept) {
		kept = append(kept, bytes.Repeat([]byte{1}, 1<<12))
	}
	runtime.GC()
	path := filepath.Join(t.TempDir(), "allocs.pb.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.Lookup("allocs").WriteTo(f, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	side, faults := Read(Allocations, []File{{1, path}})
	if len(faults) > 0 || side.Samples() < int64(len(kept))<<12 {
		t.Errorf("%v, %v", side, faults)
	}
}

func TestAmount(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		n    int64
		want string
	}{
		{CPU, 1234, "1234 samples"},
		{Allocations, 999, "999 B"},
		{Allocations, 1000, "1 kB"},
		{Allocations, 1234567, "1.2 MB"},
		{Allocations, 999999, "1 MB"},
		{Allocations, 5 << 60, "5.8 EB"},
	} {
		if got := tt.kind.Amount(tt.n); got != tt.want {
			t.Errorf("Amount(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}
