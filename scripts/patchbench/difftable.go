package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"patchbench/toolchain"
)

// A row is a function in a table, with a remark below it.
type row struct {
	toolchain.FunctionChange
	remark string
}

// printRows prints functions under a title, or nothing if there are none.
// Names come last: some are longer than a line.
func printRows(out io.Writer, title string, rows []row) {
	if len(rows) == 0 {
		return
	}
	const columns = "  %-15s %-15s %s\n"
	fmt.Fprintf(out, "\n%s\n", title)
	fmt.Fprintf(out, columns, "bytes", "instructions", "function")
	for _, r := range rows {
		fmt.Fprintf(out, columns, change(r.BeforeSize, r.AfterSize, "none", "none"), r.instructions(), r.Name)
		if r.remark != "" {
			printWrapped(out, strings.Repeat(" ", 36), r.remark)
		}
	}
}

// instructions tells how many there are on each side: ? where that is unknown.
func (r row) instructions() string {
	words := [2]string{"?", "?"}
	for i, size := range []int{r.BeforeSize, r.AfterSize} {
		if size == 0 {
			words[i] = "none"
		}
	}
	return change(r.BeforeInstructions, r.AfterInstructions, words[0], words[1])
}

// change words how a number changes; each side has a word for 0.
func change(before, after int, noBefore, noAfter string) string {
	word := func(n int, none string) string {
		if n == 0 {
			return none
		}
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%5s → %s", word(before, noBefore), word(after, noAfter))
}

// shownDistances is how many of the distances are told.
const shownDistances = 6

// printDistances prints how far functions moved, the most frequent first.
func printDistances(out io.Writer, d *toolchain.BinaryDiff) {
	if d.Moved == 0 {
		return
	}
	fmt.Fprintf(out, "\nonly moved: %s of %d, whose speed placement alone can change\n", count(d.Moved, "function", "functions"), d.Functions)
	by := slices.SortedFunc(maps.Keys(d.Distances), func(a, b int64) int {
		return cmp.Or(cmp.Compare(d.Distances[b], d.Distances[a]), cmp.Compare(a, b))
	})
	for _, distance := range by[:min(shownDistances, len(by))] {
		fmt.Fprintf(out, "  %6d by %+d bytes\n", d.Distances[distance], distance)
	}
	if len(by) > shownDistances {
		rest := 0
		for _, distance := range by[shownDistances:] {
			rest += d.Distances[distance]
		}
		fmt.Fprintf(out, "  %6d by %s more\n", rest, count(len(by)-shownDistances, "distance", "distances"))
	}
}
