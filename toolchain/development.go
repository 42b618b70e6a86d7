package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// goVersionConstant is the 1.N that a development tree will become.
var goVersionConstant = regexp.MustCompile(`(?m)^const Version = (\d+)`)

// nameVersion writes the VERSION file that a development tree lacks: cmd/dist
// would ask git for one, and there is no repository in the store. id is
// the hash of what the tree was made from.
//
// The version says devel in the way of the tree's own era, which cmd/dist
// tells: by it the go command knows to tell compilers apart by content, not by
// name. Only a release needs a line with its time.
func nameVersion(root, id string) error {
	path := filepath.Join(root, "VERSION")
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	id = id[:min(10, len(id))]
	version := "devel +" + id
	if source, err := os.ReadFile(filepath.Join(root, "src", "internal", "goversion", "goversion.go")); err == nil {
		if m := goVersionConstant.FindSubmatch(source); m != nil {
			dist, err := os.ReadFile(filepath.Join(root, "src", "cmd", "dist", "build.go"))
			if err != nil {
				return fmt.Errorf("naming a development version: %w", err)
			}
			switch {
			case strings.Contains(string(dist), `"go1.%s-devel_"`):
				version = fmt.Sprintf("go1.%s-devel_%s", m[1], id)
			case strings.Contains(string(dist), `"devel go1.%s-"`):
				version = fmt.Sprintf("devel go1.%s-%s", m[1], id)
			}
		}
	}
	return writeFile(path, strings.NewReader(version+"\n"), 0o644)
}
