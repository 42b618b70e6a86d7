package toolchain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A Patch is one file of a series, in the format of git format-patch or of
// git diff.
type Patch struct {
	File    string // relative to the experiment's folder, as in after/0001-x.patch
	Subject string // the first line of its message; the file's name when it has none
	SHA256  string // of the file, in hexadecimal

	data []byte // the file, so that what was hashed is what is applied
}

// A fileChange is the part of a patch that concerns one file.
type fileChange struct {
	old, new string // slash-separated, relative to the tree; "" where the file is created or deleted
	hunks    []hunk
}

// path is the name by which git's messages call the file.
func (c fileChange) path() string {
	if c.old != "" {
		return c.old
	}
	return c.new
}

// A hunk is one place of a file that a patch changes.
type hunk struct {
	oldStart int
	expected []string // the lines that must stand there: context and removals
}

// loadPatch reads and checks dir/file.
func loadPatch(dir, file string) (Patch, error) {
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return Patch{}, err
	}
	p, err := newPatch(file, data)
	if err != nil {
		return Patch{}, fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
	}
	return p, nil
}

// newPatch checks a patch file's contents.
func newPatch(file string, data []byte) (Patch, error) {
	if len(data) > 0 && data[len(data)-1] != '\n' {
		return Patch{}, errors.New("its last line has no newline at the end: the patch was cut off there")
	}
	if _, err := parsePatch(data); err != nil {
		return Patch{}, err
	}
	sum := sha256.Sum256(data)
	subject := patchSubject(data)
	if subject == "" {
		subject = filepath.Base(file)
	}
	return Patch{File: filepath.ToSlash(file), Subject: subject, SHA256: hex.EncodeToString(sum[:]), data: data}, nil
}

// unixLines takes the carriage returns off a patch that came through the mail
// and has one on every line. A patch of a file that itself has them does not:
// git ends its own lines with a line feed alone.
func unixLines(data []byte) []byte {
	if n := bytes.Count(data, []byte("\n")); n == 0 || bytes.Count(data, []byte("\r\n")) != n {
		return data
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

var (
	subjectTag = regexp.MustCompile(`^\[PATCH[^\]]*\]\s*`)
	hunkHeader = regexp.MustCompile(`^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@`)
	renamed    = regexp.MustCompile(`^(?:rename|copy) (from|to) (.+)$`)
)

// patchSubject returns the subject in a patch's mail header without its
// [PATCH] tag, or "". Subjects that are not ASCII come MIME-encoded.
func patchSubject(data []byte) string {
	subject, found := "", false
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case found && (strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t")):
			subject += " " + strings.TrimSpace(text)
		case found || text == "" || strings.HasPrefix(text, "diff --git "):
			if decoded, err := new(mime.WordDecoder).DecodeHeader(subject); err == nil {
				subject = decoded
			}
			return oneLine(subjectTag.ReplaceAllString(strings.ToValidUTF8(subject, "?"), ""))
		case strings.HasPrefix(text, "Subject:"):
			subject, found = strings.TrimSpace(strings.TrimPrefix(text, "Subject:")), true
		}
	}
	return ""
}

// parsePatch returns what a patch changes. It leaves to git what git checks;
// here it refuses what must never be handed to git (names outside the tree,
// links) and files without any change in them. Errors give the line.
func parsePatch(data []byte) ([]fileChange, error) {
	lines := strings.Split(string(unixLines(data)), "\n")
	var changes []fileChange
	cur := func() *fileChange { return &changes[len(changes)-1] }
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSuffix(lines[i], "\r")
		var err error
		rest, isOld := strings.CutPrefix(line, "--- ")
		header := isOld && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "+++ ")
		switch {
		case strings.HasPrefix(line, "diff --git "):
			if err = complete(changes); err != nil {
				break
			}
			var c fileChange
			c.old, c.new, err = gitNames(line)
			changes = append(changes, c)
		case len(changes) > 0 && len(cur().hunks) == 0 && renamed.MatchString(line):
			m := renamed.FindStringSubmatch(line)
			name := &cur().old
			if m[1] == "to" {
				name = &cur().new
			}
			*name, err = fileName(m[2], "")
		case len(changes) > 0 && len(cur().hunks) == 0 && strings.HasPrefix(line, "Binary files "):
			err = fmt.Errorf("a binary file changes and the patch does not hold how; make it with git format-patch, or git diff --binary")
		case header:
			// A plain diff has no "diff --git" line before this one.
			if len(changes) == 0 || len(cur().hunks) > 0 {
				changes = append(changes, fileChange{})
			}
			if cur().old, err = fileName(rest, "a/"); err == nil {
				cur().new, err = fileName(strings.TrimSuffix(lines[i+1], "\r")[4:], "b/")
			}
			i++
		case len(changes) > 0 && (strings.HasPrefix(line, "new file mode ") || strings.HasPrefix(line, "new mode ")):
			if mode := line[strings.LastIndexByte(line, ' ')+1:]; mode != "100644" && mode != "100755" {
				err = fmt.Errorf("makes a link or something else that is no plain file (mode %s); a series may change plain files only", mode)
			}
		case len(changes) > 0 && hunkHeader.MatchString(line):
			var h hunk
			h, i, err = parseHunk(lines, i)
			cur().hunks = append(cur().hunks, h)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", min(i+1, len(lines)), err)
		}
	}
	if err := complete(changes); err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, fmt.Errorf("no change found in it; make the patch with git format-patch")
	}
	return changes, nil
}

// parseHunk reads the hunk whose header is lines[i] and returns the index of
// its last line.
func parseHunk(lines []string, i int) (hunk, int, error) {
	m := hunkHeader.FindStringSubmatch(strings.TrimSuffix(lines[i], "\r"))
	count := func(s string) int {
		if s == "" {
			return 1
		}
		n, _ := strconv.Atoi(s) // the expression admits nine digits at most
		return n
	}
	h := hunk{oldStart: count(m[1])}
	for old, added := count(m[2]), count(m[4]); old > 0 || added > 0; {
		i++
		if i >= len(lines) || (i == len(lines)-1 && lines[i] == "") {
			return h, i, fmt.Errorf("cut off inside a hunk; make the patch anew with git format-patch")
		}
		mark, text := byte(' '), ""
		if lines[i] != "" {
			mark, text = lines[i][0], lines[i][1:]
		}
		switch mark {
		case ' ', '-':
			h.expected = append(h.expected, text)
			old--
			if mark == ' ' {
				added--
			}
		case '+':
			added--
		case '\\':
		default:
			return h, i, fmt.Errorf("hunk line starts with %q, not with blank, + or -; was the patch edited by hand?", mark)
		}
		if old < 0 || added < 0 {
			return h, i, fmt.Errorf("hunk has more lines than its header says; was the patch edited by hand?")
		}
	}
	return h, i, nil
}

// complete fails if the last change names no file.
func complete(changes []fileChange) error {
	if n := len(changes); n > 0 && changes[n-1].path() == "" {
		return fmt.Errorf("no file names after a diff --git line; make the patch with git format-patch")
	}
	return nil
}

// gitNames reads the two names of a "diff --git" line. Names with blanks that
// are neither equal nor quoted can't be told apart: those are left to the
// lines that follow, which give them again.
func gitNames(line string) (before, after string, err error) {
	rest := strings.TrimPrefix(line, "diff --git ")
	if strings.Count(rest, " ") == 0 {
		return "", "", fmt.Errorf("no file names in %q", line)
	}
	for i := range len(rest) {
		if rest[i] != ' ' {
			continue
		}
		a, errA := fileName(rest[:i], "a/")
		b, errB := fileName(rest[i+1:], "b/")
		if errA == nil && errB == nil && a == b {
			return a, b, nil
		}
	}
	a, b, _ := strings.Cut(rest, " ")
	if strings.Contains(b, " ") {
		return "", "", nil
	}
	if before, err = fileName(a, "a/"); err != nil {
		return "", "", err
	}
	after, err = fileName(b, "b/")
	return before, after, err
}

// fileName takes prefix and quotes off a name in a patch. It returns "" for
// /dev/null, and an error for a name that leads out of the tree.
func fileName(s, prefix string) (string, error) {
	s, _, _ = strings.Cut(s, "\t") // diff puts a time behind a tab
	if strings.HasPrefix(s, `"`) {
		unquoted, err := strconv.Unquote(s)
		if err != nil {
			return "", fmt.Errorf("file name %s has broken quotes", s)
		}
		s = unquoted
	}
	if s == "/dev/null" {
		return "", nil
	}
	name, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return "", fmt.Errorf("file name %q does not start with %s; make the patch with git's default prefixes", s, prefix)
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fmt.Errorf("file name %q leads out of the tree; a patch may change files of the tree only", s)
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") {
			return "", fmt.Errorf("file name %q is git's own; a patch may change files of the tree only", s)
		}
	}
	return name, nil
}
