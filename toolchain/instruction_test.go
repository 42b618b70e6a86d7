package toolchain

import (
	"debug/elf"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

// TestDecodeAMD64 checks lengths that x86asm does not know or gets wrong.
func TestDecodeAMD64(t *testing.T) {
	tests := []struct {
		code  string
		name  string
		size  int
		pcrel int // offset of a relative address; 0 for none
	}{
		{"66480f38f6c1", "ADCX AX, CX", 6, 0},
		{"f3490f38f6c0", "ADOX AX, R8", 6, 0},
		{"f3480f38f64c2408", "ADOX CX, [SP+8]", 8, 0},
		{"0f38cbd1", "SHA256RNDS2", 4, 0},
		{"0f3accc105", "SHA1RNDS4", 5, 0},
		{"660f3800051234567f", "PSHUFB X0, [PC+...]", 9, 5},
		{"660f3a0f05123456780f", "PALIGNR X0, [PC+...], 15", 10, 5},
		{"c4e2fbf6c1", "MULX", 5, 0},
		{"c5f877", "VZEROUPPER", 3, 0},
		{"488b0512345678", "MOV AX, [PC+...]", 7, 3},
		{"90", "NOP", 1, 0},
		{"06", "not an instruction", 0, 0},
		{"660f38", "cut off", 0, 0},
		{"c5", "cut off", 0, 0},
	}
	for _, test := range tests {
		code, err := hex.DecodeString(test.code)
		if err != nil {
			t.Fatal(err)
		}
		inst, ok := decodeAMD64(code)
		if !ok {
			inst = x86asm.Inst{}
		}
		if inst.Len != test.size || inst.PCRelOff != test.pcrel {
			t.Errorf("%s (%s): length %d, relative at %d; want %d, %d", test.name, test.code, inst.Len, inst.PCRelOff, test.size, test.pcrel)
		}
	}
}

func FuzzDecodeAMD64(f *testing.F) {
	for _, s := range []string{"66480f38f6c1", "c5f877", "62f17c48", "660f38", "90"} {
		code, _ := hex.DecodeString(s)
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		if inst, ok := decodeAMD64(code); ok && (inst.Len < 1 || inst.Len > len(code) || inst.PCRelOff+inst.PCRel > inst.Len) {
			t.Errorf("length %d, address at %d of %d bytes, in %d bytes", inst.Len, inst.PCRelOff, inst.PCRel, len(code))
		}
		countAMD64(code)
	})
}

// TestUndecodable compares functions with an instruction nobody knows.
func TestUndecodable(t *testing.T) {
	const unknown = "06"
	for _, test := range []struct {
		before, after string // code in hexadecimal
		moved         bool
		want          state
	}{
		{"90" + unknown + "0102", "90" + unknown + "0102", false, same},
		{"90" + unknown + "0102", "90" + unknown + "0102", true, unproven},
		{"90" + unknown + "0102", "90" + unknown + "0103", false, unproven},
		{"90" + unknown + "0102", "f4" + unknown + "0102", false, changed},
		{"90" + unknown + "0102", "9090f4f4", false, changed},
		{"90f4", "90f4", true, same},
		{"90f4", "9090", true, changed},
	} {
		c := &comparison{before: oneFunction(t, 0x1000, test.before), after: oneFunction(t, 0x1000, test.after)}
		if test.moved {
			c.after = oneFunction(t, 0x1040, test.after)
		}
		name := funcName{name: "f"}
		if got := c.compareCode(c.before.funcs[name], c.after.funcs[name]); got.state != test.want || (got.why == "") != (got.state == same) {
			t.Errorf("%s and %s, moved %t: %v", test.before, test.after, test.moved, got)
		}
	}
}

// oneFunction is an image that has nothing but a function f.
func oneFunction(t *testing.T, addr uint64, code string) *image {
	t.Helper()
	return functions(t, addr, "f="+code)
}

// functions is an amd64 image with these functions, NAME=CODE, from addr on.
func functions(t *testing.T, addr uint64, list ...string) *image {
	t.Helper()
	img := &image{machine: elf.EM_X86_64, funcs: make(map[funcName]symbol), funcAt: make(map[uint64]funcName)}
	var text []byte
	for _, f := range list {
		name, digits, _ := strings.Cut(f, "=")
		code, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		s := symbol{name: name, addr: addr + uint64(len(text)), size: uint64(len(code))}
		text = append(text, code...)
		img.symbols = append(img.symbols, s)
		img.addFunction(s)
	}
	img.sections = []section{{name: ".text", addr: addr, size: uint64(len(text)), data: text}}
	return img
}

// TestLiterals moves code with a number in it that looks like a branch.
func TestLiterals(t *testing.T) {
	const (
		load   = "40000058" // LDR X0, 8 bytes on
		leap   = "00000014" // B, to itself
		ret    = "c0035fd6"
		number = "0100001400000000" // the first word would be B, 4 bytes on
		other  = "0200001400000000"
	)
	for _, test := range []struct {
		before, after string
		want          state
	}{
		{load + ret + number, load + ret + number, same},
		{load + ret + number, load + ret + other, changed},
		{ret + "0400001400000000", ret + "0400001400000000", changed}, // a branch out of the function
		{ret + leap, ret + leap, same},
		{ret + leap, leap + ret, changed},
	} {
		c := &comparison{before: oneFunction(t, 0x1000, test.before), after: oneFunction(t, 0x1040, test.after)}
		f, g := c.before.funcs[funcName{name: "f"}], c.after.funcs[funcName{name: "f"}]
		a, b := c.before.bytesAt(f.addr, f.size), c.after.bytesAt(g.addr, g.size)
		if got := c.compareARM64(f, g, a, b); got.state != test.want {
			t.Errorf("%s and %s: %v, want state %d", test.before, test.after, got, test.want)
		}
	}
}

// TestPairFunctions checks that functions of one name are told apart by what
// they do.
func TestPairFunctions(t *testing.T) {
	const a, b, c = "9090f4", "f490f490", "9090909090f4"
	const callFirst, callSecond = "e8f4ffffff", "e8f7ffffff" // behind a and b
	tests := []struct {
		before, after []string
		changed       string
	}{
		{[]string{a, b}, []string{a, b}, ""},
		{[]string{a, b}, []string{b, a}, ""},
		{[]string{a, c}, []string{a, b, c}, "f 0→4"},
		{[]string{a, b, c}, []string{b, c}, "f 3→0"},
		{[]string{a, b}, []string{c, b}, "f 3→6"},
		{[]string{a, b, callFirst}, []string{a, b, callFirst}, ""},
		{[]string{a, b, callFirst}, []string{a, b, callSecond}, "f 5→5"},
	}
	for _, test := range tests {
		name := func(codes []string) (list []string) {
			for _, code := range codes {
				list = append(list, "f="+code)
			}
			return list
		}
		diff := compareImages(functions(t, 0x1000, name(test.before)...), functions(t, 0x1000, name(test.after)...))
		var got []string
		for _, f := range diff.Changed {
			got = append(got, fmt.Sprintf("%s %d→%d", f.Name, f.BeforeSize, f.AfterSize))
		}
		if s := strings.Join(got, ", "); s != test.changed {
			t.Errorf("%v, then %v: %s; want %s", test.before, test.after, s, test.changed)
		}
	}
}
