package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"patchbench/results"
)

// A pace is what trying a benchmark on before shows: how many iterations make
// a sample. It stays true for the same binary on the same host class, so it is
// kept in the cache; a new after tree is tried against it at once.
type pace struct {
	Iterations int      `json:"iterations"`
	Units      []string `json:"units"`
	Seconds    float64  `json:"seconds"` // wall time of the process
}

// pacePath is where the pace of b on before is kept, for samples of about
// target.
func (r *Runner) pacePath(b *results.Benchmark, target time.Duration) string {
	binary := r.binary(b).SHA256[results.Before][0]
	return filepath.Join(r.Cache.Dir, "paces", digest(recipe, r.Class, binary, b.Pattern, strings.Join(b.Args, "\x00"), strconv.Itoa(b.Procs), strconv.FormatBool(b.Counted), target.String())+".json")
}

// knownPace returns the pace that is kept, or nil.
func (r *Runner) knownPace(b *results.Benchmark, target time.Duration) *pace {
	data, err := os.ReadFile(r.pacePath(b, target))
	if err != nil {
		return nil
	}
	p := new(pace)
	if json.Unmarshal(data, p) != nil || p.Iterations < 1 || p.Seconds <= 0 || len(p.Units) == 0 {
		return nil
	}
	return p
}

// keepPace keeps p for the next run.
func (r *Runner) keepPace(b *results.Benchmark, target time.Duration, p *pace) error {
	path := r.pacePath(b, target)
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return results.WriteFile(path, append(data, '\n'))
}
