package toolchain

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// key is a digest of all that the compiler reads in this call. Paths are in it
// as the object has them: -trimpath rewrites the tree's and the scratch
// folder's, which differ between calls that read the same.
//
// Sources named by whole paths are compiled alike in every working directory.
func (c *compileCall) key(dir string) (string, error) {
	tool, err := toolHash(dir, c.args[0])
	if err != nil {
		return "", err
	}
	plain, err := c.rewriter(os.Getenv("GOROOT"))
	if err != nil {
		return "", err
	}
	h := sha256.New()
	line := func(parts ...string) { fmt.Fprintf(h, "%q\n", parts) }
	line("compiler", tool)
	line(c.flags...)
	for _, kv := range slices.Sorted(slices.Values(os.Environ())) {
		if mayMatter(kv) {
			line("environment", kv)
		}
	}
	line("trimpath", plain(c.values["-trimpath"]))
	_, asmhdr := c.values["-asmhdr"]
	line("asmhdr", strconv.FormatBool(asmhdr))
	for _, source := range c.sources {
		sum, err := new(hashMemo).hash(context.Background(), source)
		if err != nil {
			return "", err
		}
		line("source", plain(source), sum)
	}
	if symabis := c.values["-symabis"]; symabis != "" {
		sum, err := new(hashMemo).hash(context.Background(), symabis)
		if err != nil {
			return "", err
		}
		line("symabis", sum)
	}
	if err := importLines(c.values["-importcfg"], line); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// mayMatter reports whether a variable of the environment may tell the compiler
// what to write. All that can begin with GO. Those that hold a path, of which
// each go command sets more, say where things lie: of them the compiler reads
// GOROOT, which rewriter looks at, and where to dump what it prints about.
func mayMatter(variable string) bool {
	name, value, _ := strings.Cut(variable, "=")
	return strings.HasPrefix(name, "GO") && !filepath.IsAbs(value)
}

// rewriter returns a function that names the folders of this call alike for
// all calls: the object's, and the tree's. The compiler's own folder has no
// part in an object as long as the sources' paths are absolute, and the tree's
// has none where -trimpath takes it away; calls of another kind fail.
func (c *compileCall) rewriter(goroot string) (func(string) string, error) {
	replace := []string{filepath.Dir(c.values["-o"]), "$OBJECT"}
	trimmed := goroot != "" && strings.HasPrefix(c.values["-trimpath"], goroot+"/src/")
	if trimmed {
		replace = append(replace, goroot, "$GOROOT")
	}
	for _, source := range c.sources {
		if !filepath.IsAbs(source) || goroot != "" && within(source, goroot) && !trimmed {
			return nil, fmt.Errorf("%s: neither trimmed nor absolute", source)
		}
	}
	return strings.NewReplacer(replace...).Replace, nil
}

// importLines calls line for everything an importcfg says: for a package, what
// the compiler reads of it.
func importLines(path string, line func(parts ...string)) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for text := range strings.Lines(string(data)) {
		text = strings.TrimSpace(text)
		verb, rest, _ := strings.Cut(text, " ")
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case verb == "packagefile":
			pkg, archive, ok := strings.Cut(rest, "=")
			if !ok {
				return fmt.Errorf("%s: no file in %q", path, text)
			}
			sum, err := exportHash(archive)
			if err != nil {
				return err
			}
			line("import", pkg, sum)
		case verb == "importmap":
			line(text)
		default:
			return fmt.Errorf("%s: unknown line %q", path, text)
		}
	}
	return nil
}

// exportHash returns the digest of the export data in an archive.
func exportHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if err := copyExport(h, f); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// copyExport copies what an importer reads of an archive: its first entry,
// __.PKGDEF, but for the line with the build id, which changes with everything
// else in the archive.
func copyExport(w io.Writer, archive io.Reader) error {
	const magic, entrySize = "!<arch>\n", 60
	head := make([]byte, len(magic)+entrySize)
	if _, err := io.ReadFull(archive, head); err != nil {
		return fmt.Errorf("no archive: %w", err)
	}
	entry := head[len(magic):]
	size, err := strconv.ParseInt(string(bytes.TrimSpace(entry[48:58])), 10, 64)
	if err != nil || string(head[:len(magic)]) != magic || !bytes.HasPrefix(entry, []byte("__.PKGDEF ")) {
		return errors.New("no export data at its start")
	}
	body := io.LimitedReader{R: archive, N: size}
	r := bufio.NewReaderSize(&body, 1<<16)
	for {
		text, err := r.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("no export data in its first entry: %w", err)
		}
		if bytes.HasPrefix(text, []byte("build id ")) {
			continue
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if bytes.HasPrefix(text, []byte("$$")) {
			break
		}
	}
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	if body.N > 0 {
		return fmt.Errorf("export data cut short: %w", io.ErrUnexpectedEOF)
	}
	return nil
}

// toolHash returns the digest of a tool. Reading one takes longer than many a
// call of the compiler, so it is kept in dir for the file as it is.
func toolHash(dir, tool string) (string, error) {
	info, err := os.Stat(tool)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errors.ErrUnsupported
	}
	// No program can set the time of the last change, unlike that of the last
	// write. Links to the file set it too, which costs no more than a hash.
	memo := filepath.Join(dir, "tools", fmt.Sprintf("%x-%x-%x-%x-%x", st.Dev, st.Ino, info.Size(), info.ModTime().UnixNano(), st.Ctim.Nano()))
	if data, err := os.ReadFile(memo); err == nil {
		if sum, err := hex.DecodeString(string(data)); err == nil && len(sum) == sha256.Size {
			return string(data), nil
		}
	}
	sum, err := new(hashMemo).hash(context.Background(), tool)
	if err != nil {
		return "", err
	}
	if err := writeAside(memo, []byte(sum)); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return sum, nil
}
