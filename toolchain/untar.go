package toolchain

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// untar writes the files and folders of a tar archive below dir. It refuses,
// before it writes the entry, a name that leads out of dir or into .git, and
// anything that is neither a plain file nor a folder.
func untar(ctx context.Context, file, dir string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		entry, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := untarEntry(r, entry, dir); err != nil {
			return err
		}
	}
}

// untarEntry writes one entry of an archive.
func untarEntry(r io.Reader, entry *tar.Header, dir string) error {
	if entry.Typeflag == tar.TypeXGlobalHeader {
		return nil // git writes the commit's hash there
	}
	name := filepath.FromSlash(entry.Name)
	if !filepath.IsLocal(name) || slices.Contains(strings.Split(entry.Name, "/"), ".git") {
		return fmt.Errorf("the file name %q is not safe to write", entry.Name)
	}
	path := filepath.Join(dir, name)
	switch entry.Typeflag {
	case tar.TypeDir:
		return os.MkdirAll(path, 0o777)
	case tar.TypeReg:
		mode := fs.FileMode(0o644)
		if entry.Mode&0o100 != 0 {
			mode = 0o755
		}
		return writeFile(path, r, mode)
	}
	return fmt.Errorf("%q is neither a plain file nor a folder; trees hold nothing else", entry.Name)
}

// writeFile writes a new file with exactly this mode, whatever the umask.
func writeFile(path string, r io.Reader, mode fs.FileMode) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return f.Chmod(mode)
}
