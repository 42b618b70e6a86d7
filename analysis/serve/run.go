package serve

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/results"
)

// A run is a run folder.
type run struct {
	dir string
	address
}

// open opens a file of the run's folder, by its path in there, and follows no
// link out of it.
func (r *run) open(path string) (*os.File, fs.FileInfo, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	info, err := root.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for a writer
		return nil, nil, &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	}
	f, err := root.Open(path)
	return f, info, err
}

var errNoFile = errors.New("not a regular file")

// has reports whether path is a file of the run's folder.
func (r *run) has(path string) bool {
	f, _, err := r.open(path)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// sound fails if something in the run's folder leads out of it, or is no file.
// What reads the folder by names, as package analysis does, would follow.
func (r *run) sound() error {
	p, _, err := r.protocol()
	if err != nil {
		return err
	}
	for i := range p.Benchmarks {
		if name := p.Benchmarks[i].Name; !filepath.IsLocal(name) {
			return refused("the run has a benchmark %q, whose files would lie outside of its folder", name)
		}
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := root.Stat(path)
		if err != nil {
			return refused("%s can't be read inside of the run folder: %v", path, err)
		}
		if !info.Mode().IsRegular() && !info.IsDir() {
			return refused("%s is not a regular file", path)
		}
		return nil
	})
}

// protocol reads the run's protocol, which is no link, and its digest.
func (r *run) protocol() (*results.Protocol, string, error) {
	return results.ReadProtocol(r.dir)
}

// A head is the answer of a verdict.json.
type head struct {
	verdict  analysis.Verdict
	sentence string
	digest   string // of the protocol
}

// head reads the answer of the run's verdict.json; the rest of that file may be
// long. It is nil without the file.
func (r *run) head() (*head, error) {
	f, _, err := r.open(analysis.VerdictFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readHead(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", analysis.VerdictFile, err)
	}
	return h, nil
}

func readHead(in io.Reader) (*head, error) {
	dec := json.NewDecoder(bufio.NewReader(in))
	if t, err := dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	h := new(head)
	format := 0
	fields := map[string]any{"format": &format, "protocol_sha256": &h.digest, "verdict": &h.verdict, "sentence": &h.sentence}
	for len(fields) > 0 && dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		to := fields[name]
		if to == nil {
			to = new(json.RawMessage)
		}
		if err := dec.Decode(to); err != nil {
			return nil, err
		}
		delete(fields, name)
	}
	if format > analysis.Format {
		return nil, newer(format)
	}
	if h.verdict == "" {
		return nil, errors.New("it has no verdict")
	}
	return h, nil
}

func newer(format int) error {
	return fmt.Errorf("made by a newer patchbench (format %d, this one reads up to %d); use that one", format, analysis.Format)
}

// judged reads the run's verdict.json, nil without one that is of its protocol.
func (r *run) judged() (*analysis.Analysis, error) {
	_, digest, err := r.protocol()
	if err != nil {
		return nil, err
	}
	f, _, err := r.open(analysis.VerdictFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a := new(analysis.Analysis)
	if err := json.NewDecoder(f).Decode(a); err != nil {
		return nil, fmt.Errorf("%s: %w", analysis.VerdictFile, err)
	}
	switch {
	case a.Format > analysis.Format:
		return nil, fmt.Errorf("%s: %w", analysis.VerdictFile, newer(a.Format))
	case a.Protocol == nil || a.ProtocolSHA256 != digest:
		return nil, nil
	}
	return a, nil
}

// profiles lists the CPU profiles of a benchmark and side, by their paths.
func (r *run) profiles(benchmark string, side results.Side) ([]prof.File, error) {
	if !filepath.IsLocal(benchmark) {
		return nil, refused("the files of a benchmark %q would lie outside of the run folder", benchmark)
	}
	files := analysis.Profiles(r.dir, benchmark, side)
	for _, file := range files {
		rel, err := filepath.Rel(r.dir, file.Path)
		if err != nil {
			return nil, err
		}
		f, _, err := r.open(rel)
		if err != nil {
			return nil, refused("%s can't be read inside of the run folder: %v", rel, err)
		}
		f.Close()
	}
	return files, nil
}
