package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

const programSuite = `title = "t"
[[benchmark]]
name = "Chooses"
package = "modules/m/example.com/m/server"
program = true
args = ["-benchtime={seconds}s"]
seconds = 1.5
loads = "x"
[[benchmark]]
name = "Told"
package = "modules/m/example.com/m/server"
program = true
args = ["-n={n}"]
loads = "x"
primary = ["cpu-sec"]
[[benchmark]]
name = "Compile"
package = "cmd/compile"
args = ["go/types"]
loads = "x"
`

func TestProgramSuite(t *testing.T) {
	s, err := LoadSuite(writeSuite(t, programSuite), "s")
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{Suite: s, Experiment: &toolchain.Experiment{}, Procs: []int{2}}
	bs := p.Benchmarks()
	for i, want := range []struct {
		args, primary, binary string
		chooses               bool
	}{
		{"-benchtime=1.5s", "sec/op peak-RSS-bytes", "modules/m/example.com/m/server as a program", true},
		{"-n={n}", "cpu-sec", "modules/m/example.com/m/server as a program", false},
		{"go/types", "sec/op cpu-sec peak-RSS-bytes", "cmd/compile of go/types", false},
	} {
		b := &bs[i]
		var primary []string
		for _, m := range b.Primary {
			primary = append(primary, m.Unit)
		}
		if got := strings.Join(b.Args, " "); got != want.args || !b.Program || b.Chooses() != want.chooses {
			t.Errorf("%s: args %q, program %v, chooses %v; want %+v", b.Name, got, b.Program, b.Chooses(), want)
		}
		if got := strings.Join(primary, " "); got != want.primary || BinaryName(b) != want.binary {
			t.Errorf("%s: primary %q of %q; want %+v", b.Name, got, BinaryName(b), want)
		}
		pkg, input, program := splitBinary(BinaryName(b))
		if pkg != b.Package || !program || (input != "") != (b.Package == "cmd/compile") {
			t.Errorf("splitBinary(%q) = %q, %q, %v", BinaryName(b), pkg, input, program)
		}
	}
	if got := p.Packages(); len(got) != 2 {
		t.Errorf("binaries %q, want two", got)
	}
}

func TestProgramSuiteErrors(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"args of tests", "program = true", "pattern = 'x'", "add program = true"},
		{"whole process", `seconds = 1.5`, `primary = ["cpu-sec"]`, "primary has cpu-sec, which says nothing of a program that decides itself"},
		{"counted", `seconds = 1.5`, `counted = true`, "counted: the program decides itself"},
		{"compiler without package", `["go/types"]`, `[]`, "cmd/compile takes one package of the standard library"},
		{"compiler with flags", `["go/types"]`, `["-S", "go/types"]`, "cmd/compile takes one package"},
		{"compiler with pattern", `args = ["go/types"]`, "args = [\"go/types\"]\npattern = 'x'", "prints no result that it could match"},
		{"driver without pattern", `package = "cmd/compile"`, `package = "sweet/x"`, "sweet takes a pattern"},
		{"other command", `"cmd/compile"`, `"cmd/link"`, "not programs/…, std/…, modules/…, sweet/…, bent/… or cmd/compile"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadSuite(writeSuite(t, strings.Replace(programSuite, test.old, test.new, 1)), "s")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got error %v, want one line with %q", err, test.want)
			}
		})
	}
}

func TestReadResult(t *testing.T) {
	const driver = "pkg: golang.org/x/benchmarks\ngoos: linux\n\n" +
		"BenchmarkHTTP-4 \t 2000\t 300000 ns/op\t 12 STW-ns/GC\t 50000 peak-RSS-bytes\n" +
		"BenchmarkGarbage/benchmem-MB=64-4 \t 30\t 100 ns/op\n"
	chooses := results.Benchmark{Package: "programs/x", Program: true}
	named := func(pattern string) results.Benchmark {
		b := chooses
		b.Pattern = pattern
		return b
	}
	told := named("^BenchmarkHTTP$")
	told.Args = []string{"{n}"}
	for _, test := range []struct {
		name string
		b    results.Benchmark
		out  string
		want string // iterations and values, or a part of the error
	}{
		{"by name", named("^BenchmarkHTTP$"), driver, "2000 300000 ns/op 12 STW-ns/GC 50000 peak-RSS-bytes"},
		{"by sub-benchmark", named("^BenchmarkGarbage/benchmem-MB=64$"), driver, "30 100 ns/op 7 peak-RSS-bytes"},
		{"told its work", told, driver, "2000 300000 ns/op 12 STW-ns/GC 50000 peak-RSS-bytes 3 cpu-sec 2 wall-sec 0 minor-faults 0 major-faults 0 ctx-switches"},
		{"several", chooses, driver, "more than one benchmark"},
		{"none", named("^BenchmarkJSON$"), driver, "no benchmark result"},
		{"compiler", results.Benchmark{Package: "cmd/compile", Program: true}, "", "1 2e+09 ns/op 3 cpu-sec 2 wall-sec 7 peak-RSS-bytes 0 minor-faults 0 major-faults 0 ctx-switches"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := &Outcome{Wall: 2 * time.Second, User: 3 * time.Second, PeakRSS: 7, Stdout: []byte(test.out)}
			n, values, err := readResult(&test.b, o)
			got := fmt.Sprint(n)
			for _, v := range withProcess(&test.b, values, processValues(o, n)) {
				got += fmt.Sprintf(" %g %s", v.Value, v.Unit)
			}
			if err != nil && !strings.Contains(err.Error(), test.want) || err == nil && got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// A program that is told its iterations gets as many as make a sample; one that
// is not runs once.
func TestProgramPace(t *testing.T) {
	var asked []string
	b := testProtocol(1, "A").Benchmarks[0]
	b.Program, b.Pattern, b.Args = true, "", []string{"-n={n}"}
	r, _ := newRunner(t, func(_ int, c *Command) (*Outcome, error) {
		n := 5
		fmt.Sscanf(c.arg("-n"), "%d", &n)
		asked = append(asked, c.Args[0])
		o := &Outcome{Wall: time.Duration(n) * time.Millisecond}
		o.Stdout = fmt.Appendf(nil, "BenchmarkX %d 1000000 ns/op\n", n)
		return o, nil
	}, "a")
	r.Binaries[BinaryName(&b)] = r.Binaries["programs/a"]
	try := func(b results.Benchmark) *Trial {
		w, done, err := r.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		trial, err := r.Try(t.Context(), w, b, time.Second)
		if err != nil || trial.Broken != "" {
			t.Fatalf("%v, broken %q", err, trial.Broken)
		}
		return trial
	}
	if trial := try(b); trial.Iterations != 1000 || !slices.Equal(asked, []string{"-n=1", "-n=100", "-n=1000", "-n=1000"}) {
		t.Errorf("%d iterations after %q, want 1000", trial.Iterations, asked)
	}
	asked, b.Args = nil, []string{"-fast"}
	if trial := try(b); trial.Iterations != 5 || !slices.Equal(asked, []string{"-fast", "-fast"}) {
		t.Errorf("%d iterations after %q, want the 5 it chose", trial.Iterations, asked)
	}
}

// Samples of a program that chooses carry the iterations it did, and passes ask
// it for no profile.
func TestMeasureProgram(t *testing.T) {
	p := testProtocol(2, "A")
	p.Profiles, p.GCTraces = 2, 1
	b := &p.Benchmarks[0]
	b.Program, b.Pattern, b.Args = true, "", []string{"-fast"}
	r, host := newRunner(t, func(n int, c *Command) (*Outcome, error) {
		return &Outcome{Wall: time.Second, Stdout: fmt.Appendf(nil, "BenchmarkX %d 1000000 ns/op\n", n+1)}, nil
	}, "a")
	r.Binaries[BinaryName(b)] = r.Binaries["programs/a"]
	dir := newRunFolder(t, p)
	var last Progress
	if err := r.Measure(t.Context(), dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil || len(samples) != 8 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for i, s := range samples {
		if s.Iterations != i+1 {
			t.Errorf("sample %d has %d iterations, want %d", i, s.Iterations, i+1)
		}
		if _, ok := s.Value("cpu-sec"); ok {
			t.Errorf("sample %d has cpu-sec", i)
		}
	}
	if len(host.calls) != 8+2 || last.Done != last.Total {
		t.Errorf("%d processes, progress %+v; want 8 samples and 2 traces", len(host.calls), last)
	}
}

// A program is built as one, and what is none says so.
func TestCompileProgram(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	build.Dir = dir
	if msg, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	script := fmt.Sprintf("[ $pkg = ./lib ] && { echo '!<arch>' >$out; exit; }\ncp %s $out", program)
	tree := fakeTree(t, "b", script)
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Log: t.Logf}
	bins, err := c.Compile(t.Context(), Trees{results.Before: tree, results.After: tree}, []string{"programs/server as a program", "programs/lib as a program"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if b := bins["programs/server as a program"]; b.Broken != "" || b.Package != "programs/server" || b.Diff == nil {
		t.Errorf("server: %+v", b)
	}
	if got, want := bins["programs/lib as a program"].Broken, "does not compile on before: is no program: it is not a package main"; got != want {
		t.Errorf("lib: broken %q, want %q", got, want)
	}
	calls, err := os.ReadFile(filepath.Join(tree.GOROOT, "calls"))
	if err != nil || !strings.Contains(string(calls), " build -trimpath -ldflags=-buildid= -w -buildvcs=false -o ") {
		t.Errorf("the go command was called as %q, %v", calls, err)
	}
}
