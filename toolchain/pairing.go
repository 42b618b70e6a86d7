package toolchain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// pairFunctions gives functions of after the ordinals of those of before that
// they correspond to. From Go 1.27 on the closures of an inlined function all
// have its name and one number, so one more of them would shift the ordinals
// of those behind it. Equal ones go together, then the others in order.
func pairFunctions(before, after *image) {
	groups := before.sameNamed()
	for name, mine := range after.sameNamed() {
		theirs := groups[name]
		if len(mine) < 2 && len(theirs) < 2 {
			continue
		}
		ordinals := make([]int, len(mine)) // of before's, for each of mine
		for i := range ordinals {
			ordinals[i] = -1
		}
		taken := make([]bool, len(theirs))
		pair := func(equal func(j, i int) bool) {
			for i := range mine {
				for j := range theirs {
					if ordinals[i] < 0 && !taken[j] && equal(j, i) {
						ordinals[i], taken[j] = j, true
					}
				}
			}
		}
		skeletons := make(map[*image][][]byte)
		for _, f := range theirs {
			skeletons[before] = append(skeletons[before], before.skeleton(f))
		}
		for _, g := range mine {
			skeletons[after] = append(skeletons[after], after.skeleton(g))
		}
		pair(func(j, i int) bool { return bytes.Equal(skeletons[before][j], skeletons[after][i]) })
		pair(func(j, i int) bool { return true })
		next := len(theirs)
		for i, g := range mine {
			if ordinals[i] < 0 {
				ordinals[i] = next
				next++
			}
			delete(after.funcs, funcName{name, i})
			after.funcAt[g.addr] = funcName{name, ordinals[i]}
		}
		for i, g := range mine {
			after.funcs[funcName{name, ordinals[i]}] = g
		}
	}
}

// sameNamed returns the functions of each name in order of their ordinals.
func (img *image) sameNamed() map[string][]symbol {
	groups := make(map[string][]symbol)
	for _, name := range slices.SortedFunc(maps.Keys(img.funcs), compareNames) {
		groups[name.name] = append(groups[name.name], img.funcs[name])
	}
	return groups
}

// skeleton returns the code of a function with names in place of relative
// addresses: it is the same wherever the function lies.
func (img *image) skeleton(f symbol) []byte {
	code := img.bytesAt(f.addr, f.size)
	var out []byte
	name := func(target uint64) {
		if s, ok := img.symbolAt(target); ok {
			if target -= s.addr; s.carrier {
				target = 0
			}
			out = fmt.Appendf(out, "%s+%d", s.name, target)
		}
	}
	if !img.amd64() {
		for i := 0; i+4 <= len(code); i += 4 {
			w := binary.LittleEndian.Uint32(code[i:])
			offset, mask := relative(w)
			out = binary.LittleEndian.AppendUint32(out, w&^mask)
			switch {
			case isADRP(w) && i+8 <= len(code):
				i += 4
				next := binary.LittleEndian.Uint32(code[i:])
				rest, _ := pageOffset(next, w&31)
				name((f.addr+uint64(i)-4)&^0xfff + offset + rest)
			case mask != 0:
				name(f.addr + uint64(i) + offset)
			}
		}
		return out
	}
	for i := 0; i < len(code); {
		inst, ok := decodeAMD64(code[i:])
		if !ok {
			return append(out, code[i:]...)
		}
		if inst.PCRel == 0 {
			out = append(out, code[i:i+inst.Len]...)
		} else {
			at := code[i+inst.PCRelOff:][:inst.PCRel]
			out = append(out, code[i:i+inst.PCRelOff]...)
			name(f.addr + uint64(i+inst.Len) + uint64(signed(at)))
		}
		i += inst.Len
	}
	return out
}
