package prof

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// Handlers reads the profiles of that kind in files and returns pprof's own pages of them
// merged, by the path their links lead to: "/", "/flamegraph",
// "/top" and so on, below whatever place they are served from. With base the
// pages show the difference to those, files scaled to base's total.
//
// Pages that would read a file other than the profiles (source, disassembly)
// or write one (saved settings) are left out.
func Handlers(kind Kind, title string, files, base []File) (map[string]http.Handler, error) {
	p, err := loadNamed(kind, title, files)
	if err != nil {
		return nil, fmt.Errorf("profiles of %s: %w", title, err)
	}
	var against *profile.Profile
	if len(base) > 0 {
		if against, err = loadNamed(kind, title, base); err != nil {
			return nil, fmt.Errorf("profiles of %s: %w", title, err)
		}
	}
	handlers, _, err := handle(p, against)
	if err != nil {
		return nil, fmt.Errorf("profiles of %s: %w", title, err)
	}
	pages := make(map[string]http.Handler)
	for _, path := range []string{"/", "/flamegraph", "/top", "/peek", "/graph", "/download"} {
		if handlers[path] == nil {
			return nil, fmt.Errorf("pprof has no page %s; build with the version of pprof in go.mod", path)
		}
		pages[path] = handlers[path]
	}
	return pages, nil
}

// loadNamed loads what pprof's pages show of the profiles in files, which call the
// program by its title. One that does not read is an error here.
func loadNamed(kind Kind, title string, files []File) (*profile.Profile, error) {
	side, faults := Read(kind, files)
	if len(faults) > 0 {
		return nil, faults[0]
	}
	if side == nil {
		return nil, errors.New("there are none; record at least one a side")
	}
	p, err := reduce(side.merged)
	if err != nil {
		return nil, err
	}
	// pprof shows the last element of the path of the first mapping, and none
	// that looks like an address.
	name := strings.Join(strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune(`/\:`, r) }), " ")
	p.Mapping = slices.Insert(p.Mapping, 0, &profile.Mapping{ID: 1, File: name})
	return p, nil
}
