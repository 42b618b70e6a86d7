package toolchain

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Scratch makes a folder of the cache that serves children as a home, and
// returns the function that removes it. Folders of processes that were killed
// before they could do so are removed first.
func (c *Cache) Scratch() (dir string, done func(), err error) {
	tmp, err := c.mkdir("tmp")
	if err != nil {
		return "", nil, err
	}
	sweepScratch(tmp)
	if dir, err = os.MkdirTemp(tmp, "scratch-"); err != nil {
		return "", nil, err
	}
	held, err := holdScratch(dir)
	if err == nil {
		err = MakeScratch(dir)
	}
	done = func() {
		os.RemoveAll(dir)
		held.Close()
	}
	if err != nil {
		done()
		return "", nil, err
	}
	return dir, done, nil
}

// holdScratch locks a folder as long as this process lives or the file is open.
func holdScratch(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return f, errors.Join(&os.PathError{Op: "lock", Path: dir, Err: err}, f.Close())
	}
	return f, nil
}

// newScratch is how long a folder may exist before its process locks it.
const newScratch = time.Minute

// sweepScratch removes the folders of tmp that no process holds. What can't be
// removed is left for another time.
func sweepScratch(tmp string) {
	entries, _ := os.ReadDir(tmp)
	for _, e := range entries {
		dir := filepath.Join(tmp, e.Name())
		info, err := os.Stat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < newScratch {
			continue
		}
		if held, err := holdScratch(dir); err == nil {
			os.RemoveAll(dir)
			held.Close()
		}
	}
}
