package toolchain

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/arch/x86/x86asm"
)

// Why two functions of equal length are not the same.
const (
	otherInstructions = "other instructions"
	otherNumber       = "another constant or offset"
	notUnderstood     = "an instruction that is not understood"
)

// compareAMD64 compares two functions of equal length, instruction by
// instruction.
//
// Behind an instruction that does not decode all that can be compared is
// bytes. Equal ones are the same if nothing has moved; else an address that is
// relative to where it stands may hide among them, so they prove nothing.
func (c *comparison) compareAMD64(f, g symbol, a, b []byte) verdict {
	for i := 0; i < len(a); {
		inst, okA := decodeAMD64(a[i:])
		other, okB := inst, okA
		if !okA || !bytes.Equal(a[i:i+inst.Len], b[i:i+inst.Len]) { // most are, and decoding takes long
			other, okB = decodeAMD64(b[i:])
		}
		switch {
		case !okA && !okB:
			if bytes.Equal(a[i:], b[i:]) && f.addr == g.addr && c.inPlace() {
				return verdict{}
			}
			return verdict{unproven, notUnderstood}
		case !okA || !okB || other.Len != inst.Len || other.PCRel != inst.PCRel || other.PCRelOff != inst.PCRelOff:
			return verdict{changed, otherInstructions}
		}
		ia, ib := a[i:i+inst.Len], b[i:i+inst.Len]
		i += inst.Len
		if inst.PCRel == 0 {
			if !c.sameAbsolute(inst, other, ia, ib) {
				return verdict{changed, differenceOf(inst, other)}
			}
			continue
		}
		from, to := inst.PCRelOff, inst.PCRelOff+inst.PCRel
		if !bytes.Equal(ia[:from], ib[:from]) || !bytes.Equal(ia[to:], ib[to:]) {
			return verdict{changed, differenceOf(inst, other)}
		}
		ta := f.addr + uint64(i) + uint64(signed(ia[from:to]))
		tb := g.addr + uint64(i) + uint64(signed(ib[from:to]))
		if !c.sameOperand(f, g, ta, tb) {
			return verdict{changed, c.operands(f, g, ta, tb)}
		}
	}
	return verdict{}
}

// differenceOf says how two instructions differ.
func differenceOf(a, b x86asm.Inst) string {
	if a.Op != 0 && a.Op == b.Op {
		return otherNumber
	}
	return otherInstructions
}

// countAMD64 counts the instructions of a function: 0 if it does not decode.
func countAMD64(code []byte) (n int) {
	for ; len(code) > 0; n++ {
		inst, ok := decodeAMD64(code)
		if !ok {
			return 0
		}
		code = code[inst.Len:]
	}
	return n
}

// decodeAMD64 decodes the instruction at the start of code.
func decodeAMD64(code []byte) (x86asm.Inst, bool) {
	inst := mappedInstruction(code)
	if inst.Len == 0 {
		var err error
		if inst, err = x86asm.Decode(code, 64); err != nil {
			return inst, false
		}
	}
	return inst, inst.Len > 0 && inst.Len <= len(code) && inst.PCRelOff+inst.PCRel <= inst.Len
}

// mappedInstruction measures an instruction of the opcode maps 0F38 and 0F3A,
// or with a VEX or EVEX prefix, as x86asm does not know all of them and is
// wrong about the length of some: its length, and where its address is if that
// is relative. Len is 0 for any other instruction. (Intel 64 and IA-32
// Architectures Software Developer's Manual, volume 2, 2.1, 2.3 and 2.7.)
func mappedInstruction(code []byte) (inst x86asm.Inst) {
	const longest = 15
	if len(code) < longest {
		code = append(bytes.Clone(code), make([]byte, longest)...) // the caller finds it too long
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
	default:
		opcode, opcodeMap = legacyMap(code)
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

// legacyMap finds the opcode of an instruction of the maps 0F38 (2) and 0F3A
// (3) behind its prefixes. The map is 0 for any other instruction.
func legacyMap(code []byte) (opcode int, opcodeMap byte) {
	i := 0
	for i < 4 && bytes.IndexByte([]byte{0x66, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x67}, code[i]) >= 0 {
		i++
	}
	if code[i]&0xf0 == 0x40 { // REX
		i++
	}
	switch {
	case code[i] == 0x0f && code[i+1] == 0x38:
		return i + 2, 2
	case code[i] == 0x0f && code[i+1] == 0x3a:
		return i + 2, 3
	}
	return 0, 0
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
