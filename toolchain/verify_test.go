package toolchain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeTree is a Go tree whose make.bash and go command copy src/f.go to where
// a build puts files. Words in that source are planted defects: in INSTALL the
// fast path makes another archive, with BINARY the stock commands compile other
// test binaries than those that make.bash made, and in SLEEP make.bash does not
// end. %[1]s is the target, and the file %[2]s tells that it sleeps.
const (
	fakeTreeMake = `set -e
if grep -q SLEEP f.go; then touch '%[2]s'; sleep 60 & wait; fi
mkdir -p ../bin ../pkg/tool/%[1]s ../pkg/%[1]s ../pkg/include
cp gocommand.sh ../bin/go
chmod 755 ../bin/go
cp f.go ../pkg/tool/%[1]s/compile
cp f.go ../pkg/%[1]s/f.a
`
	fakeTreeGo = `#!/bin/sh
case "$1" in
install)
	cp "$GOROOT/src/f.go" "$GOROOT/pkg/tool/%[1]s/compile"
	cp "$GOROOT/src/f.go" "$GOROOT/pkg/%[1]s/f.a"
	if grep -q INSTALL "$GOROOT/src/f.go"; then echo >>"$GOROOT/pkg/%[1]s/f.a"; fi
	;;
test)
	while [ "$1" != -o ]; do shift; done
	cp "$GOROOT/src/f.go" "$2"
	if grep -q BINARY "$GOROOT/src/f.go"; then cat "$GOROOT/pkg/tool/%[1]s/compile" >>"$2"; fi
	;;
esac
`
)

// verifiable makes an experiment on such a tree whose sides set a to these.
func (fx *fixture) verifiable(t *testing.T, before, after string) *Experiment {
	t.Helper()
	fx.hosted(hostGo(t, "go1.26.8"))
	dir := filepath.Join(fx.dir, "fake")
	files := goFiles()
	files["src/make.bash"] = fmt.Sprintf(fakeTreeMake, target("_"), filepath.Join(fx.dir, "sleeping"))
	files["src/gocommand.sh"] = fmt.Sprintf(fakeTreeGo, target("_"))
	files["src/f.go"] = "package f\nvar a = 1\nvar b = 1\n"
	write(t, dir, files)
	e := fx.experiment(t, before, after)
	e.Base = "goroot:" + dir
	return e
}

func TestVerify(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		proven              bool
		want                []string // what is not identical
	}{
		{"proven", "2", "3", true, nil},
		{"install differs", "2", "INSTALL", false, []string{"after bin, pkg/tool, pkg: [pkg/" + target("_") + "/f.a]"}},
		{"test binary differs", "2", "BINARY", false, []string{"after test binary: [heap.test]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fx := newFixture(t)
			proof, err := fx.Verify(t.Context(), fx.verifiable(t, test.before, test.after))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range proof.Comparisons {
				if !c.Identical() {
					got = append(got, fmt.Sprintf("%s %s: %v", c.Side, c.What, c.Differ))
				}
			}
			if proof.Proven() != test.proven || !slices.Equal(got, test.want) || len(proof.Comparisons) != 6 {
				t.Errorf("proven %t, %d comparisons, not identical %q; want %t and %q", proof.Proven(), len(proof.Comparisons), got, test.proven, test.want)
			}
			fx.checkVerifyEmpty(t)
		})
	}
}

// checkVerifyEmpty checks that nothing is left where trees are verified.
func (fx *fixture) checkVerifyEmpty(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(fx.Cache.path("verify"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".lock" {
			t.Errorf("left behind: %s", entry.Name())
		}
	}
}

func TestVerifyInterrupted(t *testing.T) {
	fx := newFixture(t)
	e := fx.verifiable(t, "2", "SLEEP")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := fx.Verify(ctx, e)
		done <- err
	}()
	waitFor(t, filepath.Join(fx.dir, "sleeping"))
	cancel()
	select {
	case err := <-done:
		if err == nil || ctx.Err() == nil {
			t.Errorf("no error")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still running half a minute after the interruption")
	}
	fx.checkVerifyEmpty(t)
}

func TestCompareProducts(t *testing.T) {
	archive := "pkg/" + target("_") + "/f.a"
	for _, test := range []struct {
		name                string
		fast, made, shipped map[string]string
		want                string
		notes               []string
	}{
		{"identical", map[string]string{"bin/go": "1", archive: "2", "src/x.go": "3"}, map[string]string{"bin/go": "1", archive: "2"}, nil, "2/2 []", nil},
		{"differs", map[string]string{"bin/go": "1", "pkg/tool/x/y": "2"}, map[string]string{"bin/go": "9", "pkg/tool/x/y": "2"}, nil, "1/2 [bin/go]", nil},
		{"left over", map[string]string{"bin/go": "1", "pkg/race/f.a": "2"}, map[string]string{"bin/go": "1"}, map[string]string{"pkg/race/f.a": "2"}, "1/1 []", []string{"1 shipped files"}},
		{"only fast", map[string]string{"bin/go": "1", "pkg/race/f.a": "3"}, map[string]string{"bin/go": "1"}, map[string]string{"pkg/race/f.a": "2"}, "1/2 [pkg/race/f.a (made by the fast path alone)]", nil},
		{"only made", map[string]string{archive: "1"}, map[string]string{archive: "1", "pkg/tool/x/dist": "2"}, nil, "1/2 [pkg/tool/x/dist (made by make.bash alone)]", nil},
		{"unshipped tool", map[string]string{"bin/go": "1"}, map[string]string{"bin/go": "1", "pkg/tool/x/dist": "2"}, nil, "1/1 []", []string{"1 more tools"}},
		{"nothing", nil, nil, nil, "0/0 []", nil},
	} {
		c := compareProducts(test.fast, test.made, test.shipped)
		got := fmt.Sprintf("%d/%d %v", c.Same, c.Total, c.Differ)
		if got != test.want || len(c.Notes) != len(test.notes) {
			t.Errorf("%s: %s, notes %q; want %s", test.name, got, c.Notes, test.want)
			continue
		}
		for i, note := range test.notes {
			if !strings.Contains(c.Notes[i], note) {
				t.Errorf("%s: note %q, want %q", test.name, c.Notes[i], note)
			}
		}
	}
}

func TestProven(t *testing.T) {
	all, some := Comparison{Same: 2, Total: 2, Needed: true}, Comparison{Same: 1, Total: 2}
	failed, none := some, Comparison{Needed: true}
	failed.Needed = true
	for _, test := range []struct {
		of   []Comparison
		want bool
	}{
		{[]Comparison{all, some}, true}, {[]Comparison{all, failed}, false}, {[]Comparison{all, none}, false}, {nil, false},
	} {
		if got := (&Proof{Comparisons: test.of}).Proven(); got != test.want {
			t.Errorf("%v: proven %t", test.of, got)
		}
	}
}
