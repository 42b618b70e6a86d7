package toolchain

import (
	"os"
	"slices"
	"testing"
)

func TestVouched(t *testing.T) {
	tests := []struct {
		settings []string
		want     string
	}{
		{nil, "verified by sum.golang.org"},
		{[]string{"GOPROXY=https://p", "GOSUMDB=sum.example+1234+key https://s"}, "verified by sum.example"},
		// The go command asks the database about toolchains all the same.
		{[]string{"GOPROXY=https://p", "GOSUMDB=sum.golang.org", "GONOSUMDB=golang.org"}, "verified by sum.golang.org"},
		{[]string{"GOPROXY=file:///p", "GOSUMDB=sum.golang.org"}, "verified by sum.golang.org"},
		{[]string{"GOPROXY=file:///p", "GOSUMDB=off"}, "not verified: GOSUMDB=off"},
		{[]string{"GOPROXY=file:///p", "GONOSUMDB=golang.org/*"}, "not verified: GONOSUMDB=golang.org/*"},
		{[]string{"GOPROXY=file:///p", "GOPRIVATE=golang.org"}, "not verified: GONOSUMDB=golang.org"},
		{[]string{"GOPROXY=file:///p,direct", "GOSUMDB=sum.golang.org", "GOPRIVATE=golang.org"}, "verified by sum.golang.org"},
	}
	for _, test := range tests {
		if got := vouched(test.settings); got != test.want {
			t.Errorf("%q: %q, want %q", test.settings, got, test.want)
		}
	}
}

// TestNetwork checks where network settings come from: the environment first,
// then the user's file of go settings, whatever GOENV says.
func TestNetwork(t *testing.T) {
	fx := newFixture(t)
	write(t, fx.dir, map[string]string{"home/.config/go/env": "GOPROXY=https://file\nGOPRIVATE=file.example\nGOFLAGS=-nonsense\n"})
	goCommand, err := lookPath(fx.Env, "go")
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	if err := MakeScratch(scratch); err != nil {
		t.Fatal(err)
	}
	settings, err := fx.network(t.Context(), goCommand, scratch)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GOPROXY=file://" + fx.dir + "/proxy", "GOSUMDB=off", "GOPRIVATE=file.example"} {
		if !slices.Contains(settings, want) {
			t.Errorf("settings are %q, want %s among them", settings, want)
		}
	}
	if value, ok := getenv(settings, "GOFLAGS"); ok {
		t.Errorf("GOFLAGS=%s came through", value)
	}
}

func TestOpenCache(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		dir  string
		env  []string
		want string
	}{
		{dir + "/c", []string{"HOME=/nonsense"}, dir + "/c"},
		{"", []string{"HOME=" + dir}, dir + "/.cache/patchbench"},
		{"", []string{"HOME=/nonsense", "XDG_CACHE_HOME=" + dir}, dir + "/patchbench"},
		{"", []string{"HOME=" + dir, "XDG_CACHE_HOME=relative"}, dir + "/.cache/patchbench"},
	} {
		c, err := OpenCache(test.dir, test.env)
		if err != nil || c.Dir != test.want {
			t.Errorf("OpenCache(%q, %q) = %v, %v; want %s", test.dir, test.env, c, err, test.want)
		}
	}
	_, err := OpenCache("", nil)
	wantError(t, err, "PATCHBENCH_CACHE")
	write(t, dir, map[string]string{"file": ""})
	_, err = OpenCache(dir+"/file/c", nil)
	wantError(t, err, "PATCHBENCH_CACHE")
	write(t, dir, map[string]string{"mod/go.mod": "module x.invalid/y\n"})
	_, err = OpenCache(dir+"/mod/below/c", nil)
	wantError(t, err, dir+"/mod/go.mod")
	if _, err := os.Stat(dir + "/mod/below"); err == nil {
		t.Error("a refused cache was made")
	}
}
