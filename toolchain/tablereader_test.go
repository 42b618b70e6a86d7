package toolchain

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzReadTables reads tables from damaged files: each is understood or not,
// and none stops the program.
func FuzzReadTables(f *testing.F) {
	for _, magic := range []uint32{tables116, tables118, tables120} {
		header := binary.LittleEndian.AppendUint32(nil, magic)
		header = append(header, 0, 0, 1, 8)
		header = binary.LittleEndian.AppendUint64(header, 1) // functions
		for _, offset := range []uint64{0, 64, 80, 96, 112, 128, 128} {
			header = binary.LittleEndian.AppendUint64(header, offset)
		}
		f.Add(append(header, make([]byte, 200)...), make([]byte, 64))
	}
	f.Fuzz(func(t *testing.T, tables, data []byte) {
		img := &image{sections: []section{
			{name: ".text", addr: 0x1000, size: 16, data: make([]byte, 16)},
			{name: ".rodata", addr: 0x2000, size: uint64(len(data)), data: data},
			{name: ".gopclntab", addr: 0x1_0000_0000, size: uint64(len(tables)), data: tables},
		}}
		img.symbols = []symbol{{name: "go:func.*", addr: 0x2000, size: uint64(len(data)), carrier: true}}
		read, ok := img.readTables()
		if ok && len(read.inlineLines) != len(data) {
			t.Errorf("%d marks for %d bytes", len(read.inlineLines), len(data))
		}
	})
}

func TestFileNumber(t *testing.T) {
	// Pairs of a zigzag difference and a code distance, from -1 on.
	files := []byte{8, 4, 1, 6} // 3 for 4 bytes, then 2 for 6
	tests := []struct {
		name    string
		inlined []byte
		want    int64
	}{
		{"nothing inlined", nil, 3},
		{"a call inlined later", []byte{0, 4, 2, 6}, 3},
		{"a call inlined first", []byte{2, 4, 1, 6}, 2},
		{"all inlined", []byte{2, 10}, 3},
	}
	for _, test := range tests {
		f := &funcRecord{tables: make([][]byte, 2+pcdataInline)}
		f.tables[1+pcdataInline] = test.inlined
		if got := f.fileNumber(files); got != test.want {
			t.Errorf("%s: file %d, want %d", test.name, got, test.want)
		}
	}
	if got := new(funcRecord).fileNumber(nil); got != -1 {
		t.Errorf("no table: file %d", got)
	}
	var ends []uint64
	for _, end := range runs(bytes.Repeat([]byte{2, 3}, 2)) {
		ends = append(ends, end)
	}
	if len(ends) != 2 || ends[1] != 6 {
		t.Errorf("runs end at %v", ends)
	}
}
