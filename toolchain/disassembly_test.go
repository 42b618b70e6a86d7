package toolchain

import (
	"fmt"
	"strings"
	"testing"
)

func TestAlign(t *testing.T) {
	list := func(text string) (out []instruction) {
		for _, x := range strings.Fields(text) {
			out = append(out, instruction{x, x})
		}
		return out
	}
	for _, test := range []struct{ before, after, want string }{
		{"", "", ""},
		{"a b c", "a b c", "a=a b=b c=c"},
		{"a b c", "a x c", "a=a b|x c=c"},
		{"a b b c", "a c", "a=a b| b| c=c"},
		{"a c", "a b c d", "a=a |b c=c |d"},
		{"x y", "z", "x|z y|"},
	} {
		var got []string
		for _, l := range align(list(test.before), list(test.after)) {
			mark := "|"
			if l.Same {
				mark = "="
			}
			got = append(got, l.Before+mark+l.After)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q beside %q: %q, want %q", test.before, test.after, got, test.want)
		}
	}
}

func TestLocated(t *testing.T) {
	f := symbol{name: "f", addr: 0x456780, size: 0x100}
	for _, test := range []struct {
		text      string
		at        uint64
		read, key string
	}{
		{"JMP 0x4567a0", 2, "JMP +0x20", "JMP +"},
		{"JMP 0x456880", 2, "JMP 0x456880", "JMP 0x456880"}, // behind the end
		{"MOVQ $0x10, AX", 2, "MOVQ $0x10, AX", "MOVQ $0x10, AX"},
		{"CALL runtime.gopark(SB)", 2, "CALL runtime.gopark(SB)", "CALL runtime.gopark(SB)"},
		{"CBZ R1, -2(PC)", 0x20, "CBZ R1, +0x18", "CBZ R1, +"},
		{"B -20(PC)", 0x20, "B -20(PC)", "B -20(PC)"}, // before the start
	} {
		if got := located(test.text, f, test.at); got != (instruction{test.read, test.key}) {
			t.Errorf("%q at %#x: %v", test.text, test.at, got)
		}
	}
}

func TestDisassemble(t *testing.T) {
	img := &image{machine: 62, sections: []section{{name: ".text", addr: 0x401000, size: 8, data: []byte{0x55, 0x90, 0xeb, 0xfd, 0xc3, 0x06, 0xc5, 0xf8}}}}
	var got []string
	for _, i := range img.disassemble(symbol{name: "f", addr: 0x401000, size: 6}) {
		got = append(got, i.text)
	}
	if want := []string{"PUSHQ BP", "NOPL", "JMP +0x1", "RET", "BYTE 6"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := Disassemble("nowhere", "nowhere", "f"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a missing file: %v", err)
	}
}
