package toolchain

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// systemPath is where children find what a tree does not bring along: the C
// compiler of a cgo build. It is fixed so that a user's PATH can't change a
// tree.
const systemPath = "/usr/bin:/bin"

// Environ returns the whole environment for t's own go command and for the
// programs built with it. scratch is a folder for everything they would write
// to a home directory, a GOPATH or a temporary directory; it is not created
// here. Nothing of the caller's environment comes in, so no variable of a user
// changes what is built. The result is sorted, may be appended to, and is
//
//	PATH         t's bin, and the system's for a C compiler
//	HOME         scratch; the go command of old releases fails without one
//	TMPDIR       scratch
//	GOROOT       t, whatever path is compiled into the command
//	GOCACHE      t's own: releases tell compilers apart by VERSION alone
//	GOPATH       scratch/gopath
//	GOENV        off: the user's file of go settings is not read
//	GOFLAGS      empty
//	GOTOOLCHAIN  local: no other release is downloaded and run instead
//	GOWORK       off
//	GOPROXY      off, and GOSUMDB off: no network
//	CGO_ENABLED  0, or 1 where the experiment asks for cgo
//	LC_ALL       C, so that messages can be parsed
func (t *Tree) Environ(scratch string) []string {
	cgo := "0"
	if t.cgo {
		cgo = "1"
	}
	return []string{
		"CGO_ENABLED=" + cgo,
		"GOCACHE=" + t.GOCACHE,
		"GOENV=off",
		"GOFLAGS=",
		"GOPATH=" + filepath.Join(scratch, "gopath"),
		"GOPROXY=off",
		"GOROOT=" + t.GOROOT,
		"GOSUMDB=off",
		"GOTOOLCHAIN=local",
		"GOWORK=off",
		"HOME=" + scratch,
		"LC_ALL=C",
		"PATH=" + filepath.Join(t.GOROOT, "bin") + ":" + systemPath,
		"TMPDIR=" + scratch,
	}
}

// MakeScratch makes the folder that Environ and downloadEnviron call scratch.
// It turns off the go command's telemetry there, for which no variable exists:
// new go commands leave a process behind that still writes when they are done.
func MakeScratch(dir string) error {
	telemetry := filepath.Join(dir, ".config", "go", "telemetry")
	if err := os.MkdirAll(telemetry, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(telemetry, "mode"), []byte("off"), 0o666)
}

// networkSettings are the variables that decide where modules come from and
// who vouches for them. They are the only ones taken from the caller's
// environment, and by the download alone.
func networkSettings() []string {
	return []string{
		"GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR",
	}
}

// getenv returns the value of key in env, where the last one counts.
func getenv(env []string, key string) (string, bool) {
	for _, kv := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(kv, key+"="); ok {
			return value, true
		}
	}
	return "", false
}
