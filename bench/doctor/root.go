package doctor

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// read returns the text of a file below the root, without the space around it.
func (d *Doctor) read(path string) (text string, ok bool) {
	data, err := os.ReadFile(filepath.Join(d.Root, path))
	return strings.TrimSpace(string(data)), err == nil
}

// number reads a file that holds one number.
func (d *Doctor) number(path string) (n float64, ok bool) {
	text, ok := d.read(path)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// glob lists the files below the root that match, as paths from the root.
func (d *Doctor) glob(pattern string) []string {
	paths, _ := filepath.Glob(filepath.Join(d.Root, pattern))
	for i, p := range paths {
		if rel, err := filepath.Rel(d.Root, p); err == nil {
			paths[i] = rel
		}
	}
	return paths
}

// distinct returns what the matching files say, sorted, each text once.
func (d *Doctor) distinct(pattern string) []string {
	var all []string
	for _, path := range d.glob(pattern) {
		if text, ok := d.read(path); ok && text != "" {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// field returns what follows "KEY:" on the first line that starts so.
func field(text, key string) (value string, ok bool) {
	for line := range strings.Lines(text) {
		if k, v, cut := strings.Cut(line, ":"); cut && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}
