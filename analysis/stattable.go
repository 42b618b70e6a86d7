package analysis

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"patchbench/results"
)

// write lays t out in columns: names to the left, the rest to the right.
func (t *statTable) write(b *bytes.Buffer) {
	lines, warnings := t.lines()
	head := []string{t.unit}
	for _, side := range results.Sides() {
		head = append(head, string(side), "")
	}
	lines = append([][]string{append(head, "vs "+string(results.Before))}, lines...)

	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				text.WriteString(cell + pad)
			} else {
				text.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	for _, w := range warnings {
		b.WriteString("note: " + w + "\n")
	}
}
