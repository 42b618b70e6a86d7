package toolchain

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// isMetadata reports whether a section is compared by what it says
// ([comparison.sameMetadata]), or only identifies the build.
func isMetadata(name string) bool {
	return name == ".gopclntab" || name == ".note.go.buildid" || name == ".note.gnu.build-id"
}

// inPlace reports whether all sections and symbols are where they were, so
// that an address means the same in both images.
func (c *comparison) inPlace() bool {
	return slices.EqualFunc(c.before.sections, c.after.sections, func(a, b section) bool {
		return a.name == b.name && a.addr == b.addr && (a.size == b.size || isMetadata(a.name))
	}) && slices.EqualFunc(c.before.symbols, c.after.symbols, func(a, b symbol) bool {
		return a.name == b.name && a.addr == b.addr && (a.size == b.size || isMetadata(c.before.section(a.addr).name))
	})
}

// sameLayout reports whether both images have the same sections and the same
// symbols at the same places in them. Then a place is told by section and
// offset alone. Code and constants must not have moved at all: numbers in them
// that are relative to their start then mean the same.
func (c *comparison) sameLayout() bool {
	relevant := func(img *image) []section {
		return slices.DeleteFunc(slices.Clone(img.sections), func(s section) bool { return isMetadata(s.name) })
	}
	fixed := []string{".text", ".rodata"}
	same := slices.EqualFunc(relevant(c.before), relevant(c.after), func(a, b section) bool {
		return a.name == b.name && a.size == b.size && (a.data == nil) == (b.data == nil) && (a.addr-b.addr)%8 == 0 &&
			(a.addr == b.addr || !slices.Contains(fixed, a.name))
	})
	if !same {
		return false
	}
	symbols := func(img *image) []symbol {
		return slices.DeleteFunc(slices.Clone(img.symbols), func(s symbol) bool { return isMetadata(img.section(s.addr).name) })
	}
	return slices.EqualFunc(symbols(c.before), symbols(c.after), func(a, b symbol) bool {
		sa, sb := c.before.section(a.addr), c.after.section(b.addr)
		return a.name == b.name && a.size == b.size && sa.name == sb.name && a.addr-sa.addr == b.addr-sb.addr
	})
}

// Where the linker's record of the FIPS module has a hash over its code and
// data, which are compared by themselves (cmd/link/internal/ld/fips140.go).
const (
	fipsSum    = 16
	fipsSumEnd = 48
)

// sameData reports whether all initial data is the same but for addresses, and
// for what the linker notes of the size of the line tables. The layout must be
// the same.
func (c *comparison) sameData() bool {
	skip, hasSkip := c.before.funcData()
	for _, a := range c.before.sections {
		b := c.after.named(a.name)
		if a.data == nil || a.name == ".text" || isMetadata(a.name) {
			continue
		}
		lengths := 0 // words left that hold the size of a table of line numbers
		for off := uint64(0); off < a.size; off += 8 {
			end := min(off+8, a.size)
			wa, wb := a.data[off:end], b.data[off:end]
			if hasSkip && a.addr+off >= skip.addr && a.addr+end <= skip.addr+skip.size {
				continue // compared with the metadata
			}
			if end-off < 8 {
				if !bytes.Equal(wa, wb) {
					return false
				}
				continue
			}
			va, vb := binary.LittleEndian.Uint64(wa), binary.LittleEndian.Uint64(wb)
			secA, secB := c.before.section(va), c.after.section(vb)
			inTables := secA != nil && secB != nil && secA.name == ".gopclntab" && secB.name == ".gopclntab"
			switch {
			case a.name == ".go.fipsinfo" && off >= fipsSum && off < fipsSumEnd:
			case lengths > 0:
				lengths--
			case inTables && c.isModuleData(a.addr+off):
				if isLength(a.data[off+8:], secA.size) && isLength(b.data[off+8:], secB.size) {
					lengths = 2
				}
			case va == vb:
				// An address that kept its value though its target
				// moved would have to be changed on purpose, by
				// just as much.
			case !c.samePlace(va, vb):
				return false
			}
		}
	}
	return true
}

// isLength reports whether words begin with length and capacity of a slice that
// is all in use, of at most limit elements. Such numbers may look like
// addresses.
func isLength(words []byte, limit uint64) bool {
	if len(words) < 16 {
		return false
	}
	length := binary.LittleEndian.Uint64(words)
	return length == binary.LittleEndian.Uint64(words[8:]) && length <= limit
}

// isModuleData reports whether addr lies in the linker's record of where the
// parts of the program are.
func (c *comparison) isModuleData(addr uint64) bool {
	s, ok := c.before.symbolAt(addr)
	return ok && strings.HasSuffix(s.name, "moduledata") || c.before.section(addr).name == ".go.module"
}
