package prof

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkMerge1000 reads the profiles of 1000 processes of a second on four
// cores, and writes them merged.
func BenchmarkMerge1000(b *testing.B) {
	const processes, samples, functions, depth = 1000, 400, 600, 20
	rng := rand.New(rand.NewPCG(1, 2))
	var paths []string
	for range processes {
		var stacks []stack
		for range samples {
			frames := ""
			for range 1 + rng.IntN(depth) {
				// A few functions have most of the time.
				frames += fmt.Sprintf("main.f%d ", int(functions*rng.Float64()*rng.Float64()*rng.Float64()))
			}
			stacks = append(stacks, stack{frames, 1})
		}
		p := cpuProfile(stacks...)
		for _, loc := range p.Location {
			var function int64
			if _, err := fmt.Sscanf(loc.Line[0].Function.Name, "main.f%d", &function); err != nil {
				b.Fatal(err)
			}
			loc.Line[0].Line = 10*function + rng.Int64N(5)
			loc.Address = 0x400000 + uint64(loc.Line[0].Line)
		}
		paths = append(paths, write(b, p.Compact()))
	}
	var peak uint64
	for b.Loop() {
		side := readSide(b, paths)
		if err := side.Write(filepath.Join(b.TempDir(), "merged.pb.gz")); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapSys)
	}
	b.ReportMetric(float64(peak)/1e6, "heap-MB")
}
