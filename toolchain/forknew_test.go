package toolchain

import (
	"encoding/base64"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Changes of the fixture's src/f.go, as git diff shows them.
const (
	firstDiff  = "diff --git a/src/f.go b/src/f.go\nindex 1..2 100644\n--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n-var a = 1\n+var a = 2\n var b = 1\n"
	secondDiff = "diff --git a/src/f.go b/src/f.go\nindex 2..3 100644\n--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n var a = 2\n-var b = 1\n+var b = 2\n"
)

// letter is a mail with a text in it.
func letter(subject, headers, body string) string {
	return "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@example.invalid>\n" +
		"Date: Tue, 3 Mar 2020 10:00:00 +0100\nSubject: " + subject + "\n" + headers + "\n" + body + "-- \n2.1\n\n"
}

func TestNewExperiment(t *testing.T) {
	first, second := letter("[PATCH 1/2] f: set a", "", "Why.\n---\n x | 1 +\n\n"+firstDiff), letter("[PATCH 2/2] f: set \"b\"", "", "---\n"+secondDiff)
	encoded := letter("=?UTF-8?Q?[PATCH]_f:_caf=C3=A9?=", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", "")
	encoded = strings.Replace(encoded, "\n\n-- \n2.1\n", "\n\n"+base64.StdEncoding.EncodeToString([]byte("Why.\n---\n"+firstDiff)), 1)
	tests := []struct {
		name  string
		mails []string
		want  string // the patches' names and subjects
		title string
	}{
		{"format-patch", []string{first, second}, "0001-f-set-a.patch: f: set a; 0002-f-set-b.patch: f: set \"b\"", "f: set a"},
		{"mbox with a cover letter", []string{letter("[PATCH 0/2] Both", "", "Hello.\n") + first + second}, "0001-f-set-a.patch: f: set a; 0002-f-set-b.patch: f: set \"b\"", "f: set a"},
		{"plain diffs", []string{firstDiff, secondDiff}, "0001-m.patch: m; 0002-m.patch: m", "m"},
		{"carriage returns", []string{strings.ReplaceAll(first+second, "\n", "\r\n")}, "0001-f-set-a.patch: f: set a; 0002-f-set-b.patch: f: set \"b\"", "f: set a"},
		{"without a From line", []string{first[strings.IndexByte(first, '\n')+1:]}, "0001-f-set-a.patch: f: set a", "f: set a"},
		{"Gerrit", []string{base64.StdEncoding.EncodeToString([]byte(first))}, "0001-f-set-a.patch: f: set a", "f: set a"},
		{"encoded", []string{encoded}, "0001-f-caf.patch: f: café", "f: café"},
		{"none", nil, "", "n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			var mails []Mail
			for _, data := range test.mails {
				mails = append(mails, Mail{Name: "m.patch", Data: []byte(data)})
			}
			if err := fx.NewExperiment(t.Context(), fx.patches, "n", "release:go1.99.1", mails); err != nil {
				t.Fatal(err)
			}
			e, err := loadExperiment(fx.patches, "n")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range e.After {
				got = append(got, strings.TrimPrefix(p.File, "after/")+": "+p.Subject)
			}
			if strings.Join(got, "; ") != test.want || e.Title != test.title || e.Claim != "no-loss" || len(e.Before) != 0 {
				t.Errorf("got %q, %+v; want %q", got, e, test.want)
			}
			before := files(t, fx.patches)
			if test.mails != nil {
				if did, err := fx.SaveFork(t.Context(), fx.patches, "n"); err != nil || len(did) != 0 {
					t.Errorf("saving the new fork did %q, %v", did, err)
				}
				return
			}
			// It is where the first patch is made.
			dir, err := fx.Fork(t.Context(), fx.patches, "n")
			if err != nil {
				t.Fatal(err)
			}
			_, err = fx.SaveFork(t.Context(), fx.patches, "n")
			wantError(t, err, "no commit behind the tag before")
			if _, _, err := fx.WithFork(t.Context(), e); err != nil || !maps.Equal(files(t, fx.patches), before) {
				t.Errorf("the experiment has changed (%v)", err)
			}
			write(t, dir, map[string]string{"src/f.go": "package f\nvar a = 9\nvar b = 1\n"})
			if forked, note, err := fx.WithFork(t.Context(), e); err != nil || len(forked.After) != 1 || note == "" {
				t.Errorf("the first edits are not taken: %q, %v", note, err)
			}
			_, err = LoadExperiment(fx.patches, "n")
			wantError(t, err, "after is missing", "patchbench fork")
		})
	}
}

func TestNewExperimentErrors(t *testing.T) {
	first := letter("[PATCH] f: set a", "", "---\n"+firstDiff)
	tests := []struct {
		name, experiment, base string
		mails                  []string
		want                   []string
	}{
		{"there already", "x", "release:go1.99.1", nil, []string{"is there already"}},
		{"bad name", "../n", "release:go1.99.1", nil, []string{`"../n" is no name`}},
		{"hidden", ".n", "release:go1.99.1", nil, []string{`".n" is no name`}},
		{"no base", "n", "", nil, []string{"no base"}},
		{"bad base", "n", "go1.99.1", nil, []string{"base"}},
		{"no such base", "n", "release:go1.99.7", nil, []string{"go1.99.7"}},
		{"empty", "n", "release:go1.99.1", []string{""}, []string{"m.patch: no change found"}},
		{"no patch", "n", "release:go1.99.1", []string{letter("hello", "", "Hello.\n")}, []string{"m.patch: no change found"}},
		{"only cover letters", "n", "release:go1.99.1", []string{letter("a", "", "") + letter("b", "", "")}, []string{"m.patch: no change found"}},
		{"does not apply", "n", "release:go1.99.1", []string{first, letter("[PATCH] s", "", "---\n"+strings.Replace(secondDiff, "-var b = 1", "-var b = 7", 1))}, []string{"m.patch does not apply", "line 3 should be"}},
		{"the second mail does not", "n", "release:go1.99.1", []string{first + letter("[PATCH] s", "", "---\n"+strings.Replace(secondDiff, "-var b = 1", "-var b = 7", 1))}, []string{"m.patch, mail 2 does not apply"}},
		{"twice", "n", "release:go1.99.1", []string{first, first}, []string{"m.patch does not apply", "already contains it"}},
		{"out of the tree", "n", "release:go1.99.1", []string{strings.ReplaceAll(firstDiff, "src/f.go", "../f.go")}, []string{"m.patch: line 1", "leads out of the tree"}},
		{"changes nothing", "n", "release:go1.99.1", []string{"diff --git a/src/f.go b/src/f.go\nold mode 100644\nnew mode 100644\n"}, []string{"m.patch", "does not apply"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			before := files(t, fx.patches)
			var mails []Mail
			for _, data := range test.mails {
				mails = append(mails, Mail{Name: "m.patch", Data: []byte(data)})
			}
			err := fx.NewExperiment(t.Context(), fx.patches, test.experiment, test.base, mails)
			wantError(t, err, append([]string{"making the experiment " + test.experiment}, test.want...)...)
			if !maps.Equal(files(t, fx.patches), before) {
				t.Error("files have changed")
			}
			left, err := filepath.Glob(fx.Cache.path("forks", "*"))
			if left = slices.DeleteFunc(left, func(p string) bool { return filepath.Ext(p) == ".lock" }); err != nil || len(left) != 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

func TestNewExperimentBesideOldFork(t *testing.T) {
	fx := newForkFixture(t)
	fx.fork(t)
	if err := os.RemoveAll(filepath.Join(fx.patches, "x")); err != nil {
		t.Fatal(err)
	}
	err := fx.NewExperiment(t.Context(), fx.patches, "x", "release:go1.99.1", nil)
	wantError(t, err, "is left of an earlier experiment", "move it away")
}
