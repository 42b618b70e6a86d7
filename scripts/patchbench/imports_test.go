package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Data flows one way through the rooms: patches, toolchain, bench, results,
// analysis. What a room may import of the others keeps it so.
func TestImportRule(t *testing.T) {
	may := map[string][]string{
		"toolchain": {},
		"bench":     {"toolchain", "results"},
		"results":   {},
		"analysis":  {"results"},
	}
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "patchbench/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		from := room(p.ImportPath)
		allowed, ruled := may[from]
		if !ruled {
			continue
		}
		seen[from] = true
	imports:
		for _, path := range append(append(p.Imports, p.TestImports...), p.XTestImports...) {
			to := room(path)
			if to == "" || to == from {
				continue
			}
			for _, a := range allowed {
				if to == a {
					continue imports
				}
			}
			t.Errorf("%s imports %s: %s may import of the other rooms: %q", p.ImportPath, path, from, allowed)
		}
	}
	for r := range may {
		if !seen[r] {
			t.Errorf("no package of the room %s was looked at", r)
		}
	}
}

// room is the top-level folder of a package of this module, "" for others.
func room(path string) string {
	rest, ok := strings.CutPrefix(path, "patchbench/")
	if !ok {
		return ""
	}
	r, _, _ := strings.Cut(rest, "/")
	return r
}
