package toolchain

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestParseCompile(t *testing.T) {
	const good = "/t/compile -o /w/b1/_pkg_.a -trimpath /s=>a;/w/b1=> -p a -std -complete -buildid x/x -goversion go1.16.15 -D  -importcfg /w/b1/importcfg -pack -c=2 /s/a.go /s/b.go"
	tests := []struct {
		name, line string
		want       bool
	}{
		{"go1.16", good, true},
		{"go1.27", strings.Replace(good, "-D  ", "-lang=go1.27 -nolocalimports ", 1), true},
		{"version", "/t/compile -V=full", false},
		{"another tool", strings.Replace(good, "/t/compile", "/t/link", 1), false},
		{"embedded files", strings.Replace(good, "-pack", "-pack -embedcfg /w/b1/embedcfg", 1), false},
		{"profile", strings.Replace(good, "-pack", "-pack -pgoprofile=/p", 1), false},
		{"coverage", strings.Replace(good, "-pack", "-pack -coveragecfg=/p", 1), false},
		{"two outputs", strings.Replace(good, "-pack", "-linkobj /w/l", 1), false},
		{"race detector", strings.Replace(good, "-pack", "-pack -race", 1), false},
		{"assembly text", strings.Replace(good, "-pack", "-S", 1), false},
		{"no build id", strings.Replace(good, "-buildid x/x ", "", 1), false},
		{"no output", strings.Replace(good, "-o /w/b1/_pkg_.a ", "", 1), false},
		{"no source", "/t/compile -o /w/b1/_pkg_.a -buildid x/x", false},
		{"a value is missing", "/t/compile -buildid x/x -o", false},
		{"a flag behind sources", good + " -pack", false},
		{"another kind of source", good + " /s/a.s", false},
	}
	for _, tt := range tests {
		if got := parseCompile(strings.Split(tt.line, " ")); (got != nil) != tt.want {
			t.Errorf("%s: understood %t, want %t", tt.name, got != nil, tt.want)
		}
	}
}

func TestCutoffFlags(t *testing.T) {
	cache := &Cache{Dir: "/c"}
	flags, env := cache.CutoffFlags("/a folder/patchbench")
	if want := []string{"-toolexec='/a folder/patchbench' " + CutoffArg}; !reflect.DeepEqual(flags, want) || !reflect.DeepEqual(env, []string{objectsVariable + "=/c/objects"}) {
		t.Errorf("flags %q, variables %q; want %q", flags, env, want)
	}
	for _, program := range []string{"", "/it's", "/say \"no\""} {
		if flags, env := cache.CutoffFlags(program); flags != nil || env != nil {
			t.Errorf("%q: flags %q, variables %q; want none", program, flags, env)
		}
	}
}

// FuzzCopyExport looks for archives that break the reader, or that it takes for
// whole though they are cut short.
func FuzzCopyExport(f *testing.F) {
	f.Add([]byte(archive("what is exported", "one", "code")))
	f.Add([]byte(archive("", "", "")))
	f.Add([]byte("!<arch>\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var all, cut bytes.Buffer
		if copyExport(&all, bytes.NewReader(data)) != nil {
			return
		}
		if strings.Contains(all.String(), "\nbuild id ") && !strings.Contains(all.String(), "$$") {
			t.Errorf("the build id is still there: %q", all.String())
		}
		end := len("!<arch>\n") + 60 + all.Len()
		if end > len(data) {
			t.Fatalf("%d bytes of export data in an archive of %d", all.Len(), len(data))
		}
		if err := copyExport(&cut, bytes.NewReader(data[:end-1])); err == nil {
			t.Errorf("an archive cut short passes for %q", cut.String())
		}
	})
}
