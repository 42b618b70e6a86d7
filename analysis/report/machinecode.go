package report

import (
	"fmt"
	"strings"

	"patchbench/analysis"
	"patchbench/results"
)

// A codeRow is a function whose machine code differs between the sides.
type codeRow struct {
	Name       string
	Benchmarks string // how many have it
	Command    string // that shows it, or empty
}

// A codePart tells what the patches change in the machine code.
type codePart struct {
	Sum  string
	Rows []codeRow
	More string // how many functions are not listed
	Note string
}

const mostFunctions = 40 // listed of those that differ

// machineCode sums up how the binaries of a's benchmarks differ. It is nil where
// no two were compared.
func machineCode(a *analysis.Analysis) *codePart {
	p := a.Protocol
	in := make(map[string]int)
	pkg := make(map[string]string)
	var names []string // in the order of the benchmarks
	var binaries, differ, leastMoved, mostMoved, unlisted int
	seen := make(map[string]bool)
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		binary := b.Binaries[results.Before]
		if b.Difference == "" || b.Difference == results.Copied || seen[binary] {
			continue
		}
		seen[binary] = binary != "" // several benchmarks share one
		binaries++
		if b.Difference != results.Code {
			continue
		}
		if differ++; differ == 1 {
			leastMoved = b.Moved
		}
		leastMoved, mostMoved = min(leastMoved, b.Moved), max(mostMoved, b.Moved)
		unlisted = max(unlisted, b.NumChanged-len(b.Changed))
		for _, name := range b.Changed {
			if in[name]++; in[name] == 1 {
				names = append(names, name)
				pkg[name] = b.Package
			}
		}
	}
	if binaries == 0 {
		return nil
	}
	part := &codePart{Sum: fmt.Sprintf("The machine code of %d of the suite's %s differs.", differ, count(binaries, "program"))}
	if mostMoved > 0 {
		moved := fmt.Sprint(mostMoved)
		if leastMoved != mostMoved {
			moved = fmt.Sprintf("%d to %d", leastMoved, mostMoved)
		}
		part.Sum += fmt.Sprintf(" Another %s functions have the same code at another address, whose speed placement alone can change.", moved)
	}
	what := compared(p)
	for _, name := range names[:min(len(names), mostFunctions)] {
		r := codeRow{Name: clip(name, 200), Benchmarks: fmt.Sprintf("%d of %d", in[name], differ)}
		if what != "" && plainWord.MatchString(pkg[name]) && !strings.ContainsAny(name, "'\n\r") {
			r.Command = clip(fmt.Sprintf("patchbench diff %s --pkg %s --asm '%s'", what, pkg[name], name), 300)
		}
		part.Rows = append(part.Rows, r)
	}
	if more := len(names) - len(part.Rows) + unlisted; more > 0 {
		part.More = fmt.Sprintf("And %s more.", count(more, "function"))
	}
	if len(part.Rows) > 0 {
		part.Note = "A command shows the machine code of both sides beside each other; --arch arm64 shows that of the other architecture."
	}
	return part
}
