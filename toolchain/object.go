package toolchain

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An object is what one call of the compiler wrote.
type object struct {
	buildID string // that it was told to put into the archive
	archive []byte
	asmhdr  []byte // for the assembler; nil if it was not asked for
}

// collect reads what the call wrote.
func (c *compileCall) collect() (*object, error) {
	o := &object{buildID: c.values["-buildid"]}
	var err error
	if o.archive, err = os.ReadFile(c.values["-o"]); err != nil {
		return nil, err
	}
	if path := c.values["-asmhdr"]; path != "" {
		if o.asmhdr, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// deliver writes o as if this call had made it, with this call's build id.
func (c *compileCall) deliver(o *object) error {
	id := c.values["-buildid"]
	if len(id) != len(o.buildID) {
		return errors.New("build ids of other lengths")
	}
	if path := c.values["-asmhdr"]; path != "" {
		if err := os.WriteFile(path, o.asmhdr, 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile(c.values["-o"], bytes.ReplaceAll(o.archive, []byte(o.buildID), []byte(id)), 0o666)
}

// encode puts o into one file: a digest of the rest, and its parts, each after
// its length.
func (o *object) encode() []byte {
	data := make([]byte, sha256.Size)
	for _, part := range [][]byte{[]byte(o.buildID), o.asmhdr, o.archive} {
		data = binary.AppendUvarint(data, uint64(len(part)))
		data = append(data, part...)
	}
	sum := sha256.Sum256(data[sha256.Size:])
	copy(data, sum[:])
	return data
}

// decodeObject is the inverse of encode. It returns nil for what is damaged.
func decodeObject(data []byte) *object {
	if len(data) < sha256.Size || sha256.Sum256(data[sha256.Size:]) != [sha256.Size]byte(data[:sha256.Size]) {
		return nil
	}
	var parts [3][]byte
	rest := data[sha256.Size:]
	for i := range parts {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size) {
			return nil
		}
		parts[i], rest = rest[size:][:n], rest[size:][n:]
	}
	return &object{buildID: string(parts[0]), asmhdr: parts[1], archive: parts[2]}
}

// loadObject returns the object in a file, or nil. Its time is that of its last
// use.
func loadObject(path string) *object {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // on a read-only disk nothing is removed either
	return decodeObject(data)
}

// store puts o into a file.
func (o *object) store(path string) error { return writeAside(path, o.encode()) }

// writeAside writes a file that many processes may write at once, with the same
// contents. What a crash leaves of it is told by its contents.
func writeAside(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// PruneObjects removes the compiled packages that were not used for longest
// until the rest takes no more than limit bytes of the cache.
func (c *Cache) PruneObjects(limit int64) error {
	type file struct {
		path string
		size int64
		used time.Time
	}
	var files []file
	var total int64
	err := filepath.WalkDir(c.path("objects"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return ignoreMissing(err)
		}
		info, err := entry.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		files = append(files, file{path, info.Size(), info.ModTime()})
		total += info.Size()
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path)) })
	for _, f := range files {
		if total <= limit {
			break
		}
		if err := ignoreMissing(os.Remove(f.path)); err != nil {
			return err
		}
		total -= f.size
	}
	return nil
}

// ignoreMissing passes over a file that another process removed first.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
