package toolchain

import (
	"context"
	"fmt"
	"strings"
)

// A source is what a base names: the files a tree begins with.
type source interface {
	// name is the base, made exact: a git revision as its commit.
	name() string

	// sum identifies the contents: two sources with the same sum give the
	// same files.
	sum() string

	// vouched says for people what the contents were checked against.
	vouched() string

	// complete reports whether the files include the compiled commands of
	// this very source, as a release's do. A tree of another source must be
	// built by make.bash.
	complete() bool

	// place writes the files below dir, an empty folder.
	place(ctx context.Context, dir string) error
}

// source finds what a base names, downloading it unless the cache has it.
func (b *Builder) source(ctx context.Context, base string) (source, error) {
	kind, rest, ok := strings.Cut(base, ":")
	if !ok || rest == "" {
		return nil, fmt.Errorf("base %q: name one, as in release:go1.16.15, git:PATH_OR_URL@REV or goroot:DIR", base)
	}
	switch kind {
	case "release":
		return b.releaseSource(ctx, rest)
	case "git":
		return b.gitSource(ctx, rest)
	case "goroot":
		return b.gorootSource(ctx, rest)
	}
	return nil, fmt.Errorf("base %q: unknown kind %q; there are release:VERSION, git:PATH_OR_URL@REV and goroot:DIR", base, kind)
}

// A releaseSource is a release of Go, source and binaries.
type releaseSource struct {
	*release
	b *Builder
}

func (b *Builder) releaseSource(ctx context.Context, version string) (source, error) {
	if !releaseVersion.MatchString(version) {
		return nil, fmt.Errorf("base release:%s: %q is no Go release; name one, as in release:go1.16.15", version, version)
	}
	r, err := b.release(ctx, version)
	if err != nil {
		return nil, err
	}
	return releaseSource{r, b}, nil
}

func (s releaseSource) name() string    { return "release:" + s.Version }
func (s releaseSource) sum() string     { return s.Sum }
func (s releaseSource) vouched() string { return s.Vouched }
func (s releaseSource) complete() bool  { return true }
func (s releaseSource) place(ctx context.Context, dir string) error {
	return s.b.unpack(ctx, s.release, dir)
}
