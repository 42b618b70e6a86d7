package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"patchbench/toolchain"
)

// The column of before is this wide: what its instructions take, but no more
// than this. The rest of a longer one pushes after to the right.
const leastAsmWidth, mostAsmWidth = 38, 60

// printAsm prints the machine code of a function side by side.
func printAsm(w io.Writer, what, function string, lines []toolchain.AsmLine) error {
	out := new(bytes.Buffer)
	differ, width := 0, leastAsmWidth
	for _, l := range lines {
		width = max(width, min(mostAsmWidth, len(l.Before)))
		if !l.Same {
			differ++
		}
	}
	fmt.Fprintf(out, "%s\n%s: %d of %d lines differ\n\n", what, function, differ, len(lines))
	fmt.Fprintf(out, "  %-*s   %s\n", width, "before", "after")
	for _, l := range lines {
		mark := "|"
		if l.Same {
			mark = " "
		}
		fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf("  %-*s %s %s", width, l.Before, mark, l.After), " "))
	}
	_, err := w.Write(out.Bytes())
	return err
}
