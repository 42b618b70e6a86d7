package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
)

// manifestFormat is the version of the manifest's format.
const manifestFormat = 2

// A manifest describes a finished tree. Its presence is what makes the folder
// beside it a tree.
type manifest struct {
	Format   int        `json:"format"`
	Key      string     `json:"key"`
	GOROOT   string     `json:"goroot"` // where it was built: the path is compiled in
	Version  string     `json:"version"`
	Compiler string     `json:"compiler"`       // key of the tree whose compiler this one has; names the build cache
	Slow     string     `json:"slow,omitempty"` // why that is not the base's
	BaseSum  string     `json:"base_sum"`
	Offsets  [][]string `json:"offsets"` // of each patch of the series
	Seconds  float64    `json:"seconds"`
	Digest   string     `json:"digest"`
	Files    []treeFile `json:"files"` // in the order of a walk
}

// path is where a file of the tree lies.
func (m *manifest) path(f treeFile) string {
	return filepath.Join(m.GOROOT, filepath.FromSlash(f.Name))
}

// A treeFile is one file of a tree.
type treeFile struct {
	Name    string      `json:"n"` // slash-separated, relative to GOROOT
	Size    int64       `json:"s"`
	Mode    fs.FileMode `json:"m"`
	ModTime int64       `json:"t"` // Unix nanoseconds
	SHA256  string      `json:"h"`
}

// filesDigest is the digest of a tree: over the names of its files, whether
// they are programs, and their contents. Times and the rest of the modes do not
// count, as a copy is the same tree.
func filesDigest(files []treeFile) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %t %s\n", f.SHA256, f.Mode&0o100 != 0, f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// listFiles walks a tree and returns its files without their hashes. Anything
// that is neither a plain file nor a folder is an error.
func listFiles(root string) ([]treeFile, error) {
	var files []treeFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !info.Mode().IsRegular() {
			return &damage{name, "is not a plain file"}
		}
		files = append(files, treeFile{Name: name, Size: info.Size(), Mode: info.Mode(), ModTime: info.ModTime().UnixNano()})
		return nil
	})
	return files, err
}

// hashFiles fills in the hash of each file that want selects, on all cores.
func hashFiles(ctx context.Context, root string, files []treeFile, want func(i int) bool, memo *hashMemo) error {
	var (
		wg    sync.WaitGroup
		next  atomic.Int64
		mu    sync.Mutex
		first error
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				if !want(i) {
					continue
				}
				sum, err := memo.hash(ctx, filepath.Join(root, filepath.FromSlash(files[i].Name)))
				if err != nil {
					mu.Lock()
					first = errors.Join(first, err)
					mu.Unlock()
					return
				}
				files[i].SHA256 = sum
			}
		})
	}
	wg.Wait()
	return first
}

// A damage is a file of a tree that is not as the manifest has it.
type damage struct{ name, what string }

func (d *damage) Error() string { return d.name + " " + d.what }

// check compares the tree at root with the manifest. With a memo the check is
// quick: a file's hash is taken only if it is a program, for a damaged one
// would be run, or its size or time has changed; that finds all that is not
// done on purpose short of a failing disk. Without one, every file is read.
// The error is a *damage, or ctx's.
func (m *manifest) check(ctx context.Context, root string, memo *hashMemo) error {
	files, err := listFiles(root)
	if err != nil {
		return asDamage(err)
	}
	for i := range max(len(files), len(m.Files)) {
		switch {
		case i >= len(files) || i < len(m.Files) && m.Files[i].Name != files[i].Name && !contains(files, m.Files[i].Name):
			return &damage{m.Files[i].Name, "is missing"}
		case i >= len(m.Files) || m.Files[i].Name != files[i].Name:
			return &damage{files[i].Name, "was added"}
		case m.Files[i].Mode != files[i].Mode:
			return &damage{files[i].Name, fmt.Sprintf("has mode %v, not %v", files[i].Mode, m.Files[i].Mode)}
		case m.Files[i].Size != files[i].Size:
			return &damage{files[i].Name, fmt.Sprintf("has %d bytes, not %d", files[i].Size, m.Files[i].Size)}
		}
	}
	want := func(i int) bool {
		return memo == nil || files[i].ModTime != m.Files[i].ModTime || isProgram(files[i].Name)
	}
	if err := hashFiles(ctx, root, files, want, memo); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return asDamage(err)
	}
	for i, f := range files {
		if f.SHA256 != "" && f.SHA256 != m.Files[i].SHA256 {
			return &damage{f.Name, "has other contents"}
		}
	}
	return nil
}

func contains(files []treeFile, name string) bool {
	for _, f := range files {
		if f.Name == name {
			return true
		}
	}
	return false
}

// asDamage takes a file that can't be read for a damaged one.
func asDamage(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return &damage{pathErr.Path, "can't be read: " + pathErr.Err.Error()}
	}
	return err
}

// readManifest reads a manifest and makes sure that it is whole.
func readManifest(path string) (*manifest, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, &damage{filepath.Base(path), "does not parse"}
	}
	if m.Format != manifestFormat || filesDigest(m.Files) != m.Digest {
		return nil, &damage{filepath.Base(path), "is not whole"}
	}
	return &m, nil
}

// write puts the manifest at path.
func (m *manifest) write(path string) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return writeByRename(path, append(data, '\n'))
}

// writeByRename puts data at path so that the file is either all there or not
// there, even after a crash of the machine.
func writeByRename(path string, data []byte) (err error) {
	f, err := os.OpenFile(path+".partial", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
