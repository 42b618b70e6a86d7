package toolchain

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The formats of .gopclntab that are understood, by their first word (package
// debug/gosym and the runtime's symtab.go and runtime2.go give the layouts).
const (
	tables116 = 0xfffffffa // Go 1.16 and 1.17
	tables118 = 0xfffffff0 // Go 1.18 and 1.19
	tables120 = 0xfffffff1 // from Go 1.20
)

// Indices of pcdata and funcdata that hold inlined calls.
const (
	pcdataInline   = 2
	funcdataInline = 3
)

// noFuncData stands for the offset of funcdata that a function does not have.
const noFuncData = ^uint64(0)

// A funcRecord is what the tables tell the runtime about one function, less
// its source lines.
type funcRecord struct {
	entry       uint64 // from the start of the text
	name        []byte
	args        uint32
	deferReturn uint32
	kind        [2]byte  // funcID and flags
	tables      [][]byte // stack depth, then each pcdata: pairs of value and code distance
	data        []uint64 // funcdata, from the start of its carrier; or noFuncData

	// For people; not compared.
	file    string   // in which it is declared
	inlined []string // names of the functions inlined into it
}

// sameMetadata reports whether the tables for the unwinder and the collector
// are the same but for line numbers. The layout must be the same.
func (c *comparison) sameMetadata() bool {
	a, okA := c.before.readTables()
	b, okB := c.after.readTables()
	if !okA || !okB || a.inlineLines == nil || len(a.funcs) != len(b.funcs) {
		return false
	}
	for i := range a.funcs {
		f, g := a.funcs[i], b.funcs[i]
		if f.entry != g.entry || !bytes.Equal(f.name, g.name) || f.args != g.args || f.deferReturn != g.deferReturn ||
			f.kind != g.kind || !slices.EqualFunc(f.tables, g.tables, bytes.Equal) || !slices.Equal(f.data, g.data) {
			return false
		}
	}
	if len(a.data) != len(b.data) || !slices.Equal(a.inlineLines, b.inlineLines) {
		return false
	}
	for i := range a.data {
		if a.data[i] != b.data[i] && !a.inlineLines[i] {
			return false
		}
	}
	return true
}

// funcTables is the parsed .gopclntab of an image.
type funcTables struct {
	funcs       []funcRecord
	data        []byte // the funcdata carrier
	inlineLines []bool // which of its bytes are line numbers of inlined calls
}

// readTables parses the tables; ok is false where it can't.
func (img *image) readTables() (t funcTables, ok bool) {
	sec, text := img.named(".gopclntab"), img.named(".text")
	carrier, found := img.funcData()
	if sec == nil || text == nil || !found {
		return t, false
	}
	t.data = img.bytesAt(carrier.addr, carrier.size)
	t.inlineLines = make([]bool, len(t.data))
	r := &tableReader{data: sec.data, ok: true}
	magic := r.u32(0)
	if magic != tables116 && magic != tables118 && magic != tables120 || r.u8(7) != 8 || t.data == nil {
		return t, false
	}
	offsets := uint64(8 + 2*8) // behind magic, sizes, counts of functions and files
	if magic != tables116 {
		offsets += 8 // start of the text
	}
	names, units, files := r.u64(offsets), r.u64(offsets+8), r.u64(offsets+2*8)
	pctab, funcs := r.u64(offsets+3*8), r.u64(offsets+4*8)
	count := r.u64(8)
	if count > uint64(len(r.data)) {
		return t, false
	}
	for i := range count {
		var f funcRecord
		var at, tail uint64 // of the function's record; of its end of fixed size
		if magic == tables116 {
			f.entry = r.u64(funcs+i*16) - text.addr
			at = funcs + r.u64(funcs+i*16+8)
			tail = at + 40
			at += 4 // the entry is a pointer here: what follows is four bytes further on
		} else {
			f.entry = uint64(r.u32(funcs + i*8))
			at = funcs + uint64(r.u32(funcs+i*8+4))
			tail = at + 36
			if magic == tables120 {
				tail += 4
			}
		}
		f.name = r.cString(names + uint64(r.u32(at+4)))
		f.args, f.deferReturn = r.u32(at+8), r.u32(at+12)
		f.kind = [2]byte{r.u8(tail), r.u8(tail + 1)}
		f.tables = append(f.tables, r.table(pctab, r.u32(at+16)))
		tables, pointers := uint64(r.u32(at+28)), uint64(r.u8(tail+3))
		tail += 4
		for j := range min(tables, 256) {
			f.tables = append(f.tables, r.table(pctab, r.u32(tail+j*4)))
		}
		tail += tables * 4
		if magic == tables116 && (sec.addr+tail)%8 != 0 {
			tail += 4
		}
		for j := range pointers {
			ref := noFuncData
			if magic == tables116 {
				if p := r.u64(tail + j*8); p != 0 {
					ref = p - carrier.addr
				}
			} else if p := r.u32(tail + j*4); p != ^uint32(0) {
				ref = uint64(p)
			}
			f.data = append(f.data, ref)
		}
		if !r.ok || tables > 256 || !t.readInlined(&f, magic, r, names) {
			return t, false
		}
		if file := f.fileNumber(r.table(pctab, r.u32(at+20))); file >= 0 {
			offset := r.u32(units + 4*(uint64(r.u32(at+32))+uint64(file)))
			f.file = string(r.cString(files + uint64(offset)))
		}
		t.funcs = append(t.funcs, f)
	}
	return t, r.ok
}

// readInlined reads f's tree of inlined calls and marks the line numbers in it.
func (t *funcTables) readInlined(f *funcRecord, magic uint32, r *tableReader, names uint64) bool {
	if len(f.data) <= funcdataInline || f.data[funcdataInline] == noFuncData {
		return true
	}
	if len(f.tables) <= 1+pcdataInline {
		return false
	}
	entry, from, to, name := uint64(20), uint64(4), uint64(12), uint64(12) // file and line of the call, then the name
	if magic == tables120 {
		entry, from, to, name = 16, 12, 16, 4 // line at which the inlined function starts
	}
	at := f.data[funcdataInline]
	for range maxValue(f.tables[1+pcdataInline]) + 1 {
		if at > uint64(len(t.inlineLines)) || entry > uint64(len(t.inlineLines))-at {
			return false
		}
		for k := from; k < to; k++ {
			t.inlineLines[at+k] = true
		}
		offset := binary.LittleEndian.Uint32(t.data[at+name:])
		f.inlined = append(f.inlined, string(r.cString(names+uint64(offset))))
		at += entry
	}
	return true
}
