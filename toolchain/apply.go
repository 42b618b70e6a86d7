package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An AppliedPatch is a patch as it went into a tree.
type AppliedPatch struct {
	Patch
	Offsets []string // the hunks that fitted at another line than they name, as in "src/runtime/mgc.go hunk 2: 3 lines later"
}

// An applier puts patches into one tree.
type applier struct {
	git     string // path of the git command
	root    string // of the tree
	scratch string
	lock    *os.File
}

// apply applies p strictly: every context line must be there, though not at
// the line the patch names. On failure the tree is as it was.
func (a applier) apply(ctx context.Context, p Patch) (AppliedPatch, error) {
	changes, err := parsePatch(p.data)
	if err != nil {
		return AppliedPatch{}, fmt.Errorf("%s: %w", p.File, err)
	}
	for _, c := range changes {
		if err := a.refuseLinks(c.old, c.new); err != nil {
			return AppliedPatch{}, fmt.Errorf("%s: %w", p.File, err)
		}
	}
	preimage := a.contents(changes)
	_, report, err := child{
		path:  a.git,
		args:  []string{"apply", "-v", "--whitespace=nowarn", "-"},
		dir:   a.root,
		env:   a.environ(),
		stdin: unixLines(p.data),
		lock:  a.lock,
	}.run(ctx)
	failed, refused := errors.AsType[*childError](err)
	if refused && !strings.Contains(failed.output, "failed to write to") {
		if a.contains(ctx, p) {
			return AppliedPatch{}, fmt.Errorf("%s does not apply: the source already contains it, from the base or an earlier patch; leave it out of the series", p.File)
		}
		return AppliedPatch{}, a.explain(p, changes, failed)
	}
	if err != nil {
		return AppliedPatch{}, err
	}
	// Inside another repository git passes over files that it takes for
	// none of its business, and calls that success.
	postimage := a.contents(changes)
	for _, c := range changes {
		if len(c.hunks) > 0 && c.old == c.new && bytes.Equal(preimage[c.old], postimage[c.new]) {
			return AppliedPatch{}, fmt.Errorf("%s: git apply left %s unchanged; check that the patch changes anything there", p.File, c.path())
		}
	}
	return AppliedPatch{Patch: p, Offsets: hunkOffsets(report)}, nil
}

// contains reports whether p could be taken out of the tree, whole.
func (a applier) contains(ctx context.Context, p Patch) bool {
	_, _, err := child{
		path:  a.git,
		args:  []string{"apply", "--check", "--reverse", "--whitespace=nowarn", "-"},
		dir:   a.root,
		env:   a.environ(),
		stdin: unixLines(p.data),
		lock:  a.lock,
	}.run(ctx)
	return err == nil
}

// environ is the environment of git. It keeps git from looking for a
// repository around the tree, and from the settings of user and system.
func (a applier) environ() []string {
	return []string{
		"GIT_CEILING_DIRECTORIES=" + filepath.Dir(a.root),
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1",
		"HOME=" + a.scratch,
		"LC_ALL=C",
		"PATH=" + filepath.Dir(a.git) + ":" + systemPath,
		"TMPDIR=" + a.scratch,
	}
}

// refuseLinks fails if any part of the names, below the root, is a link.
func (a applier) refuseLinks(names ...string) error {
	for _, name := range names {
		at := a.root
		for part := range strings.SplitSeq(filepath.FromSlash(name), string(filepath.Separator)) {
			at = filepath.Join(at, part)
			if info, err := os.Lstat(at); err == nil && info.Mode()&os.ModeSymlink != 0 {
				return fmt.Errorf("file name %q leads through a link; a patch may change files of the tree only", name)
			}
		}
	}
	return nil
}

// contents reads the files that changes name; those that are missing are nil.
func (a applier) contents(changes []fileChange) map[string][]byte {
	files := make(map[string][]byte)
	for _, c := range changes {
		for _, name := range []string{c.old, c.new} {
			if data, err := os.ReadFile(filepath.Join(a.root, filepath.FromSlash(name))); err == nil {
				files[name] = data
			}
		}
	}
	return files
}

var (
	checkingFile = regexp.MustCompile(`^Checking patch (?:.* => )?(.*)\.\.\.$`)
	hunkOffset   = regexp.MustCompile(`^Hunk #(\d+) succeeded at \d+ \(offset (-?\d+) lines?\)`)
	patchFailed  = regexp.MustCompile(`(?m)^error: patch failed: (.*):(\d+)$`)
)

// hunkOffsets finds in git apply's report the hunks that moved.
func hunkOffsets(report string) []string {
	var offsets []string
	file := ""
	for line := range strings.Lines(report) {
		line = strings.TrimSuffix(line, "\n")
		if m := checkingFile.FindStringSubmatch(line); m != nil {
			file = m[1]
		} else if m := hunkOffset.FindStringSubmatch(line); m != nil {
			lines, where := strings.TrimPrefix(m[2], "-"), "later"
			if lines != m[2] {
				where = "earlier"
			}
			unit := "lines"
			if lines == "1" {
				unit = "line"
			}
			offsets = append(offsets, fmt.Sprintf("%s hunk %s: %s %s %s", file, m[1], lines, unit, where))
		}
	}
	return offsets
}

// explain turns git's refusal of a patch into one line that says which hunk
// found what instead of what it expected.
func (a applier) explain(p Patch, changes []fileChange, failed *childError) error {
	const wayOut = "rebase the patch on the tree it is for"
	m := patchFailed.FindStringSubmatch(failed.output)
	if m == nil {
		reason := failed.err.Error()
		for line := range strings.Lines(failed.output) {
			if text, ok := strings.CutPrefix(line, "error: "); ok {
				reason = oneLine(text)
				break
			}
		}
		return fmt.Errorf("%s does not apply: %s; %s", p.File, reason, wayOut)
	}
	start, _ := strconv.Atoi(m[2]) // too large a number finds no hunk, and the short message is given
	for _, c := range changes {
		if c.path() != m[1] {
			continue
		}
		i := slices.IndexFunc(c.hunks, func(h hunk) bool { return h.oldStart == start })
		data, err := os.ReadFile(filepath.Join(a.root, filepath.FromSlash(m[1])))
		if i < 0 || err != nil {
			break
		}
		lines := strings.Split(string(data), "\n")
		line, want := firstMismatch(lines, c.hunks[i])
		got := "the end of the file"
		if line < len(lines) {
			got = strconv.Quote(lines[line])
		}
		return fmt.Errorf("%s does not apply: %s hunk %d: line %d should be %q but is %s; %s", p.File, m[1], i+1, line+1, want, got, wayOut)
	}
	return fmt.Errorf("%s does not apply: %s line %s is not what the patch expects; %s", p.File, m[1], m[2], wayOut)
}

// firstMismatch places h where most of the lines it expects stand, of equal
// places the one nearest to the line it names, and returns the index of the
// first line there that is not as expected, with what was expected.
func firstMismatch(lines []string, h hunk) (index int, want string) {
	nominal := max(h.oldStart-1, 0)
	best, bestScore := nominal, -1
	for at := range max(len(lines), nominal+1) {
		score := 0
		for i, expected := range h.expected {
			if at+i < len(lines) && lines[at+i] == expected {
				score++
			}
		}
		if score > bestScore || score == bestScore && distance(at, nominal) < distance(best, nominal) {
			best, bestScore = at, score
		}
	}
	for i, expected := range h.expected {
		if best+i >= len(lines) || lines[best+i] != expected {
			return best + i, expected
		}
	}
	// All lines are there: git wanted the hunk at the file's very start or
	// end, or found it overlapping with another one.
	return best, strings.Join(h.expected[:min(1, len(h.expected))], "")
}

func distance(a, b int) int { return max(a-b, b-a) }
