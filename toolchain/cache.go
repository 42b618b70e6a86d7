package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A Cache is a folder for what is costly to make and can be made again.
type Cache struct {
	Dir string // absolute
}

// OpenCache opens the cache in dir, creating the folder if need be. If dir is
// empty it is the folder patchbench in the user's cache directory, which env
// tells: $XDG_CACHE_HOME, or else $HOME/.cache. It fails when neither is set, when
// the folder can't be created, and when it lies in a module.
func OpenCache(dir string, env []string) (*Cache, error) {
	if dir == "" {
		base, _ := getenv(env, "XDG_CACHE_HOME")
		if !filepath.IsAbs(base) {
			home, _ := getenv(env, "HOME")
			if home == "" {
				return nil, errors.New("opening the cache: neither PATCHBENCH_CACHE nor HOME is set; set PATCHBENCH_CACHE to a folder")
			}
			base = filepath.Join(home, ".cache")
		}
		dir = filepath.Join(base, "patchbench")
	}
	dir, err := filepath.Abs(dir)
	if mod := moduleAround(dir); err == nil && mod != "" {
		return nil, fmt.Errorf("opening the cache: %s lies in the module of %s, which the go commands started there would take for theirs; set PATCHBENCH_CACHE to a folder outside", dir, mod)
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o777)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the cache: %w; set PATCHBENCH_CACHE to a folder you can write to", err)
	}
	return &Cache{Dir: dir}, nil
}

// moduleAround is the go.mod of the module that dir lies in, or empty.
func moduleAround(dir string) string {
	for {
		mod := filepath.Join(dir, "go.mod")
		if info, err := os.Stat(mod); err == nil && info.Mode().IsRegular() {
			return mod
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// path returns a path in the cache.
func (c *Cache) path(elem ...string) string {
	return filepath.Join(append([]string{c.Dir}, elem...)...)
}

// mkdir makes a folder of the cache and returns its path.
func (c *Cache) mkdir(elem ...string) (string, error) {
	dir := c.path(elem...)
	return dir, os.MkdirAll(dir, 0o777)
}

// advise adds the way out to errors that come from the disk the cache is on.
func (c *Cache) advise(err error) error {
	if err == nil || strings.Contains(err.Error(), "PATCHBENCH_CACHE") {
		return err
	}
	says := func(errno syscall.Errno) bool {
		// The go command and git pass on their errors as text.
		child, ok := errors.AsType[*childError](err)
		return errors.Is(err, errno) || ok && strings.Contains(strings.ToLower(child.output), errno.Error())
	}
	path, _ := errors.AsType[*fs.PathError](err)
	switch {
	case says(syscall.ENOSPC) || says(syscall.EDQUOT):
		return fmt.Errorf("%w; make room (a release takes about 0.5 GB) or set PATCHBENCH_CACHE to a folder on another disk", err)
	case says(syscall.EROFS) || errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; set PATCHBENCH_CACHE to a folder you can write to", err)
	case errors.Is(err, fs.ErrNotExist) && path != nil && within(path.Path, c.Dir):
		return fmt.Errorf("%w; it was removed from the cache meanwhile: run again", err)
	}
	return err
}
