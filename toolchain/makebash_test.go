package toolchain

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeMake stands for make.bash: it writes down its environment, leaves what
// make.bash leaves, and knows the word BROKEN in src/f.go.
const fakeMake = `env | grep -v '^_=\|^PWD=\|^SHLVL=\|^OLDPWD=' | sort >../environment
umask 077
mkdir -p ../bin ../pkg/obj/go-build ../pkg/bootstrap/src
cp f.go ../bin/go
echo generated >internal/zversion.go
if grep -q BROKEN f.go; then
	echo "Building Go toolchain1 using $GOROOT_BOOTSTRAP."
	echo "$(cd .. && pwd)/src/f.go:2:5: syntax error" >&2
	exit 2
fi
if grep -q NOCC f.go; then
	echo "go tool dist: cannot invoke C compiler" >&2
	exit 2
fi
`

// hostGo puts a go command into a folder that says it is of some version, and
// returns the folder. The rest it leaves to the real one.
func hostGo(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	real, err := lookPath([]string{"PATH=" + os.Getenv("PATH")}, "go")
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in\n'env GOROOT') echo %s ;;\nversion) echo go version %s x/y ;;\n*) exec %s \"$@\" ;;\nesac\n", dir, version, real)
	write(t, dir, map[string]string{"bin/go": script})
	if err := os.Chmod(filepath.Join(dir, "bin", "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// hosted gives the builder another go command to find in PATH.
func (fx *fixture) hosted(dir string) {
	fx.Env = append(fx.Env, "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
}

func TestMakeBash(t *testing.T) {
	fx := newFixture(t)
	host := hostGo(t, "go1.26.8")
	fx.hosted(host)
	for _, test := range []struct {
		name, source, want string
		cgo                bool
	}{
		{"builds", "package f", "", false},
		{"with cgo", "package f", "", true},
		{"does not compile", "BROKEN", "the source does not compile: src/f.go:2:5: syntax error; correct the patch, or the base", false},
		{"fails", "NOCC", "make.bash: exit status 2: go tool dist: cannot invoke C compiler", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, scratch := filepath.Join(t.TempDir(), "goroot"), filepath.Join(t.TempDir(), "scratch")
			write(t, root, map[string]string{"src/make.bash": fakeMake, "src/f.go": test.source, "src/internal/x.go": ""})
			shared := filepath.Join(t.TempDir(), "zversion.go")
			write(t, filepath.Dir(shared), map[string]string{"zversion.go": "of another tree"})
			if err := os.Link(shared, filepath.Join(root, "src", "internal", "zversion.go")); err != nil {
				t.Fatal(err)
			}
			err := fx.makeBash(t.Context(), root, scratch, test.cgo, nil)
			if data, _ := os.ReadFile(shared); string(data) != "of another tree" {
				t.Errorf("another tree's file is now %q", data)
			}
			left, _ := filepath.Glob(filepath.Join(root, "pkg", "*"))
			if len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if test.want != "" {
				checkError(t, err, test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(filepath.Join(root, "bin", "go")); err != nil || info.Mode() != 0o644 {
				t.Errorf("mode %v, %v; want 0644 whatever the umask", info.Mode(), err)
			}
			got, err := os.ReadFile(filepath.Join(root, "environment"))
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(makeEnviron(host, scratch, test.cgo), "\n") + "\n"; string(got) != want {
				t.Errorf("environment\n%s\nwant\n%s", got, want)
			}
			if cgo := strings.Contains(string(got), "CGO_ENABLED=1\n"); cgo != test.cgo {
				t.Errorf("cgo %t, want %t", cgo, test.cgo)
			}
		})
	}
}

func TestMinBootstrap(t *testing.T) {
	for script, want := range map[string]string{
		"set -e\n\nexport GOROOT_BOOTSTRAP=${GOROOT_BOOTSTRAP:-$HOME/go1.4}\n": "go1.4",
		"# comment\n\nbootgo=1.17.13\n\nset -e\n":                              "go1.17.13",
		"# By default, one of $HOME/go1.24.6,\nbootgo=1.24.6\n":                "go1.24.6",
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{"src/make.bash": script})
		if got, err := minBootstrap(dir); got != want || err != nil {
			t.Errorf("%q: %s, %v; want %s", script, got, err, want)
		}
	}
}

func TestBootstrap(t *testing.T) {
	needs := func(t *testing.T, version string) string {
		root := t.TempDir()
		write(t, root, map[string]string{"src/make.bash": "bootgo=" + version + "\n"})
		return root
	}
	for said, want := range map[string]bool{
		"go1.24.6": true, "go1.25": true, "go1.27-devel_0123456789": true, "devel go1.25-0123456789": true,
		"go1.24.5": false, "go1.24rc1": false, "go1.4": false, "gibberish": false,
	} {
		t.Run(said, func(t *testing.T) {
			fx := newFixture(t)
			host := hostGo(t, said)
			fx.hosted(host)
			got, err := fx.bootstrap(t.Context(), needs(t, "1.24.6"))
			if want && (err != nil || got != host) {
				t.Errorf("%s, %v; want the host's", got, err)
			}
			if !want {
				// The proxy has no go1.24.6.
				checkError(t, err, "needs Go 1.24.6 or newer", said, "can't be fetched", "no such release")
			}
		})
	}
	t.Run("fetched", func(t *testing.T) {
		fx := newFixture(t)
		root := needs(t, "1.99.1")
		p, err := fx.basePlan(t.Context(), "release:go1.99.1", false)
		if err != nil {
			t.Fatal(err)
		}
		want := fx.treePath(p, "goroot")
		for range 2 {
			if got, err := fx.bootstrap(t.Context(), root); got != want || err != nil {
				t.Fatalf("%s, %v; want %s", got, err, want)
			}
			// One that is damaged is made again.
			write(t, want, map[string]string{"bin/go": "#!/bin/false\n"})
		}
		if scratch, _ := filepath.Glob(fx.Cache.path("tmp", "bootstrap-*")); len(scratch) > 0 {
			t.Errorf("left behind: %v", scratch)
		}
	})
}
