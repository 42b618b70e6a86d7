package toolchain

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// resized lists the functions whose size changed.
func resized(changes []FunctionChange) string {
	var list []string
	for _, f := range changes {
		if f.BeforeSize != f.AfterSize {
			list = append(list, fmt.Sprintf("%s %d→%d", f.Name, f.BeforeSize, f.AfterSize))
		}
	}
	return strings.Join(list, ", ")
}

// TestCurrentSeedsDrill checks the first experiment's change on current
// releases: which functions differ in size, that the after side is the very machine
// code of the untouched release, and that both sides run.
func TestCurrentSeedsDrill(t *testing.T) {
	if os.Getenv("PATCHBENCH_DRILL") == "" {
		t.Skip("downloads two releases and compiles their runtime eight times; set PATCHBENCH_DRILL=1")
	}
	b := realBuilder(t)
	sizes := map[string]string{
		"amd64": "runtime.gcBgMarkWorker 858→831, runtime.gcBgMarkWorker.func1 107→113",
		"arm64": "runtime.gcBgMarkWorker 800→784, runtime.gcBgMarkWorker.func1 112→128",
	}
	for _, name := range []string{"mark-worker-preemption-go1.26", "mark-worker-preemption-go1.27"} {
		e, err := LoadExperiment(filepath.Join("..", "patches"), name)
		if err != nil {
			t.Fatal(err)
		}
		before, after, err := b.Build(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		direct, err := DirectExperiment(e.Base, e.Base)
		if err != nil {
			t.Fatal(err)
		}
		untouched, _, err := b.Build(t.Context(), direct)
		if err != nil {
			t.Fatal(err)
		}
		for goarch, want := range sizes {
			t.Run(name+"/"+goarch, func(t *testing.T) {
				old, new := compileBenchmark(t, before, goarch, nil), compileBenchmark(t, after, goarch, nil)
				diff, err := CompareBinaries(old, new)
				if err != nil {
					t.Fatal(err)
				}
				if got := resized(diff.Changed); diff.Kind != Code || got != want {
					t.Errorf("before and after: %s, changed %s; want %s", diff.Kind, got, want)
				}
				checkKind(t, "the release and after", compileBenchmark(t, untouched, goarch, nil), new, LineTables)
				if goarch != "amd64" {
					return
				}
				for _, binary := range []string{old, new} {
					scratch := t.TempDir()
					_, _, err := child{
						path: binary,
						args: []string{"-test.bench=.", "-test.benchtime=3000000x"},
						dir:  scratch,
						env:  []string{"GOGC=1", "GOMAXPROCS=4", "TMPDIR=" + scratch},
					}.run(t.Context())
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}
