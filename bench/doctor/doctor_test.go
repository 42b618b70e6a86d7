package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what is wanted of the machines in testdata")

// A machine is a file of testdata: the files of a root, under later/ what they
// say a second later, and in want what the doctor is to say.
type machine struct {
	path    string
	archive *txtar.Archive
	root    string
}

const wantFile, laterDir = "want", "later/"

func newMachine(t *testing.T, path string) *machine {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{path: path, archive: a, root: t.TempDir()}
	m.lay(t, func(name string) (string, bool) {
		return name, name != wantFile && !strings.HasPrefix(name, laterDir)
	})
	return m
}

// lay writes the files that keep wants under the names it gives.
func (m *machine) lay(t *testing.T, keep func(string) (string, bool)) {
	t.Helper()
	for _, f := range m.archive.Files {
		name, ok := keep(f.Name)
		if !ok {
			continue
		}
		path := filepath.Join(m.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// doctor examines m, on which each reading of the clock is 40 ns after the last.
func (m *machine) doctor(t *testing.T) *Doctor {
	now := time.Unix(1e9, 0)
	return &Doctor{
		Root: m.root, Procs: 4,
		Now: func() time.Time { now = now.Add(40 * time.Nanosecond); return now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			m.lay(t, func(name string) (string, bool) { return strings.CutPrefix(name, laterDir) })
			now = now.Add(d)
			return ctx.Err()
		},
	}
}

func describe(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "score %d\n", r.Score)
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%s -%d %s: %s\n", c.Level, c.Cost, c.Name, c.Seen)
		if c.Mend != "" {
			fmt.Fprintf(&b, "\t%s\n", c.Mend)
		}
	}
	return b.String()
}

func TestMachines(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 5 {
		t.Fatalf("machines %q, %v", paths, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			m := newMachine(t, path)
			r, err := m.doctor(t).Examine(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := describe(r)
			for _, c := range r.Checks {
				if c.Seen == "" || c.Effect == "" || c.Level == "" || strings.Contains(c.Mend, m.root) {
					t.Errorf("not whole: %+v", c)
				}
			}
			i := slices.IndexFunc(m.archive.Files, func(f txtar.File) bool { return f.Name == wantFile })
			if i < 0 {
				i = len(m.archive.Files)
				m.archive.Files = append(m.archive.Files, txtar.File{Name: wantFile})
			}
			want := string(m.archive.Files[i].Data)
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			m.archive.Files[i].Data = []byte(got)
			if err := os.WriteFile(path, txtar.Format(m.archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A check without a weight would cost nothing, whatever it saw.
func TestEveryCheckHasWeight(t *testing.T) {
	r, err := newMachine(t, "testdata/empty.txtar").doctor(t).Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Checks {
		if weights()[c.Name] < 2 {
			t.Errorf("%s has the weight %d", c.Name, weights()[c.Name])
		}
		if c.Level != Unknown {
			t.Errorf("%s is %s where nothing can be seen: %s", c.Name, c.Level, c.Seen)
		}
	}
	if len(r.Checks) != len(weights()) {
		t.Errorf("%d checks and %d weights", len(r.Checks), len(weights()))
	}
}

func TestExamineEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := newMachine(t, "testdata/quiet.txtar").doctor(t).Examine(ctx); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestSummary(t *testing.T) {
	r := &Report{Checks: []Check{
		{Name: "cores", Seen: "8", Level: Fine},
		{Name: "turbo", Seen: "on", Level: Matters},
		{Name: "thermal", Seen: "?", Level: Unknown},
		{Name: "cpu quota", Seen: "1 CPU", Level: Bad},
		{Name: "clock", Seen: "?", Level: Unknown},
	}}
	r.grade()
	s := r.Summary()
	want := []string{"cpu quota: 1 CPU", "turbo: on", "unknown: thermal, clock"}
	if s.Score != 100-40-5-10-5 || !slices.Equal(s.Doubts, want) {
		t.Errorf("got %+v", s)
	}
}
