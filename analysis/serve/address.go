package serve

import (
	"net/url"
	"path/filepath"
	"strings"
)

// An address is what a run is called in the pages' addresses: its folder's
// name and that of the folder above, mostly the experiment's.
type address struct{ folder, name string }

func addressOf(dir string) address {
	a := address{filepath.Base(filepath.Dir(dir)), filepath.Base(dir)}
	if a.folder == string(filepath.Separator) {
		a.folder = "root"
	}
	return a
}

// parseAddress reads what String writes.
func parseAddress(s string) address {
	folder, name, _ := strings.Cut(s, "/")
	return address{folder, name}
}

func (a address) String() string { return a.folder + "/" + a.name }

// file is the address of a file of the run's folder, by its path in there;
// that of the run's own page if it is empty.
func (a address) file(path string) string {
	return (&url.URL{Path: "/run/" + a.folder + "/" + a.name + "/" + path}).String()
}

// pprof is the address of pprof's pages of one view of the benchmark with that
// number.
func (a address) pprof(number, view string) string {
	return (&url.URL{Path: "/pprof/" + a.folder + "/" + a.name + "/" + number + "/" + view + "/"}).String()
}
