package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/toolchain"
)

func TestPrintProof(t *testing.T) {
	all := toolchain.Comparison{Side: "before", What: "bin, pkg/tool, pkg", Same: 414, Total: 414, Needed: true, Notes: []string{"fast path 61 s, make.bash 117 s"}}
	for name, comparisons := range map[string][]toolchain.Comparison{
		"proven": {
			{
				Side: "release:go1.16.15", What: "shipped files", Same: 197, Total: 199, Differ: []string{"bin/go", "pkg/linux_amd64/net.a"},
				Notes: []string{"a sentence that is longer than one line of the terminals that people have had since the days of punched cards"},
			},
			all,
		},
		"differs": {
			all,
			{Side: "after", What: "sources", Same: 1, Total: 8, Needed: true, Differ: []string{"a", "b", "c", "d", "e", "f", "g"}},
			{Side: "after", What: "test binary", Total: 1, Needed: true, Differ: []string{"heap.test"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := printProof(&out, &toolchain.Proof{Comparisons: comparisons}); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "verify", name+".txt")
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != string(want) {
				t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
			}
			for line := range strings.Lines(out.String()) {
				if len(strings.TrimSuffix(line, "\n")) > 80 {
					t.Errorf("longer than 80 columns: %s", line)
				}
			}
		})
	}
}
