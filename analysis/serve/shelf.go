package serve

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"patchbench/results"
)

// A shelf is where runs are looked for.
type shelf struct{ places []string }

func newShelf(places []string) (*shelf, error) {
	s := new(shelf)
	for _, place := range places {
		dir, err := filepath.Abs(place)
		if err == nil {
			dir, err = filepath.EvalSymlinks(dir)
		}
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(dir); err != nil {
			return nil, err
		} else if !info.IsDir() {
			return nil, fmt.Errorf("%s is not a folder: give run folders, or folders with some below", place)
		}
		s.places = append(s.places, dir)
	}
	return s, nil
}

// runs finds the runs there are now. Links are not followed, nor hidden
// folders looked into, where runs are made before they appear.
func (s *shelf) runs(ctx context.Context) ([]*run, error) {
	var found []*run
	folders, addresses := make(map[string]bool), make(map[address]bool)
	for _, place := range s.places {
		err := filepath.WalkDir(place, func(dir string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil && dir == place:
				return err
			case err != nil, d.IsDir() && dir != place && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case !d.IsDir():
				return nil
			}
			if info, err := os.Lstat(filepath.Join(dir, results.ProtocolFile)); err != nil || !info.Mode().IsRegular() {
				return nil
			}
			if !folders[dir] {
				folders[dir] = true
				a := addressOf(dir)
				for n := 2; addresses[a]; n++ {
					a.name = fmt.Sprintf("%s~%d", filepath.Base(dir), n)
				}
				addresses[a] = true
				found = append(found, &run{dir: dir, address: a})
			}
			return fs.SkipDir
		})
		if err != nil {
			return nil, fmt.Errorf("look for runs: %w", err)
		}
	}
	return found, nil
}

// find returns the run with that address.
func (s *shelf) find(ctx context.Context, a address) (*run, error) {
	runs, err := s.runs(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.address == a {
			return r, nil
		}
	}
	return nil, missing("there is no run %s here", a)
}
