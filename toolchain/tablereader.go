package toolchain

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// fileNumber returns the number of the file that f itself is from, of those of
// its compilation unit: the file at the first place that is not of an inlined
// call. It is -1 if unknown.
func (f *funcRecord) fileNumber(files []byte) int64 {
	var own uint64 // a code distance
	if len(f.tables) > 1+pcdataInline {
		var start uint64
		for value, end := range runs(f.tables[1+pcdataInline]) {
			if value < 0 {
				own = start
				break
			}
			start = end
		}
	}
	for value, end := range runs(files) {
		if own < end {
			return value
		}
	}
	return -1
}

// maxValue returns the largest value in a table: -1 if there is none.
func maxValue(table []byte) int64 {
	largest := int64(-1)
	for value := range runs(table) {
		largest = max(largest, value)
	}
	return largest
}

// runs yields the values of a table, each with the code distance at which it
// ends. Values start at -1.
func runs(table []byte) iter.Seq2[int64, uint64] {
	return func(yield func(int64, uint64) bool) {
		value, end := int64(-1), uint64(0)
		for len(table) > 0 {
			delta, n := binary.Uvarint(table)
			if n <= 0 {
				return
			}
			length, m := binary.Uvarint(table[n:])
			if m <= 0 {
				return
			}
			table = table[n+m:]
			value += int64(delta>>1) ^ -int64(delta&1)
			end += length
			if !yield(value, end) {
				return
			}
		}
	}
}

// A tableReader reads numbers at offsets; ok turns false where there is none.
type tableReader struct {
	data []byte
	ok   bool
}

func (r *tableReader) at(off, n uint64) []byte {
	if off > uint64(len(r.data)) || n > uint64(len(r.data))-off {
		r.ok = false
		return make([]byte, n)
	}
	return r.data[off:][:n]
}

func (r *tableReader) u8(off uint64) byte    { return r.at(off, 1)[0] }
func (r *tableReader) u32(off uint64) uint32 { return binary.LittleEndian.Uint32(r.at(off, 4)) }
func (r *tableReader) u64(off uint64) uint64 { return binary.LittleEndian.Uint64(r.at(off, 8)) }

// cString reads up to a zero byte.
func (r *tableReader) cString(off uint64) []byte {
	if off > uint64(len(r.data)) {
		r.ok = false
		return nil
	}
	name, _, found := bytes.Cut(r.data[off:], []byte{0})
	r.ok = r.ok && found
	return name
}

// table reads the table at off in pctab: pairs of numbers up to a zero where
// a pair would start. Offset 0 means that there is none.
func (r *tableReader) table(pctab uint64, off uint32) []byte {
	if off == 0 {
		return nil
	}
	start := pctab + uint64(off)
	for pos, first := start, true; ; first = false {
		delta, n := binary.Uvarint(r.data[min(pos, uint64(len(r.data))):])
		if n <= 0 {
			r.ok = false
			return nil
		}
		if delta == 0 && !first {
			return r.data[start:pos]
		}
		_, m := binary.Uvarint(r.data[pos+uint64(n):])
		if m <= 0 {
			r.ok = false
			return nil
		}
		pos += uint64(n + m)
	}
}
