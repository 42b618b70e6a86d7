package toolchain

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/arch/x86/x86asm"
)

// sameAMD64 compares two functions of equal length, instruction by
// instruction. Code that does not decode is not the same.
func (c *comparison) sameAMD64(f, g symbol, a, b []byte) bool {
	for i := 0; i < len(a); {
		inst, okA := decodeAMD64(a[i:])
		other, okB := decodeAMD64(b[i:])
		if !okA || !okB || other.Len != inst.Len || other.PCRel != inst.PCRel || other.PCRelOff != inst.PCRelOff {
			return false
		}
		ia, ib := a[i:i+inst.Len], b[i:i+inst.Len]
		i += inst.Len
		if inst.PCRel == 0 {
			if !c.sameAbsolute(inst, other, ia, ib) {
				return false
			}
			continue
		}
		from, to := inst.PCRelOff, inst.PCRelOff+inst.PCRel
		if !bytes.Equal(ia[:from], ib[:from]) || !bytes.Equal(ia[to:], ib[to:]) {
			return false
		}
		ta := f.addr + uint64(i) + uint64(signed(ia[from:to]))
		tb := g.addr + uint64(i) + uint64(signed(ib[from:to]))
		if !c.sameOperand(f, g, ta, tb) {
			return false
		}
	}
	return true
}

// decodeAMD64 decodes the instruction at the start of code.
func decodeAMD64(code []byte) (x86asm.Inst, bool) {
	inst := vectorInstruction(code)
	if inst.Len == 0 {
		var err error
		if inst, err = x86asm.Decode(code, 64); err != nil {
			return inst, false
		}
	}
	return inst, inst.Len > 0 && inst.Len <= len(code) && inst.PCRelOff+inst.PCRel <= inst.Len
}

// vectorInstruction measures an instruction with a VEX or EVEX prefix, as
// x86asm does not know all of them and is wrong about the length of some: its
// length, and where its address is if that is relative. Len is 0 for any other
// instruction. (Intel 64 and IA-32 Architectures Software Developer's Manual,
// volume 2, 2.3 and 2.7.)
func vectorInstruction(code []byte) (inst x86asm.Inst) {
	if len(code) < 8 {
		code = append(bytes.Clone(code), make([]byte, 8)...) // the caller finds it too long
	}
	var opcode int // index of the opcode
	var opcodeMap byte
	switch code[0] {
	case 0xc5:
		opcode, opcodeMap = 2, 1
	case 0xc4:
		opcode, opcodeMap = 3, code[1]&0x1f
	case 0x62:
		opcode, opcodeMap = 4, code[1]&0x07
	}
	if opcodeMap < 1 || opcodeMap > 3 {
		return inst
	}
	inst.Len = opcode + 1
	if opcodeMap == 1 && code[opcode] == 0x77 { // VZEROUPPER, VZEROALL
		return inst
	}
	modrm := code[inst.Len]
	inst.Len++
	mod, rm := modrm>>6, modrm&7
	disp := 0
	switch {
	case mod == 0 && rm == 5: // relative to the next instruction
		inst.PCRel, inst.PCRelOff = 4, inst.Len
		disp = 4
	case mod == 1:
		disp = 1
	case mod == 2, mod == 0 && rm == 4 && code[inst.Len]&7 == 5:
		disp = 4
	}
	if mod != 3 && rm == 4 { // SIB
		inst.Len++
	}
	inst.Len += disp
	if opcodeMap == 3 || opcodeMap == 1 && bytes.IndexByte([]byte{0x70, 0x71, 0x72, 0x73, 0xc2, 0xc4, 0xc5, 0xc6}, code[opcode]) >= 0 {
		inst.Len++ // one byte of immediate
	}
	return inst
}

// signed reads a little-endian number of 1, 2, 4 or 8 bytes.
func signed(b []byte) int64 {
	switch len(b) {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// sameOperand compares the addresses that two instructions of f and g name.
func (c *comparison) sameOperand(f, g symbol, ta, tb uint64) bool {
	inA, inB := ta-f.addr < f.size, tb-g.addr < g.size
	if inA || inB {
		return inA && inB && ta-f.addr == tb-g.addr
	}
	return c.sameTarget(ta, tb)
}

// sameAbsolute compares instructions without a relative address. They may
// hold an absolute one, of a table that is indexed, in four bytes that both
// give the address of the same thing.
func (c *comparison) sameAbsolute(a, b x86asm.Inst, ia, ib []byte) bool {
	for i, arg := range a.Args {
		ma, okA := arg.(x86asm.Mem)
		mb, okB := b.Args[i].(x86asm.Mem)
		if okA != okB {
			return false
		}
		if !okA || ma.Disp == mb.Disp && (ma.Base != 0 || c.before.section(uint64(ma.Disp)) == nil) {
			continue
		}
		if ma.Base != mb.Base || ma.Index != mb.Index || ma.Scale != mb.Scale || ma.Segment != mb.Segment {
			return false
		}
		if c.before.section(uint64(ma.Disp)) == nil || !c.sameTarget(uint64(ma.Disp), uint64(mb.Disp)) {
			return false
		}
		// Blank out the address, so that the rest can be compared.
		pa := bytes.LastIndex(ia, binary.LittleEndian.AppendUint32(nil, uint32(ma.Disp)))
		pb := bytes.LastIndex(ib, binary.LittleEndian.AppendUint32(nil, uint32(mb.Disp)))
		if pa < 0 || pa != pb {
			return false
		}
		ia, ib = append(bytes.Clone(ia[:pa]), ia[pa+4:]...), append(bytes.Clone(ib[:pb]), ib[pb+4:]...)
	}
	return bytes.Equal(ia, ib)
}

// sameARM64 compares two functions of equal length. Few arm64 instructions
// are relative to where they stand, and they are told by a few bits (Arm
// Architecture Reference Manual, C4.1: branches, loads of literals, ADR and
// ADRP).
func (c *comparison) sameARM64(f, g symbol, a, b []byte) bool {
	if len(a)%4 != 0 {
		return false
	}
	for i := 0; i < len(a); i += 4 {
		wa, wb := binary.LittleEndian.Uint32(a[i:]), binary.LittleEndian.Uint32(b[i:])
		pcA, pcB := f.addr+uint64(i), g.addr+uint64(i)
		if wa&0x9f000000 == 0x90000000 { // ADRP: the page of an address, whose rest is in the next instruction
			if wb&0x9f00001f != wa&0x9f00001f || i+8 > len(a) {
				return false
			}
			i += 4
			na, nb := binary.LittleEndian.Uint32(a[i:]), binary.LittleEndian.Uint32(b[i:])
			offA, okA := pageOffset(na, wa&31)
			offB, okB := pageOffset(nb, wa&31)
			const immediate = 0xfff << 10
			if !okA || !okB || na&^immediate != nb&^immediate ||
				!c.sameOperand(f, g, pcA&^0xfff+page(wa)+offA, pcB&^0xfff+page(wb)+offB) {
				return false
			}
			continue
		}
		offset, mask := relative(wa)
		if mask == 0 {
			if wa != wb {
				return false
			}
			continue
		}
		otherOffset, otherMask := relative(wb)
		if otherMask != mask || wa&^mask != wb&^mask || !c.sameOperand(f, g, pcA+offset, pcB+otherOffset) {
			return false
		}
	}
	return true
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
	case w&0x9f000000 == 0x10000000: // ADR
		v := int64(uint64(w>>5&0x7ffff)<<2|uint64(w>>29&3)) << 43 >> 43
		return uint64(v), 0x60ffffe0
	}
	return 0, 0
}

// page is the distance between pages that an ADRP encodes.
func page(w uint32) uint64 {
	return uint64(int64(uint64(w>>5&0x7ffff)<<2|uint64(w>>29&3)) << 43 >> 43 << 12)
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
