package toolchain

import "testing"

func TestDirectExperiment(t *testing.T) {
	tests := []struct{ before, after, name string }{
		{"release:go1.27.3", "release:go1.27.4", "go1.27.3-to-go1.27.4"},
		{"git:/src/go@origin/release-branch.go1.27", "goroot:/home/me/go/", "release-branch.go1.27-to-go"},
		{"git:git@example.org:go.git@v1^{commit}", "git:https://example.org/go@0123abc", "v1-commit-to-0123abc"},
	}
	for _, test := range tests {
		e, err := DirectExperiment(test.before, test.after)
		if err != nil || e.Name != test.name || !experimentName.MatchString(e.Name) {
			t.Errorf("%s and %s: %+v, %v; want the name %s", test.before, test.after, e, err, test.name)
			continue
		}
		if e.Base != test.before || e.AfterBase != test.after || e.Margins["time"] != 0.02 || e.Geomean != 0.01 || e.Claim != "no-loss" {
			t.Errorf("got %+v", e)
		}
		turned, err := DirectExperiment(test.after, test.before)
		if err != nil || turned.Digest() == e.Digest() {
			t.Errorf("%s: turned around, the digest is the same (%v)", e.Name, err)
		}
	}
	_, err := DirectExperiment("release:go1.27.3", "release:go1.27.3")
	wantError(t, err, "both sides are release:go1.27.3")
	for _, bad := range []string{"", "release:", "git:/x@"} {
		_, err := DirectExperiment("release:go1.27.3", bad)
		wantError(t, err, "names nothing", "release:go1.16.15")
	}
}
