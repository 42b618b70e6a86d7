package toolchain

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestMain makes the test binary the cutoff of go commands that tests start.
func TestMain(m *testing.M) {
	if len(os.Args) >= 2 && os.Args[1] == CutoffArg {
		os.Exit(CutoffMain(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// fakeCompile stands for the compiler. It writes a line for each run into the
// file runs beside it, and an object with its build id, sources and imports.
const fakeCompile = `#!/bin/sh
echo run >>"${0%/*}/runs"
sources=
while [ $# -gt 0 ]; do
	case "$1" in
	-o) out=$2; shift ;;
	-buildid) id=$2; shift ;;
	-asmhdr) hdr=$2; shift ;;
	-p|-trimpath|-importcfg|-symabis) shift ;;
	*.go) sources="$sources $1" ;;
	esac
	shift
done
if grep -q FAIL $sources; then echo "a.go:1: FAIL"; exit 3; fi
if grep -q SAY $sources; then echo "a.go:1: SAY"; fi
if grep -q EDIT $sources; then echo "package edited" >"${sources# }"; fi
{ echo "build id $id"; cat $sources; echo "build id $id"; } >"$out"
if [ -n "$hdr" ]; then echo "#define of $(cat $sources)" >"$hdr"; fi
`

// archive is a compiled package as an importer sees it: export data, a build
// id, and the rest.
func archive(export, id, rest string) string {
	def := "go object linux amd64 go1.99 X:none\nbuild id \"" + id + "\"\n\n\n$$B\n" + export + "\n$$\n"
	entry := func(name, data string) string {
		return fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", name, 0, 0, 0, 0o644, len(data), data)
	}
	return "!<arch>\n" + entry("__.PKGDEF", def) + entry("_go_.o", rest)
}

// A cutoffFixture is a tree with a fake compiler and a package to compile.
type cutoffFixture struct {
	t      *testing.T
	dir    string
	env    []string
	extra  []string // flags
	builds int
}

func newCutoffFixture(t *testing.T) *cutoffFixture {
	t.Helper()
	fx := &cutoffFixture{t: t, dir: t.TempDir()}
	write(t, fx.dir, map[string]string{
		"goroot/src/a/a.go": "package a\n",
		"lib.a":             archive("what is exported", "one", "code"),
		"symabis":           "def a.f ABI0\n",
	})
	tool := filepath.Join(fx.dir, "compile")
	if err := os.WriteFile(tool, []byte(fakeCompile), 0o777); err != nil {
		t.Fatal(err)
	}
	fx.env = []string{"PATH=" + systemPath, "GOROOT=" + filepath.Join(fx.dir, "goroot"), objectsVariable + "=" + filepath.Join(fx.dir, "objects")}
	return fx
}

func (fx *cutoffFixture) path(name string) string { return filepath.Join(fx.dir, name) }

// args makes a new object folder and returns the command line of a call that
// compiles package a into it.
func (fx *cutoffFixture) args(id string) (args []string, object string) {
	fx.t.Helper()
	fx.builds++
	object = fmt.Sprintf("work%d/b00%d", fx.builds, fx.builds)
	write(fx.t, fx.dir, map[string]string{object + "/importcfg": "# import config\nimportmap old=lib\npackagefile lib=" + fx.path("lib.a") + "\n"})
	object = fx.path(object)
	src := fx.path("goroot/src/a")
	args = []string{
		fx.path("compile"), "-o", object + "/_pkg_.a", "-trimpath", src + "=>a;" + object + "=>",
		"-p", "a", "-std", "-buildid", id + "/" + id, "-symabis", fx.path("symabis"), "-importcfg", object + "/importcfg", "-pack", "-asmhdr", object + "/go_asm.h", "-c=4",
	}
	return append(append(args, fx.extra...), src+"/a.go"), object
}

// start runs the stand-in with a command line.
func (fx *cutoffFixture) start(args []string) (printed string, err error) {
	self, err := os.Executable()
	if err != nil {
		fx.t.Fatal(err)
	}
	stdout, stderr, err := child{path: self, args: append([]string{CutoffArg}, args...), dir: fx.dir, env: fx.env}.run(fx.t.Context())
	return stdout + stderr, err
}

// compile compiles package a and checks the outcome.
func (fx *cutoffFixture) compile(id string) {
	fx.t.Helper()
	source, err := os.ReadFile(fx.path("goroot/src/a/a.go"))
	if err != nil {
		fx.t.Fatal(err)
	}
	args, object := fx.args(id)
	if printed, err := fx.start(args); err != nil || printed != "" {
		fx.t.Fatalf("%v, printed %q", err, printed)
	}
	line := "build id " + id + "/" + id + "\n"
	for name, want := range map[string]string{"_pkg_.a": line + string(source) + line, "go_asm.h": "#define of " + string(source)} {
		if got, err := os.ReadFile(filepath.Join(object, name)); err != nil || string(got) != want {
			fx.t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
}

// runs counts how often the compiler itself ran.
func (fx *cutoffFixture) runs() int {
	data, err := os.ReadFile(fx.path("runs"))
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n"))
}

// TestCutoffKey changes one thing between two calls of the compiler. It must
// run again exactly if that is something it reads.
func TestCutoffKey(t *testing.T) {
	tests := []struct {
		name   string
		change func(fx *cutoffFixture)
		runs   int
	}{
		{"nothing", func(*cutoffFixture) {}, 1},
		{"an import's code and build id", func(fx *cutoffFixture) {
			write(fx.t, fx.dir, map[string]string{"lib.a": archive("what is exported", "two", "other code")})
		}, 1},
		{"where the tree and the tools lie", func(fx *cutoffFixture) {
			if err := os.Rename(fx.path("goroot"), fx.path("elsewhere")); err != nil {
				fx.t.Fatal(err)
			}
			if err := os.Symlink("elsewhere", fx.path("goroot")); err != nil {
				fx.t.Fatal(err)
			}
			fx.env = append(fx.env, "GOTOOLDIR=/elsewhere", "GOTELEMETRYDIR=/elsewhere", "HOME=/elsewhere")
		}, 1},
		{"how many threads compile", func(fx *cutoffFixture) { fx.extra = []string{"-c=2"} }, 1},
		{"a source", func(fx *cutoffFixture) {
			write(fx.t, fx.dir, map[string]string{"goroot/src/a/a.go": "package a // more\n"})
		}, 2},
		{"what an import exports", func(fx *cutoffFixture) {
			write(fx.t, fx.dir, map[string]string{"lib.a": archive("what else is exported", "one", "code")})
		}, 2},
		{"symabis", func(fx *cutoffFixture) { write(fx.t, fx.dir, map[string]string{"symabis": "ref a.f ABI0\n"}) }, 2},
		{"a flag", func(fx *cutoffFixture) { fx.extra = []string{"-lang=go1.16"} }, 2},
		{"the architecture", func(fx *cutoffFixture) { fx.env = append(fx.env, "GOARCH=arm64") }, 2},
		{"an unknown variable", func(fx *cutoffFixture) { fx.env = append(fx.env, "GONEWS=1") }, 2},
		{"an unknown flag", func(fx *cutoffFixture) { fx.extra = []string{"-embedcfg=/none"} }, 2},
		{"the compiler", func(fx *cutoffFixture) {
			if err := os.WriteFile(fx.path("compile"), []byte(fakeCompile+"# patched\n"), 0o777); err != nil {
				fx.t.Fatal(err)
			}
		}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fx := newCutoffFixture(t)
			fx.compile("first")
			tt.change(fx)
			fx.compile("other")
			if got := fx.runs(); got != tt.runs {
				t.Errorf("the compiler ran %d times, want %d", got, tt.runs)
			}
		})
	}
}

// TestCutoffDamage compiles again after something happened to what is kept.
// The compiler must run as if nothing had been kept, and no call may fail.
func TestCutoffDamage(t *testing.T) {
	each := func(t *testing.T, dir string, do func(path string)) {
		objects, err := filepath.Glob(filepath.Join(dir, "objects", "??", "*"))
		if err != nil || len(objects) != 1 {
			t.Fatalf("kept %v, %v; want one object", objects, err)
		}
		do(objects[0])
	}
	tests := map[string]func(t *testing.T, fx *cutoffFixture){
		"a flipped bit": func(t *testing.T, fx *cutoffFixture) {
			each(t, fx.dir, func(path string) {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				data[len(data)/2] ^= 1
				write(t, "/", map[string]string{path: string(data)})
			})
		},
		"cut short": func(t *testing.T, fx *cutoffFixture) {
			each(t, fx.dir, func(path string) {
				if err := os.Truncate(path, 100); err != nil {
					t.Fatal(err)
				}
			})
		},
		"removed": func(t *testing.T, fx *cutoffFixture) {
			if err := os.RemoveAll(fx.path("objects")); err != nil {
				t.Fatal(err)
			}
		},
		"nowhere to keep it": func(t *testing.T, fx *cutoffFixture) {
			if err := os.RemoveAll(fx.path("objects")); err != nil {
				t.Fatal(err)
			}
			write(t, fx.dir, map[string]string{"objects": "a file"})
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fx := newCutoffFixture(t)
			fx.compile("first")
			damage(t, fx)
			fx.compile("other")
			if got := fx.runs(); got != 2 {
				t.Errorf("the compiler ran %d times, want 2", got)
			}
		})
	}
}

// TestCutoffSays checks that what is said, and how it ended, comes through
// every time, and that such a call is not answered from what is kept.
func TestCutoffSays(t *testing.T) {
	tests := []struct {
		source, printed, err string
	}{
		{"package a // SAY\n", "a.go:1: SAY\n", "<nil>"},
		{"package a // FAIL\n", "a.go:1: FAIL\n", "exit status 3"},
		{"package a // EDIT\n", "", "<nil>"}, // by someone, while it compiles
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			fx := newCutoffFixture(t)
			for range 2 {
				write(t, fx.dir, map[string]string{"goroot/src/a/a.go": tt.source})
				args, _ := fx.args("first")
				printed, err := fx.start(args)
				if printed != tt.printed || !strings.Contains(fmt.Sprint(err), tt.err) {
					t.Errorf("printed %q, %v; want %q, %s", printed, err, tt.printed, tt.err)
				}
			}
			if got := fx.runs(); got != 2 {
				t.Errorf("the compiler ran %d times, want 2", got)
			}
		})
	}
}

// TestCutoffOtherTools checks that the stand-in becomes any other tool.
func TestCutoffOtherTools(t *testing.T) {
	fx := newCutoffFixture(t)
	tool := fx.path("asm")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\necho \"$@\"\nexit 7\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	printed, err := fx.start([]string{tool, "-V=full", "a b"})
	if printed != "-V=full a b\n" || !strings.Contains(fmt.Sprint(err), "exit status 7") {
		t.Errorf("printed %q, %v", printed, err)
	}
	if printed, err := fx.start([]string{fx.path("none")}); err == nil || !strings.Contains(printed, "no such file") {
		t.Errorf("a tool that is not there: printed %q, %v", printed, err)
	}
}

// TestCutoffAtOnce compiles the same package many times at the same time.
func TestCutoffAtOnce(t *testing.T) {
	fx := newCutoffFixture(t)
	var calls [8][]string
	var objects [8]string
	for i := range calls {
		calls[i], objects[i] = fx.args("alike")
	}
	var wg sync.WaitGroup
	for _, args := range calls {
		wg.Go(func() {
			if printed, err := fx.start(args); err != nil {
				t.Errorf("%v, printed %q", err, printed)
			}
		})
	}
	wg.Wait()
	for _, object := range objects {
		if got, err := os.ReadFile(filepath.Join(object, "_pkg_.a")); err != nil || string(got) != "build id alike/alike\npackage a\nbuild id alike/alike\n" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if left, err := filepath.Glob(fx.path("objects/*/.partial-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
