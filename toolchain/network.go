package toolchain

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
)

// downloadEnviron is the environment of the host's go command, less the
// network settings. What it writes goes below scratch.
func downloadEnviron(goCommand, scratch string) []string {
	return []string{
		"GOENV=off",
		"GOFLAGS=-modcacherw", // a module cache that can be removed again
		"GOMODCACHE=" + filepath.Join(scratch, "mod"),
		"GOCACHE=" + filepath.Join(scratch, "gocache"),
		"GOTOOLCHAIN=local",
		"GOWORK=off",
		"HOME=" + scratch,
		"LC_ALL=C",
		"PATH=" + filepath.Dir(goCommand) + ":" + systemPath,
		"TMPDIR=" + scratch,
	}
}

// Network returns the caller's network settings as environment variables, for
// the children that fetch modules.
func (b *Builder) Network(ctx context.Context) (settings []string, err error) {
	goCommand, err := lookPath(b.Env, b.Go)
	if err != nil {
		return nil, err
	}
	scratch, done, err := b.Cache.Scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	return b.network(ctx, goCommand, scratch)
}

// network returns the caller's network settings as environment variables.
// Those that are not in its environment are asked of the go command, as users
// keep them in the go command's own file of settings.
func (b *Builder) network(ctx context.Context, goCommand, scratch string) ([]string, error) {
	var settings, ask []string
	for _, key := range networkSettings() {
		if value, _ := getenv(b.Env, key); value != "" {
			settings = append(settings, key+"="+value)
		} else if strings.HasPrefix(key, "GO") {
			ask = append(ask, key)
		}
	}
	if len(ask) == 0 {
		return settings, nil
	}
	env := append(downloadEnviron(goCommand, scratch), "GOENV="+settingsFile(b.Env))
	stdout, _, err := child{path: goCommand, args: append([]string{"env", "-json"}, ask...), dir: scratch, env: env}.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the network settings: %w", err)
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(stdout), &values); err != nil {
		return nil, fmt.Errorf("asking for the network settings: %s env: %w", goCommand, err)
	}
	for _, key := range ask {
		if values[key] != "" {
			settings = append(settings, key+"="+values[key])
		}
	}
	return settings, nil
}

// settingsFile is where the go command keeps the settings of the user whose
// environment this is, or off. An ambient GOENV is not followed: it may be set
// for anything.
func settingsFile(env []string) string {
	config, _ := getenv(env, "XDG_CONFIG_HOME")
	if home, _ := getenv(env, "HOME"); config == "" && home != "" {
		config = filepath.Join(home, ".config")
	}
	if config == "" {
		return "off"
	}
	return filepath.Join(config, "go", "env")
}

// vouched says who vouches for a toolchain downloaded under these settings.
// The go command always asks the checksum database about the toolchain, with
// one exception: a proxy that is a local folder, when the settings also turn
// the database off.
func vouched(settings []string) string {
	proxy, _ := getenv(settings, "GOPROXY")
	database, _ := getenv(settings, "GOSUMDB")
	exempt, ok := getenv(settings, "GONOSUMDB")
	if !ok {
		exempt, _ = getenv(settings, "GOPRIVATE")
	}
	local := strings.HasPrefix(proxy, "file://") && !strings.ContainsAny(proxy, ",|")
	if local && database == "off" {
		return "not verified: GOSUMDB=off"
	}
	if local && module.MatchPrefixPatterns(exempt, toolchainModule) {
		return "not verified: GONOSUMDB=" + exempt
	}
	if database == "" {
		database = "sum.golang.org"
	}
	name, _, _ := strings.Cut(database, "+") // the rest is its key
	return "verified by " + name
}

// downloadError puts the go command's reason for not downloading a release on
// one line, with the way out.
func (b *Builder) downloadError(version, reason string) error {
	reason = oneLine(reason)
	mentions := func(phrases ...string) bool {
		for _, p := range phrases {
			if strings.Contains(reason, p) {
				return true
			}
		}
		return false
	}
	switch {
	case mentions("dial tcp", "no such host", "connection refused", "i/o timeout", "network is unreachable", "disabled by GOPROXY=off"):
		return fmt.Errorf("downloading %s: no network, and the cache %s does not hold it; connect once, or set GOPROXY to a proxy within reach (%s)", version, b.Cache.Dir, reason)
	case mentions("403 Forbidden") && !mentions("404 Not Found", "410 Gone"):
		return fmt.Errorf("downloading %s: the proxy refuses it; set GOPROXY to one that has it (%s)%s", version, reason, firstOfLine(version))
	case mentions("404 Not Found", "410 Gone", "unknown revision", "no such file or directory", "not available"):
		return fmt.Errorf("downloading %s: there is no such release for %s; go.dev/dl lists those there are (%s)%s", version, target("/"), reason, firstOfLine(version))
	case mentions("GOSUMDB=off"):
		return fmt.Errorf("downloading %s: it can't be verified; do not set GOSUMDB=off (%s)", version, reason)
	}
	return b.Cache.advise(fmt.Errorf("downloading %s: %w", version, &childError{name: "go mod download", output: reason, err: fmt.Errorf("refused")}))
}

// firstOfLine tells those who ask for go1.27 what they may mean: since Go 1.21
// the first release of a line ends in .0.
func firstOfLine(version string) string {
	minor, err := strconv.Atoi(strings.TrimPrefix(version, "go1."))
	if err != nil || minor < 21 {
		return ""
	}
	return fmt.Sprintf(": the first release of that line is %s.0", version)
}
