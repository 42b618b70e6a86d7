package toolchain

import (
	"fmt"
	"strings"
)

// A Blast is how far the patches of an experiment reach in a test binary.
type Blast struct {
	Diff      *BinaryDiff
	Functions []BlastFunction // of Diff.Changed, in its order
}

// A BlastFunction is a function that differs, with what the patches have to do
// with it.
type BlastFunction struct {
	FunctionChange
	Named bool   // the patches edit it; true for all where no patches are compared
	Cause string // why it differs all the same, in a few words; empty if Named
}

// NewBlast tells the functions of diff that the patches edit from those that
// differ all the same. Without edits, which is between two bases, all count as
// edited.
func NewBlast(diff *BinaryDiff, edits *Edits) *Blast {
	b := &Blast{Diff: diff}
	for _, f := range diff.Changed {
		entry := BlastFunction{FunctionChange: f, Named: edits == nil || edits.edited(f.Name) != ""}
		if !entry.Named {
			entry.Cause = edits.cause(f)
		}
		b.Functions = append(b.Functions, entry)
	}
	return b
}

// cause says why a function that is not edited differs.
func (e *Edits) cause(f FunctionChange) string {
	var copies []string
	for _, name := range f.Inlines {
		if edited := e.edited(name); edited != "" {
			copies = append(copies, edited)
		}
	}
	var parts []string
	switch {
	case len(copies) > 0:
		parts = append(parts, "has a copy of "+strings.Join(copies, ", "))
	case f.BeforeSize == 0:
		parts = append(parts, "only after has it")
	case f.AfterSize == 0:
		parts = append(parts, "only before has it")
	default:
		parts = append(parts, f.Why)
	}
	if e.files[f.File] {
		parts = append(parts, fmt.Sprintf("in %s, which the patches edit", f.File))
	}
	return strings.Join(parts, "; ")
}
