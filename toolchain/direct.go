package toolchain

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// DirectExperiment is the experiment that compares two bases as they are,
// without patches and with the default margins, under the claim of no loss. It
// is named after the two. It fails when one of them is empty or names nothing.
func DirectExperiment(before, after string) (*Experiment, error) {
	if before == after {
		return nil, fmt.Errorf("both sides are %s: there is nothing to compare", before)
	}
	e := &Experiment{Claim: "no-loss", Base: before, AfterBase: after, Margins: defaultMargins(), Geomean: defaultGeomean}
	var labels []string
	for _, base := range []string{before, after} {
		label := baseLabel(base)
		if label == "" {
			return nil, fmt.Errorf("base %q names nothing; name a release, as in release:go1.16.15, git:PATH_OR_URL@REV or goroot:DIR", base)
		}
		labels = append(labels, label)
	}
	e.Name = labels[0] + "-to-" + labels[1]
	e.Title = labels[1] + " instead of " + labels[0]
	return e, nil
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// baseLabel is a short name for a base, fit for a file name: the version, the
// revision or the folder.
func baseLabel(base string) string {
	_, rest, _ := strings.Cut(base, ":")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return strings.Trim(notInNames.ReplaceAllString(filepath.Base(rest), "-"), "-.")
}
