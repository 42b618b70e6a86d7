package bench

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbench/results"
)

// secondsArg, in an argument of a program, stands for the wall time a sample
// should take, in seconds.
const secondsArg = "{seconds}"

// program reports whether b runs a program, and not a test binary.
func (b *SuiteBenchmark) program() bool {
	command, _ := splitDriver(b.Package)
	return b.Program || b.Package == results.CompilerPackage || command != ""
}

// args are the arguments of b's program, for samples of so many seconds.
func (b *SuiteBenchmark) args(seconds float64) []string {
	var args []string
	for _, arg := range b.Args {
		args = append(args, strings.ReplaceAll(arg, secondsArg, strconv.FormatFloat(seconds, 'g', -1, 64)))
	}
	return args
}

// opaque reports whether b runs what patchbench has not built.
func (b *SuiteBenchmark) opaque() bool { return opaque(b.Package) }

func opaque(pkg string) bool {
	command, _ := splitDriver(pkg)
	return command != "" || strings.HasPrefix(pkg, execPrefix)
}

// protocol is b as protocols hold it, as far as its program goes.
func (b *SuiteBenchmark) protocol() *results.Benchmark {
	return &results.Benchmark{Package: b.Package, Program: b.program(), Args: b.Args}
}

// binary is the name of the binary b runs.
func (b *SuiteBenchmark) binary() string { return BinaryName(b.protocol()) }

// chooses reports whether b's program decides itself how many iterations it
// does.
func (b *SuiteBenchmark) chooses() bool { return b.protocol().Chooses() }

// checkProgram finds what is wrong with how b's program is to be run.
func (b *SuiteBenchmark) checkProgram() error {
	command, _ := splitDriver(b.Package)
	switch {
	case command != "" && (len(b.Args) > 0 || b.Pattern == ""):
		return fmt.Errorf("%s takes a pattern, which picks one result, and no args", command)
	case command != "" && strings.Contains(b.Pattern, "$/"):
		return fmt.Errorf("pattern: %s matches a name as a whole: leave out the $ before a /", command)
	case b.Package == results.CompilerPackage:
		if len(b.Args) != 1 || checkPackage(stdPrefix+b.Args[0]) != nil {
			return fmt.Errorf(`args is %q: cmd/compile takes one package of the standard library, such as ["go/types"]`, b.Args)
		}
		if b.Pattern != "" {
			return errors.New("pattern: cmd/compile prints no result that it could match")
		}
	case !b.Program && len(b.Args) > 0:
		return errors.New("args are for a program: add program = true")
	case b.chooses():
		if b.Counted {
			return fmt.Errorf("counted: the program decides itself how much it does: give it an argument with %s", results.IterationsArg)
		}
		for _, m := range results.ProcessMetrics() {
			if m.Unit != results.RSSMetric.Unit && slices.Contains(b.Primary, m.Unit) {
				return fmt.Errorf("primary has %s, which says nothing of a program that decides itself how much it does: give it an argument with %s, or choose another unit", m.Unit, results.IterationsArg)
			}
		}
	}
	return nil
}

// programArgs are the arguments of b's program for so many iterations.
func programArgs(b *results.Benchmark, iterations string) []string {
	var args []string
	for _, arg := range b.Args {
		args = append(args, strings.ReplaceAll(arg, results.IterationsArg, iterations))
	}
	return args
}

// readResult returns what a process of b reported.
func readResult(b *results.Benchmark, o *Outcome) (iterations int, values []results.Value, err error) {
	if b.Package == results.CompilerPackage {
		return 1, []results.Value{{Value: float64(o.Wall.Nanoseconds()), Unit: "ns/op"}}, nil
	}
	var pattern *regexp.Regexp
	if b.Program && b.Pattern != "" {
		if pattern, err = regexp.Compile(b.Pattern); err != nil {
			return 0, nil, err
		}
	}
	return parseOutput(o.Stdout, pattern)
}

// withProcess adds the metrics of a process of b to what it printed. A program
// that reports one of these itself knows better: it can leave out what it
// started on the side. Of one that decides how much it does, only the memory
// is kept.
func withProcess(b *results.Benchmark, printed, process []results.Value) []results.Value {
	values := slices.Clone(printed)
	for _, v := range process {
		if b.Chooses() && v.Unit != results.RSSMetric.Unit {
			continue
		}
		if !slices.ContainsFunc(printed, func(p results.Value) bool { return p.Unit == v.Unit }) {
			values = append(values, v)
		}
	}
	return values
}

// findProgramPace finds how many iterations make a process of a program that
// takes about target. run takes the iterations as -test.benchtime does.
func findProgramPace(run tryRun, target time.Duration) (*pace, error) {
	const (
		maxGrowth = 100 // of the iterations from one try to the next
		maxTries  = 8
	)
	for n, tries := 1, 1; ; tries++ {
		p, err := runOnce(run, n)
		if err != nil {
			return nil, err
		}
		if p.Iterations != n {
			return nil, &failure{fmt.Errorf("on before: ran %d iterations, not the %d asked for", p.Iterations, n)}
		}
		ratio := target.Seconds() / p.Seconds
		next := roundIterations(float64(n) * min(ratio, maxGrowth))
		if ratio > 0.75 && ratio < 1.33 || next == n || tries == maxTries {
			return p, nil
		}
		n = next
	}
}

// runOnce is the pace that one process shows.
func runOnce(run tryRun, n int) (*pace, error) {
	o, n, values, err := run(fixed(n))
	if err != nil {
		return nil, err
	}
	return &pace{Iterations: n, Units: units(values), Seconds: o.Wall.Seconds()}, nil
}
