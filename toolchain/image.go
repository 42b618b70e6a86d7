package toolchain

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An image is a linked program as it lies in memory.
type image struct {
	machine  elf.Machine
	sections []section // those that are loaded, by address
	symbols  []symbol  // those that cover bytes, by address; none overlaps another
	funcs    map[funcName]symbol
	funcAt   map[uint64]funcName // the names of funcs by address
}

// A section is a loaded part of an image.
type section struct {
	name string
	addr uint64
	size uint64
	data []byte // nil where all is zero at the start
}

func (s *section) contains(addr uint64) bool { return addr >= s.addr && addr-s.addr < s.size }

// A symbol is a named range of an image.
type symbol struct {
	name    string
	addr    uint64
	size    uint64
	carrier bool // holds many nameless things, such as all string constants
}

// A funcName names a function; ordinal tells functions of one name apart.
type funcName struct {
	name    string
	ordinal int
}

// openImage reads an ELF file.
func openImage(data []byte) (*image, error) {
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not an ELF program: %w", err)
	}
	if f.Machine != elf.EM_X86_64 && f.Machine != elf.EM_AARCH64 || f.Class != elf.ELFCLASS64 || f.ByteOrder != binary.LittleEndian {
		return nil, fmt.Errorf("%v programs can't be compared; only amd64 and arm64 ones can", f.Machine)
	}
	img := &image{machine: f.Machine, funcs: make(map[funcName]symbol), funcAt: make(map[uint64]funcName)}
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Flags&elf.SHF_TLS != 0 || s.Size == 0 || strings.HasPrefix(s.Name, ".debug_") || strings.HasPrefix(s.Name, ".zdebug_") {
			continue
		}
		sec := section{name: s.Name, addr: s.Addr, size: s.Size}
		if s.Type != elf.SHT_NOBITS {
			if sec.data, err = s.Data(); err != nil {
				return nil, fmt.Errorf("section %s: %w", s.Name, err)
			}
		}
		img.sections = append(img.sections, sec)
	}
	slices.SortFunc(img.sections, func(a, b section) int { return cmp.Compare(a.addr, b.addr) })
	all, err := f.Symbols()
	if errors.Is(err, elf.ErrNoSymbols) {
		return nil, errors.New("has no symbol table; link it without -s")
	}
	if err != nil {
		return nil, fmt.Errorf("symbol table: %w", err)
	}
	img.addSymbols(all)
	if len(img.funcs) == 0 {
		return nil, errors.New("names no function; link it without -s")
	}
	return img, nil
}

// textMarker begins the names of symbols that newer linkers put around the
// code of the FIPS module: they are of a function's type, and no functions.
const textMarker = "go:textfips"

// addSymbols fills in the symbols and functions.
func (img *image) addSymbols(all []elf.Symbol) {
	for _, s := range all {
		kind := elf.ST_TYPE(s.Info)
		carrier := s.Size == 0 && isCarrier(s.Name)
		if (kind != elf.STT_FUNC && kind != elf.STT_OBJECT) || s.Size == 0 && !carrier || img.section(s.Value) == nil {
			continue
		}
		img.symbols = append(img.symbols, symbol{name: s.Name, addr: s.Value, size: s.Size, carrier: carrier || isCarrier(s.Name)})
		if kind == elf.STT_FUNC && !strings.HasPrefix(s.Name, textMarker) {
			img.addFunction(symbol{name: s.Name, addr: s.Value, size: s.Size})
		}
	}
	slices.SortStableFunc(img.symbols, func(a, b symbol) int { return cmp.Compare(a.addr, b.addr) })
	// Carriers come without a size in most releases: they end where the
	// next symbol, or the section, does.
	for i := range img.symbols {
		s := &img.symbols[i]
		if s.size > 0 {
			continue
		}
		sec := img.section(s.addr)
		end := sec.addr + sec.size
		for _, next := range img.symbols[i+1:] {
			if next.addr > s.addr {
				end = min(end, next.addr)
				break
			}
		}
		s.size = end - s.addr
	}
}

// addFunction adds a function under its name and the next ordinal.
func (img *image) addFunction(s symbol) {
	name := funcName{name: s.name}
	for _, taken := img.funcs[name]; taken; _, taken = img.funcs[name] {
		name.ordinal++
	}
	img.funcs[name] = s
	img.funcAt[s.addr] = name
}

// isCarrier knows the names the linker gives to what holds nameless things.
func isCarrier(name string) bool {
	return strings.HasSuffix(name, ".*") && !strings.HasPrefix(name, "go.itab") && !strings.HasPrefix(name, "go:itab") ||
		strings.HasSuffix(name, ":*") || name == "runtime.types" || name == "go:funcdesc"
}

// isFuncData knows the name of the carrier of what the runtime is told about
// functions: maps of live pointers, objects on the stack, inlined calls.
func isFuncData(name string) bool { return name == "go.func.*" || name == "go:func.*" }

func (img *image) amd64() bool { return img.machine == elf.EM_X86_64 }

// section returns the section that addr lies in, or nil.
func (img *image) section(addr uint64) *section {
	i, found := slices.BinarySearchFunc(img.sections, addr, func(s section, addr uint64) int { return cmp.Compare(s.addr, addr) })
	if !found {
		i--
	}
	if i < 0 || !img.sections[i].contains(addr) {
		return nil
	}
	return &img.sections[i]
}

// named returns the section called name, or nil.
func (img *image) named(name string) *section {
	for i := range img.sections {
		if img.sections[i].name == name {
			return &img.sections[i]
		}
	}
	return nil
}

// symbolAfter returns the index of the first symbol that starts after addr.
func (img *image) symbolAfter(addr uint64) int {
	i, _ := slices.BinarySearchFunc(img.symbols, addr, func(s symbol, addr uint64) int {
		if s.addr <= addr {
			return -1
		}
		return 1
	})
	return i
}

// symbolAt returns the symbol that covers addr.
func (img *image) symbolAt(addr uint64) (symbol, bool) {
	// A carrier without things in it begins where its successor does.
	for i := img.symbolAfter(addr) - 1; i >= 0; i-- {
		s := img.symbols[i]
		if addr-s.addr < s.size {
			return s, true
		}
		if s.addr < addr {
			break
		}
	}
	return symbol{}, false
}

// funcData returns the carrier that isFuncData knows.
func (img *image) funcData() (symbol, bool) {
	i := slices.IndexFunc(img.symbols, func(s symbol) bool { return isFuncData(s.name) })
	if i < 0 {
		return symbol{}, false
	}
	return img.symbols[i], true
}

// bytesAt returns n bytes of the image, or nil where it does not have them.
func (img *image) bytesAt(addr, n uint64) []byte {
	s := img.section(addr)
	if s == nil || addr-s.addr > uint64(len(s.data)) || n > uint64(len(s.data))-(addr-s.addr) {
		return nil
	}
	return s.data[addr-s.addr:][:n]
}
