package toolchain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// sameTarget reports whether address a in before means what b means in after.
func (c *comparison) sameTarget(a, b uint64) bool {
	sa, okA := c.before.symbolAt(a)
	sb, okB := c.after.symbolAt(b)
	if !okA || !okB {
		return !okA && !okB && (c.samePlace(a, b) || c.sameNameless(a, b))
	}
	if sa.carrier && sb.carrier && sa.name == sb.name {
		return c.sameInCarrier(sa, sb, a, b)
	}
	if a-sa.addr != b-sb.addr {
		return false
	}
	if fa, fb := c.before.funcAt[sa.addr], c.after.funcAt[sb.addr]; fa.name != "" && fb.name != "" {
		return fa == fb
	}
	if sa.name == sb.name {
		return true
	}
	return isNumbered(sa.name) && isNumbered(sb.name) && sa.size == sb.size && c.sameConstant(sa, sb)
}

// operands says how two addresses that mean different things do so.
func (c *comparison) operands(f, g symbol, a, b uint64) string {
	sa, okA := c.before.symbolAt(a)
	sb, okB := c.after.symbolAt(b)
	switch {
	case a-f.addr < f.size && b-g.addr < g.size:
		return "another branch"
	case okA && okB && !sa.carrier && !sb.carrier && sa.name != sb.name:
		return fmt.Sprintf("refers to %s instead of %s", sb.name, sa.name)
	case okA && okB && !sa.carrier && c.before.funcAt[sa.addr] != c.after.funcAt[sb.addr]:
		return fmt.Sprintf("refers to another %s", sb.name)
	}
	return "refers to something else"
}

// samePlace compares addresses that no symbol covers: they must lie at one
// offset in sections of one name, or at the end of both, or be plain numbers.
func (c *comparison) samePlace(a, b uint64) bool {
	sa, sb := c.before.section(a), c.after.section(b)
	if sa == nil || sb == nil {
		return sa == nil && sb == nil && (a == b || c.before.endsAt(a) != "" && c.before.endsAt(a) == c.after.endsAt(b))
	}
	return sa.name == sb.name && a-sa.addr == b-sb.addr
}

// endsAt names the section whose first byte behind it is addr.
func (img *image) endsAt(addr uint64) string {
	for _, s := range img.sections {
		if s.addr+s.size == addr {
			return s.name
		}
	}
	return ""
}

// isNumbered recognises the names the compiler makes by counting: they change
// when a thing is added before them.
func isNumbered(name string) bool { return strings.Contains(name, "..stmp_") }

// sameConstant compares the contents of two nameless values. Those with
// addresses in them are equal only if nothing has moved.
func (c *comparison) sameConstant(a, b symbol) bool {
	dataA, dataB := c.before.bytesAt(a.addr, a.size), c.after.bytesAt(b.addr, b.size)
	return dataA != nil && bytes.Equal(dataA, dataB)
}

// sameContents is sameConstant for carriers, which are large and asked for by
// every function.
func (c *comparison) sameContents(a, b symbol) bool {
	pair := [2]symbol{a, b}
	same, known := c.carriers[pair]
	if !known {
		if c.carriers == nil {
			c.carriers = make(map[[2]symbol]bool)
		}
		same = c.sameConstant(a, b)
		c.carriers[pair] = same
	}
	return same
}

// sameInCarrier compares two things in carriers of one name. Where the
// carriers differ it goes by what is pointed at. That only decides which
// functions are named as changed: whether the binaries are the same is for
// sameData and sameMetadata to say, which read the carriers to the last byte.
func (c *comparison) sameInCarrier(sa, sb symbol, a, b uint64) bool {
	if a-sa.addr == b-sb.addr && sa.size == sb.size && (isFuncData(sa.name) || c.sameContents(sa, sb)) {
		return true
	}
	if name := strings.TrimRight(sa.name, ".:*"); name == "runtime.types" || name == "type" {
		return c.sameType(a, b) || c.sameItab(a, b) || c.sameField(sa, sb, a, b)
	}
	return c.sameNameless(a, b)
}

// headerSize is the number of bytes that a type starts with: its size, the
// prefix of it that has pointers, a hash of all of it, flags, alignment and
// kind.
const headerSize = 24

// sameType reports whether equal types lie at two addresses.
func (c *comparison) sameType(a, b uint64) bool {
	ta, tb := c.before.bytesAt(a, headerSize), c.after.bytesAt(b, headerSize)
	return ta != nil && bytes.Equal(ta, tb)
}

// hashOffset is where in an itab the hash of its type is.
const hashOffset = 16

// sameItab reports whether the tables of methods of one type for one interface
// lie at two addresses. From Go 1.27 on they are among the types. They start
// with the interface, the type and its hash.
func (c *comparison) sameItab(a, b uint64) bool {
	ta, tb := c.before.bytesAt(a, headerSize), c.after.bytesAt(b, headerSize)
	if ta == nil || tb == nil || !bytes.Equal(ta[hashOffset:], tb[hashOffset:]) {
		return false
	}
	for i := 0; i < hashOffset; i += 8 {
		if !c.sameType(binary.LittleEndian.Uint64(ta[i:]), binary.LittleEndian.Uint64(tb[i:])) {
			return false
		}
	}
	return true
}

// sameField reports whether one field of a type or an itab lies at two
// addresses: code loads some of them straight from there.
func (c *comparison) sameField(sa, sb symbol, a, b uint64) bool {
	if f := c.before.functionPointer(a); f.name != "" {
		return f == c.after.functionPointer(b)
	}
	fa, fb := c.before.bytesAt(a, 8), c.after.bytesAt(b, 8)
	if fa == nil || fb == nil || a-sa.addr != b-sb.addr {
		return false
	}
	const smallest = 4 // bytes; types and itabs start at multiples of 8
	return a%8 != 0 && bytes.Equal(fa[:smallest], fb[:smallest]) ||
		c.sameItab(a-hashOffset, b-hashOffset) ||
		c.sameType(binary.LittleEndian.Uint64(fa), binary.LittleEndian.Uint64(fb))
}

// sameNameless compares what lies at two addresses by contents: a descriptor
// of a function, or a constant, on which the verdict is left for later.
func (c *comparison) sameNameless(a, b uint64) bool {
	sa, sb := c.before.section(a), c.after.section(b)
	if sa == nil || sb == nil || sa.name != sb.name || sa.data == nil {
		return false
	}
	if fa, fb := c.before.functionPointer(a), c.after.functionPointer(b); fa.name != "" || fb.name != "" {
		return fa == fb
	}
	c.constants = append(c.constants, constantRef{c.function, a, b})
	return true
}

// functionPointer returns the name of the function whose address is at addr,
// or none.
func (img *image) functionPointer(addr uint64) funcName {
	word := img.bytesAt(addr, 8)
	if word == nil {
		return funcName{}
	}
	return img.funcAt[binary.LittleEndian.Uint64(word)]
}

// A constantRef is a reference to a nameless constant that waits for a
// verdict. How long a constant is can't be seen at the reference, but none is
// longer than up to the next one that is referred to.
type constantRef struct {
	function funcName
	a, b     uint64
}

// differentConstants returns the functions that refer to different constants.
func (c *comparison) differentConstants() map[funcName]bool {
	startsA, startsB := c.before.constantStarts(), c.after.constantStarts()
	for _, r := range c.constants {
		startsA, startsB = append(startsA, r.a), append(startsB, r.b)
	}
	slices.Sort(startsA)
	slices.Sort(startsB)
	found := make(map[funcName]bool)
	for _, r := range c.constants {
		a, b := c.before.constant(r.a, startsA), c.after.constant(r.b, startsB)
		n := min(len(a), len(b))
		if n == 0 || !c.sameWords(r.a, r.b, a[:n], b[:n]) {
			found[r.function] = true
		}
	}
	return found
}

// constantStarts returns addresses at which constants start, as far as the
// data shows: those of funcdata, and what any word of data points to. The
// linker keeps one copy of equal constants, so a short string may well lie
// among funcdata, or the collector's bits for types.
func (img *image) constantStarts() []uint64 {
	var starts []uint64
	carrier, _ := img.funcData()
	if tables, ok := img.readTables(); ok {
		for _, f := range tables.funcs {
			for _, offset := range f.data {
				if offset != noFuncData {
					starts = append(starts, carrier.addr+offset)
				}
			}
		}
	}
	constants := img.named(".rodata")
	for _, s := range img.sections {
		if constants == nil || s.name == ".text" || isMetadata(s.name) {
			continue
		}
		for data := s.data; len(data) >= 8; data = data[8:] {
			if target := binary.LittleEndian.Uint64(data); constants.contains(target) {
				starts = append(starts, target)
			}
		}
	}
	return starts
}

// constant returns the bytes at addr up to the next of starts, the next
// symbol, or the end of the symbol or section.
func (img *image) constant(addr uint64, starts []uint64) []byte {
	sec := img.section(addr)
	end := sec.addr + sec.size
	if sym, ok := img.symbolAt(addr); ok {
		end = sym.addr + sym.size
	} else if i := img.symbolAfter(addr); i < len(img.symbols) {
		end = min(end, img.symbols[i].addr)
	}
	if i, _ := slices.BinarySearch(starts, addr+1); i < len(starts) {
		end = min(end, starts[i])
	}
	return img.bytesAt(addr, end-addr)
}

// sameWords compares constants that may hold addresses of named things, and
// strings: an address and a length, which may seem to belong to the next
// constant where something happens to point at it.
func (c *comparison) sameWords(addrA, addrB uint64, a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	for ; len(a) >= 8; addrA, addrB, a, b = addrA+8, addrB+8, a[8:], b[8:] {
		va, vb := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		if va == vb {
			continue
		}
		sa, okA := c.before.symbolAt(va)
		sb, okB := c.after.symbolAt(vb)
		if okA && okB && !sa.carrier && sa.name == sb.name && va-sa.addr == vb-sb.addr && c.before.funcAt[sa.addr] == c.after.funcAt[sb.addr] {
			continue
		}
		lengthA, lengthB := c.before.bytesAt(addrA+8, 8), c.after.bytesAt(addrB+8, 8)
		if lengthA == nil || !bytes.Equal(lengthA, lengthB) {
			return false
		}
		size := binary.LittleEndian.Uint64(lengthA)
		textA, textB := c.before.bytesAt(va, size), c.after.bytesAt(vb, size)
		if textA == nil || textB == nil || !bytes.Equal(textA, textB) {
			return false
		}
	}
	return bytes.Equal(a, b)
}
