package toolchain

import (
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/x86/x86asm"
)

// An AsmLine is a place in the code of one function as two binaries have it:
// an instruction of each side in Go's assembler syntax, empty where only the
// other one has it. Addresses within the function are offsets from its start.
type AsmLine struct {
	Before, After string
	// Same tells that the two do the same, as far as the text tells: jumps within
	// the function go to other offsets where code before them is longer. Data of
	// arm64, whose addresses come in two parts, can look different where it only
	// moved.
	Same bool
}

// Disassemble puts the machine code of the function called name of two linked
// programs, as [CompareBinaries] takes them, side by side: as few instructions as
// can be stand alone. Of several functions of that name it takes the first. It
// fails where neither has the function.
func Disassemble(before, after, name string) ([]AsmLine, error) {
	var sides [2][]instruction
	found := false
	for i, path := range []string{before, after} {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("disassembling %s: %w", name, err)
		}
		img, err := openImage(data)
		if err != nil {
			return nil, fmt.Errorf("disassembling %s: %s: %w", name, path, err)
		}
		if f, ok := img.funcs[funcName{name: name}]; ok {
			sides[i] = img.disassemble(f)
			found = true
		}
	}
	if !found {
		return nil, fmt.Errorf("neither side has a function %s", name)
	}
	return align(sides[0], sides[1]), nil
}

// An instruction is one as it is read, and what of that must be alike for two to
// be the same.
type instruction struct{ text, key string }

// disassemble decodes the code of f. What does not decode are bytes.
func (img *image) disassemble(f symbol) (list []instruction) {
	code := img.bytesAt(f.addr, f.size)
	name := func(addr uint64) (string, uint64) {
		s, ok := img.symbolAt(addr)
		if !ok || s.carrier || s.addr == f.addr {
			return "", 0
		}
		return s.name, s.addr
	}
	for at := uint64(0); at < uint64(len(code)); {
		text, length := img.decode(code[at:], f.addr+at, name)
		list = append(list, located(text, f, at))
		at += uint64(length)
	}
	return list
}

// decode returns the instruction at the start of code, which lies at pc, and its
// length in bytes.
func (img *image) decode(code []byte, pc uint64, name func(uint64) (string, uint64)) (text string, length int) {
	if img.amd64() {
		if inst, ok := decodeAMD64(code); ok && inst.Op != 0 {
			return x86asm.GoSyntax(inst, pc, name), inst.Len
		} else if ok { // known by its length alone
			return fmt.Sprintf("BYTES %x", code[:inst.Len]), inst.Len
		}
		return fmt.Sprintf("BYTE %x", code[0]), 1
	}
	if len(code) < 4 {
		return fmt.Sprintf("BYTES %x", code), len(code)
	}
	if inst, err := arm64asm.Decode(code); err == nil {
		return arm64asm.GoSyntax(inst, pc, name, nil), 4
	}
	return fmt.Sprintf("WORD %#08x", binary.LittleEndian.Uint32(code)), 4
}

var (
	absolute = regexp.MustCompile(`\b0x[0-9a-f]{5,16}\b`)
	inWords  = regexp.MustCompile(`-?[0-9]+\(PC\)`)
)

// located is the instruction at an offset in f. A jump within f, which is at an
// absolute address on amd64 and relative in words on arm64, is said to go to an
// offset, and which one is no part of the key.
func located(text string, f symbol, at uint64) instruction {
	i := instruction{text, text}
	replace := func(pattern *regexp.Regexp, target func(match string) (uint64, bool)) {
		inside := func(write func(offset uint64) string) func(string) string {
			return func(match string) string {
				if t, ok := target(match); ok && t < f.size {
					return write(t)
				}
				return match
			}
		}
		i.text = pattern.ReplaceAllStringFunc(i.text, inside(func(t uint64) string { return fmt.Sprintf("+%#x", t) }))
		i.key = pattern.ReplaceAllStringFunc(i.key, inside(func(uint64) string { return "+" }))
	}
	replace(absolute, func(match string) (target uint64, ok bool) {
		_, err := fmt.Sscanf(match, "%v", &target)
		return target - f.addr, err == nil
	})
	replace(inWords, func(match string) (target uint64, ok bool) {
		var words int64
		_, err := fmt.Sscanf(strings.TrimSuffix(match, "(PC)"), "%d", &words)
		return at + uint64(4*words), err == nil
	})
	return i
}

// align finds the longest common subsequence of a and b by its table, which for
// two functions is small, and puts what is in it side by side, and what is not
// side by side too where both sides have some.
func align(a, b []instruction) []AsmLine {
	longest := make([][]int32, len(a)+1) // from i and j on
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].key == b[j].key {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var lines []AsmLine
	var gone, come []string
	flush := func() {
		for k := range max(len(gone), len(come)) {
			var l AsmLine
			if k < len(gone) {
				l.Before = gone[k]
			}
			if k < len(come) {
				l.After = come[k]
			}
			lines = append(lines, l)
		}
		gone, come = nil, nil
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i].key == b[j].key:
			flush()
			lines = append(lines, AsmLine{a[i].text, b[j].text, true})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			gone = append(gone, a[i].text)
			i++
		default:
			come = append(come, b[j].text)
			j++
		}
	}
	flush()
	return lines
}
