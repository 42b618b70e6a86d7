package toolchain

import (
	"maps"
	"slices"
)

// A describer tells about functions that differ.
type describer struct {
	before, after *image
	told          [2]map[uint64]funcRecord // by address, of before and after; nil where the tables are not understood
}

func newDescriber(before, after *image) *describer {
	return &describer{before: before, after: after}
}

// records returns what the tables say of functions, by their addresses.
func (img *image) records() map[uint64]funcRecord {
	tables, _ := img.readTables()
	text := img.named(".text")
	records := make(map[uint64]funcRecord)
	for _, f := range tables.funcs {
		records[text.addr+f.entry] = f
	}
	return records
}

// change describes a function that differs, is new or is gone.
func (d *describer) change(name funcName, why string) FunctionChange {
	if d.told[0] == nil {
		d.told = [2]map[uint64]funcRecord{d.before.records(), d.after.records()}
	}
	c := FunctionChange{Name: name.name, Why: why}
	inlined := make(map[string]bool)
	for i, img := range []*image{d.before, d.after} {
		f, ok := img.funcs[name]
		if !ok {
			continue
		}
		size, count := int(f.size), img.instructions(f)
		if i == 0 {
			c.BeforeSize, c.BeforeInstructions = size, count
		} else {
			c.AfterSize, c.AfterInstructions = size, count
		}
		record := d.told[i][f.addr]
		if record.file != "" {
			c.File = record.file
		}
		for _, callee := range record.inlined {
			inlined[callee] = true
		}
	}
	c.Inlines = slices.Sorted(maps.Keys(inlined))
	return c
}

// instructions counts those of a function: 0 if they can't be decoded.
func (img *image) instructions(f symbol) int {
	code := img.bytesAt(f.addr, f.size)
	if img.amd64() {
		return countAMD64(code)
	}
	return len(code) / 4
}
