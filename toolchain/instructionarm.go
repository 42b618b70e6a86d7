package toolchain

import "encoding/binary"

// compareARM64 compares two functions of equal length. Few arm64 instructions
// are relative to where they stand, and they are told by a few bits (Arm
// Architecture Reference Manual, C4.1: branches, loads of literals, ADR and
// ADRP). All others are the same if they are equal, and so are the literals,
// which lie among the instructions.
func (c *comparison) compareARM64(f, g symbol, a, b []byte) verdict {
	if len(a)%4 != 0 {
		return verdict{unproven, notUnderstood}
	}
	literals := make(map[int]bool) // offsets of words that instructions before them load
	for i := 0; i < len(a); i += 4 {
		wa, wb := binary.LittleEndian.Uint32(a[i:]), binary.LittleEndian.Uint32(b[i:])
		pcA, pcB := f.addr+uint64(i), g.addr+uint64(i)
		offset, mask := relative(wa)
		otherOffset, otherMask := relative(wb)
		switch {
		case wa == wb && (mask == 0 || literals[i]):
			continue
		case wa&^mask != wb&^mask || mask != otherMask || literals[i]:
			return verdict{changed, differenceOfWords(wa, wb)}
		}
		ta, tb := pcA+offset, pcB+otherOffset
		if isADRP(wa) {
			if i += 4; i >= len(a) {
				return verdict{unproven, notUnderstood}
			}
			na, nb := binary.LittleEndian.Uint32(a[i:]), binary.LittleEndian.Uint32(b[i:])
			offA, okA := pageOffset(na, wa&31)
			offB, okB := pageOffset(nb, wa&31)
			const immediate = 0xfff << 10
			switch {
			case okA != okB || na&^immediate != nb&^immediate:
				return verdict{changed, otherInstructions}
			case !okA:
				return verdict{unproven, notUnderstood}
			}
			ta, tb = pcA&^0xfff+offset+offA, pcB&^0xfff+otherOffset+offB
		}
		if !c.sameOperand(f, g, ta, tb) {
			return verdict{changed, c.operands(f, g, ta, tb)}
		}
		for n := uint64(0); isLiteralLoad(wa) && ta > pcA && n < literalSize(wa); n += 4 {
			literals[int(ta-f.addr+n)] = true
		}
	}
	return verdict{}
}

// differenceOfWords says how two instructions that are not relative differ.
// The register a result goes to and the class of instruction are in fixed
// places; where both are equal, numbers most likely are not.
func differenceOfWords(a, b uint32) string {
	if a&0xff00001f == b&0xff00001f {
		return otherNumber
	}
	return otherInstructions
}

// relative returns the distance to the address that a relative instruction
// names, and the bits that encode it: none if it is not relative.
func relative(w uint32) (offset uint64, mask uint32) {
	field := func(shift, bits uint) (uint64, uint32) {
		v := int64(uint64(w)>>shift<<(64-bits)) >> (64 - bits)
		return uint64(v * 4), (1<<bits - 1) << shift
	}
	switch {
	case w&0x7c000000 == 0x14000000: // B, BL
		return field(0, 26)
	case w&0xfe000000 == 0x54000000, // B.cond
		w&0x7e000000 == 0x34000000, // CBZ, CBNZ
		w&0x3b000000 == 0x18000000: // LDR of a literal
		return field(5, 19)
	case w&0x7e000000 == 0x36000000: // TBZ, TBNZ
		return field(5, 14)
	case w&0x1f000000 == 0x10000000: // ADR, ADRP
		v := int64(uint64(w>>5&0x7ffff)<<2|uint64(w>>29&3)) << 43 >> 43
		if isADRP(w) {
			v <<= 12
		}
		return uint64(v), 0x60ffffe0
	}
	return 0, 0
}

// isADRP knows the instruction that gives the page of an address, whose rest
// is in the next instruction.
func isADRP(w uint32) bool { return w&0x9f000000 == 0x90000000 }

func isLiteralLoad(w uint32) bool { return w&0x3b000000 == 0x18000000 }

// literalSize returns how many bytes a load of a literal loads.
func literalSize(w uint32) uint64 {
	if w&(1<<26) != 0 { // into a vector register: 4, 8 or 16
		return 4 << (w >> 30)
	}
	if w>>30 == 1 {
		return 8
	}
	return 4
}

// pageOffset returns the offset in the page that the instruction after an ADRP
// into register reg adds, if it is an ADD or a load or store through reg.
func pageOffset(w, reg uint32) (uint64, bool) {
	if w>>5&31 != reg {
		return 0, false
	}
	imm := uint64(w >> 10 & 0xfff)
	switch {
	case w&0xffc00000 == 0x91000000: // ADD, 64 bits, not shifted
		return imm, true
	case w&0x3b000000 == 0x39000000: // LDR, STR and kin, scaled by the size of what they move
		scale := w >> 30
		if w&0x04800000 == 0x04800000 { // 128 bits
			scale += 4
		}
		return imm << scale, true
	}
	return 0, false
}
