package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckProtocol fails if samples were measured under another protocol than the
// one with this digest. A sample knows its protocol from the head of
// samples.bench.
func CheckProtocol(dir string, samples []Sample, digest string) error {
	for i := range samples {
		if p := samples[i].Protocol; p != "" && p != digest {
			return fmt.Errorf("%s was changed after the first sample: its SHA-256 is %s, and %s:%d was measured under %s; restore it, or measure again",
				filepath.Join(dir, ProtocolFile), short(digest), SamplesFile, samples[i].Line, short(p))
		}
	}
	return nil
}

// SamplesDigest returns the SHA-256 of samples.bench in the run folder dir, or
// nothing if there is no such file.
func SamplesDigest(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, SamplesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return hexDigest(data), err
}

// Edited reports whether samples.bench of the run folder dir is another than
// when the run was done. Runs that are not done, or did not record its digest,
// are never found edited.
func Edited(dir string, events []Event) (bool, error) {
	recorded := ""
	for _, e := range events {
		if e.Kind == EventDone && e.SamplesSHA256 != "" {
			recorded = e.SamplesSHA256
		}
	}
	if recorded == "" {
		return false, nil
	}
	now, err := SamplesDigest(dir)
	return now != recorded, err
}
