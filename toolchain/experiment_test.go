package toolchain

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodTOML = `title = "t"
claim = "no-loss"
base = "release:go1.16.15"
`

const improvesTOML = `title = "t"
claim = "improves"
base = "release:go1.16.15"
[improves]
`

const goodPatch = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A <a@a.invalid>
Subject: [PATCH 1/2] runtime: do
 less

---
 f | 2 +-

diff --git a/src/f.go b/src/f.go
index 1..2 100644
--- a/src/f.go
+++ b/src/f.go
@@ -1,3 +1,3 @@
 package f
-var a = 1
+var a = 2
 var b = 1
-- 
2.39.5
`

// write makes files, named with slashes below dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// wantError checks that err is one line with all the phrases in it.
func wantError(t *testing.T, err error, phrases ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", phrases)
	}
	if strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("error is more than a line: %q", err)
	}
	for _, p := range phrases {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error is %q; want %q in it", err, p)
		}
	}
}

func TestLoadExperiment(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"x/experiment.toml":   goodTOML + "cgo = true\n[margins]\ntime = 0.5\ngeomean = 0.25\n",
		"x/before/0001.patch": goodPatch,
		"x/after/0002.patch":  strings.Replace(goodPatch, "Subject: [PATCH 1/2] runtime: do\n less", "Subject: =?UTF-8?q?caf=C3=A9?=", 1),
		"x/after/0001.patch":  goodPatch[strings.Index(goodPatch, "diff --git"):],
	})
	e, err := LoadExperiment(dir, "x")
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "x" || e.Title != "t" || e.Claim != "no-loss" || e.Base != "release:go1.16.15" || !e.CGO || e.Geomean != 0.25 {
		t.Errorf("got %+v", e)
	}
	if want := map[string]float64{"time": 0.5, "space": 0.02, "latency": 0.10, "count": 0.01}; !maps.Equal(e.Margins, want) {
		t.Errorf("margins are %v, want %v", e.Margins, want)
	}
	var subjects []string
	for _, p := range append(e.Before, e.After...) {
		subjects = append(subjects, p.File+": "+p.Subject)
	}
	want := "before/0001.patch: runtime: do less; after/0001.patch: 0001.patch; after/0002.patch: café"
	if got := strings.Join(subjects, "; "); got != want {
		t.Errorf("series are %q, want %q", got, want)
	}
}

func TestLoadExperimentWithoutBefore(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"x/experiment.toml": goodTOML, "x/after/0001.patch": goodPatch})
	e, err := LoadExperiment(dir, "x")
	if err != nil || len(e.Before) != 0 || len(e.After) != 1 {
		t.Errorf("got %+v, %v; want the base itself as before side", e, err)
	}
}

func TestLoadExperimentErrors(t *testing.T) {
	tests := []struct {
		name, toml string
		files      map[string]string
		want       []string
	}{
		{"syntax", "title = \"t\"\nclaim = no\n", nil, []string{"experiment.toml:2:9: "}},
		{"type", "title = 1\n", nil, []string{"experiment.toml:1:9: "}},
		{"unknown key", goodTOML + "bases = 1\n", nil, []string{"experiment.toml:4:1: unknown key bases"}},
		{"claim", strings.Replace(goodTOML, "no-loss", "faster", 1), nil, []string{`claim is "faster"`, "improves"}},
		{"no title", "claim = \"no-loss\"\nbase = \"x\"\n", nil, []string{"title must be one line"}},
		{"no base", "title = \"t\"\nclaim = \"no-loss\"\n", nil, []string{"base is missing"}},
		{"margin too large", goodTOML + "[margins]\ntime = 2.0\n", nil, []string{"margin time is 2"}},
		{"margin is nan", goodTOML + "[margins]\ntime = nan\n", nil, []string{"margin time is NaN"}},
		{"unknown margin", goodTOML + "[margins]\ntimes = 0.1\n", nil, []string{`unknown margin "times"`, "latency"}},
		{"improves without the claim", goodTOML + "[improves]\nAssist = 0.03\n", nil, []string{"experiment.toml: ", `improves has "Assist"`, `claim = "improves"`}},
		{"improves by nothing", improvesTOML + "Assist = 0.0\n", nil, []string{"experiment.toml: ", `improves "Assist" is 0;`, "0.03"}},
		{"improves by more than all", improvesTOML + "Storm = 0.1\nAssist = 3.0\n", nil, []string{`improves "Assist" is 3;`}},
		{"improves by nan", improvesTOML + "Assist = nan\n", nil, []string{`improves "Assist" is NaN;`}},
		{"improves by a word", improvesTOML + "Assist = \"much\"\n", nil, []string{"experiment.toml:5:10: "}},
		{"no series", goodTOML, nil, []string{"loading experiment x", "after is missing"}},
		{"empty series", goodTOML, map[string]string{"x/after/.keep": ""}, []string{"holds no .patch file"}},
		{"stray file", goodTOML, map[string]string{"x/after/1.diff": ""}, []string{"1.diff is not a .patch file"}},
		{"no change", goodTOML, map[string]string{"x/after/1.patch": "hello\n"}, []string{"1.patch", "no change found"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"x/experiment.toml": test.toml})
			write(t, dir, test.files)
			_, err := LoadExperiment(dir, "x")
			wantError(t, err, test.want...)
		})
	}
}

func TestUnknownExperiment(t *testing.T) {
	dir := t.TempDir()
	_, err := LoadExperiment(dir, "z")
	wantError(t, err, `unknown experiment "z"`, "holds none")
	write(t, dir, map[string]string{"x/experiment.toml": goodTOML, "y/experiment.toml": goodTOML})
	for _, name := range []string{"z", "../x", "", "x/../y"} {
		_, err = LoadExperiment(dir, name)
		wantError(t, err, "unknown experiment", "x, y")
	}
}

// TestDigest checks that the digest changes with what matters, and with
// nothing else.
func TestDigest(t *testing.T) {
	load := func(toml, patch string) string {
		dir := t.TempDir()
		write(t, dir, map[string]string{"x/experiment.toml": toml, "x/after/0001.patch": patch})
		e, err := LoadExperiment(dir, "x")
		if err != nil {
			t.Fatal(err)
		}
		return e.Digest()
	}
	base := load(goodTOML, goodPatch)
	if got := load(strings.Replace(goodTOML, `"t"`, `"other"`, 1), goodPatch); got != base {
		t.Error("digest depends on the title")
	}
	for name, got := range map[string]string{
		"claim":  load(strings.Replace(goodTOML, "no-loss", "improves", 1), goodPatch),
		"base":   load(strings.Replace(goodTOML, "16.15", "16.14", 1), goodPatch),
		"cgo":    load(goodTOML+"cgo = true\n", goodPatch),
		"margin": load(goodTOML+"[margins]\nspace = 0.5\n", goodPatch),
		"patch":  load(goodTOML, strings.Replace(goodPatch, "a = 2", "a = 3", 1)),
	} {
		if got == base {
			t.Errorf("digest does not depend on the %s", name)
		}
	}
	three := load(improvesTOML+"Assist = 0.03\n", goodPatch)
	for _, other := range []string{improvesTOML, improvesTOML + "Assist = 0.04\n", improvesTOML + "Storm = 0.03\n"} {
		if load(other, goodPatch) == three {
			t.Errorf("digest does not depend on what improves: %s", other)
		}
	}
}

func FuzzParseExperiment(f *testing.F) {
	f.Add([]byte(goodTOML))
	f.Add([]byte(goodTOML + "[margins]\ntime = 0.5\n"))
	f.Add([]byte(improvesTOML + "Assist = 0.03\n"))
	f.Add([]byte("title = \"\x00\nclaim"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseExperiment("f", data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error is more than a line: %q", err)
			}
			return
		}
		for kind, m := range e.Margins {
			if !(m > 0 && m < 1) {
				t.Errorf("margin %s is %v", kind, m)
			}
		}
	})
}
