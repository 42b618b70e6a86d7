package toolchain

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestParsePatch(t *testing.T) {
	tests := []struct{ name, patch, want string }{
		{"mail", goodPatch, `src/f.go>src/f.go 1:["package f" "var a = 1" "var b = 1"]`},
		{"plain diff", "--- a/f\t2020-01-01\n+++ b/f\t2020-01-02\n@@ -3 +3 @@ func\n-x\n+y\n", `f>f 3:["x"]`},
		{"created", "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n", `>n 0:[]`},
		{"deleted", "diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", `n> 1:["x"]`},
		{"renamed", "diff --git a/m b/n\nsimilarity index 100%\nrename from m\nrename to n\n", `m>n`},
		{"renamed, blanks in names", "diff --git a/m n b/o p\nsimilarity index 90%\nrename from m n\nrename to o p\n--- a/m n\t\n+++ b/o p\t\n@@ -1 +1 @@\n-x\n+y\n", `m n>o p 1:["x"]`},
		{"copied", "diff --git a/m b/n\nsimilarity index 100%\ncopy from m\ncopy to n\n", `m>n`},
		{"binary", "diff --git a/m b/m\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n", `m>m`},
		{"blank in name", "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-x\n+y\n", `a b>a b 1:["x"]`},
		{"quoted name", "diff --git \"a/caf\\303\\251\" \"b/caf\\303\\251\"\nold mode 100644\nnew mode 100755\n", `café>café`},
		{"two files", "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n@@ -9,2 +9 @@\n x\n-\ndiff --git a/g b/g\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n---- a\n+++ b\n", `f>f 1:["x"] 9:["x" ""]; g>g 1:["--- a"]`},
		{"message like a diff", "Subject: x\n\n@@ -1 +1 @@\n\n" + goodPatch[strings.Index(goodPatch, "diff"):], `src/f.go>src/f.go 1:["package f" "var a = 1" "var b = 1"]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changes, err := parsePatch([]byte(test.patch))
			if err != nil {
				t.Fatal(err)
			}
			var parts []string
			for _, c := range changes {
				s := c.old + ">" + c.new
				for _, h := range c.hunks {
					s += fmt.Sprintf(" %d:%q", h.oldStart, h.expected)
				}
				parts = append(parts, s)
			}
			if got := strings.Join(parts, "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestParsePatchErrors(t *testing.T) {
	hunk := "\n@@ -1 +1 @@\n-x\n+y\n"
	tests := []struct{ name, patch, want string }{
		{"empty", "", "no change found"},
		{"parent", "diff --git a/../f b/../f\n--- a/../f\n+++ b/../f" + hunk, "line 1: file name \"a/../f\" leads out of the tree"},
		{"absolute", "--- a//etc/f\n+++ b//etc/f" + hunk, "leads out of the tree"},
		{"no prefix", "--- /etc/f\n+++ /etc/f" + hunk, "does not start with a/"},
		{"link", "diff --git a/f b/f\nnew file mode 120000\n", "line 2: makes a link"},
		{"truncated", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n-x\n+y\n", "line 6: cut off inside a hunk"},
		{"edited", "--- a/f\n+++ b/f\n@@ -1 +1 @@\nx\n", "line 4: hunk line starts with 'x'"},
		{"miscounted", "--- a/f\n+++ b/f\n@@ -1,2 +1 @@\n x\n y\n", "line 5: hunk has more lines"},
		{"rename out", "diff --git a/m n b/n\nrename from m n\nrename to ../n\n", "line 3: file name \"../n\" leads out of the tree"},
		{"copy of absolute", "diff --git a/m n b/n\ncopy from /etc/passwd\ncopy to n\n", "line 2: file name \"/etc/passwd\" leads out of the tree"},
		{"no names", "diff --git a/m n b/n\nsimilarity index 100%\ndiff --git a/f b/f\n", "line 3: no file names"},
		{"no names at the end", "diff --git a/m n b/n\n", "no file names"},
		{"git's own", "--- a/src/.Git/hooks/f\n+++ b/src/.Git/hooks/f" + hunk, "is git's own"},
		{"binary without data", "diff --git a/f b/f\nindex 1..2 100644\nBinary files a/f and b/f differ\n", "line 3: a binary file changes"},
		{"quotes", "--- \"a/f\n+++ b/f" + hunk, "broken quotes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parsePatch([]byte(test.patch))
			wantError(t, err, test.want)
		})
	}
}

func TestUnixLines(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"through the mail", "a\r\nb\r\n", "a\nb\n"},
		{"of a file with carriage returns", "--- a/f\n-x\r\n+y\r\n", "--- a/f\n-x\r\n+y\r\n"},
		{"no line", "x", "x"},
	}
	for _, test := range tests {
		if got := string(unixLines([]byte(test.in))); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzParsePatch(f *testing.F) {
	f.Add([]byte(goodPatch))
	f.Add([]byte("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n"))
	f.Add([]byte("diff --git a/m n b/o p\nrename from m n\nrename to o p\n"))
	f.Add([]byte("diff --git a/f b/f\nnew file mode 120000\n@@ -1,99 +1,99 @@\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if subject := patchSubject(data); strings.ContainsAny(subject, "\n\r") {
			t.Errorf("subject is more than a line: %q", subject)
		}
		changes, err := parsePatch(data)
		if err == nil && len(changes) == 0 {
			t.Error("no error and no change")
		}
		for _, c := range changes {
			for _, name := range []string{c.old, c.new} {
				if name != "" && !filepath.IsLocal(name) {
					t.Errorf("name %q leads out of the tree", name)
				}
			}
		}
	})
}

func TestPatchCutOff(t *testing.T) {
	const text = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n"
	if _, err := newPatch("p.patch", []byte(text)); err != nil {
		t.Error(err)
	}
	_, err := newPatch("p.patch", []byte(text[:len(text)-1]))
	wantError(t, err, "has no newline at the end")
}
