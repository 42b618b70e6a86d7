package toolchain

import (
	"context"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// anyBootstrap is what trees need that name no release: they are built by C
// or by Go 1.4.
const anyBootstrap = "go1.4"

// oldestFetched is the oldest release that is fetched. Go 1.4 itself is no
// module, and knows neither modules nor arm64.
const oldestFetched = "go1.17.13"

// bootgo is how make.bash tells which release it needs, from Go 1.20 on. What
// cmd/dist says is not to be trusted: that of Go 1.22 still names Go 1.17.
var bootgo = regexp.MustCompile(`(?m)^bootgo=(1[0-9.]*)$`)

// minBootstrap returns the oldest release that can build the tree at root, as
// in go1.24.6.
func minBootstrap(root string) (string, error) {
	script, err := os.ReadFile(filepath.Join(root, "src", "make.bash"))
	if err != nil {
		return "", fmt.Errorf("asking which bootstrap is needed: %w", err)
	}
	if m := bootgo.FindSubmatch(script); m != nil {
		return "go" + string(m[1]), nil
	}
	return anyBootstrap, nil
}

// bootstrap returns the GOROOT of a Go that can build the tree at root: the
// host's if it is new enough, or else the oldest release that is, which is
// fetched into the store.
func (b *Builder) bootstrap(ctx context.Context, root string) (string, error) {
	need, err := minBootstrap(root)
	if err != nil {
		return "", err
	}
	dir, why := b.hostBootstrap(ctx, need)
	if why == nil {
		return dir, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	fetch := need
	if version.Compare(need, oldestFetched) < 0 {
		fetch = oldestFetched
	}
	b.logf("fetching %s to build with: %v", fetch, why)
	if dir, err = b.fetchBootstrap(ctx, fetch); err != nil {
		return "", fmt.Errorf("building needs Go %s or newer to begin with, but %v, and it can't be fetched: %w", strings.TrimPrefix(need, "go"), why, err)
	}
	return dir, nil
}

// hostBootstrap returns the GOROOT of the host's Go, or why it can't serve.
func (b *Builder) hostBootstrap(ctx context.Context, need string) (string, error) {
	goCommand, err := lookPath(b.Env, b.Go)
	if err != nil {
		return "", err
	}
	scratch, done, err := b.Cache.Scratch()
	if err != nil {
		return "", err
	}
	defer done()
	root, _, err := child{path: goCommand, args: []string{"env", "GOROOT"}, dir: scratch, env: downloadEnviron(goCommand, scratch)}.run(ctx)
	if err != nil {
		return "", err
	}
	root = strings.TrimSpace(root)
	got, err := goVersion(ctx, root, scratch)
	if err != nil {
		return "", err
	}
	if version.Compare(got, need) < 0 {
		return "", fmt.Errorf("%s is %s", goCommand, got)
	}
	return root, nil
}

// fetchBootstrap returns the GOROOT of a release, from the store.
func (b *Builder) fetchBootstrap(ctx context.Context, release string) (root string, err error) {
	p, err := b.basePlan(ctx, "release:"+release, false)
	if err != nil {
		return "", err
	}
	t, err := b.tree(ctx, p)
	if err != nil {
		return "", err
	}
	return t.GOROOT, nil
}

// goVersion asks the go command of the tree at root for its version, as in
// go1.26.8, or go1.27-devel_0123456789 where it comes from no release.
func goVersion(ctx context.Context, root, scratch string) (string, error) {
	goCommand := filepath.Join(root, "bin", "go")
	env := append(downloadEnviron(goCommand, scratch), "GOROOT="+root)
	said, _, err := child{path: goCommand, args: []string{"version"}, dir: scratch, env: env}.run(ctx)
	if err != nil {
		return "", err
	}
	// Development trees of some years say "devel go1.17-0123456789".
	for _, field := range strings.Fields(said) {
		if version.IsValid(field) {
			return field, nil
		}
	}
	return "", fmt.Errorf("%s says %q, which names no version of Go", goCommand, oneLine(said))
}
