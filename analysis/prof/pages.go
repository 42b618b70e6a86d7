package prof

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// Pages reads the CPU profiles at paths, one per process, and returns pprof's
// own pages of them merged, by the path their links lead to: "/", "/flamegraph",
// "/top" and so on, below whatever place they are served from. With base the
// pages show the difference to those, paths scaled to base's total.
//
// Pages that would read a file other than the profiles (source, disassembly)
// or write one (saved settings) are left out.
func Pages(title string, paths, base []string) (map[string]http.Handler, error) {
	p, err := loadNamed(title, paths)
	if err != nil {
		return nil, fmt.Errorf("profiles of %s: %w", title, err)
	}
	var against *profile.Profile
	if len(base) > 0 {
		if against, err = loadNamed(title, base); err != nil {
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

// loadNamed loads what pprof's pages show of the profiles at paths, which call
// the program by its title.
func loadNamed(title string, paths []string) (*profile.Profile, error) {
	p, err := loadAll(paths)
	if err != nil {
		return nil, err
	}
	if p, err = reduce(p); err != nil {
		return nil, err
	}
	// pprof shows the last element of the path of the first mapping, and none
	// that looks like an address.
	name := strings.Join(strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune(`/\:`, r) }), " ")
	p.Mapping = slices.Insert(p.Mapping, 0, &profile.Mapping{ID: 1, File: name})
	return p, nil
}
