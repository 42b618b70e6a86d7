package results

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckProtocol fails if samples were measured under another protocol than the
// one with this digest.
func CheckProtocol(dir string, samples []Sample, digest string) error {
	for i := range samples {
		if err := samples[i].CheckProtocol(dir, digest); err != nil {
			return err
		}
	}
	return nil
}

// CheckProtocol fails if s, of the run folder dir, was measured under another
// protocol than the one with this digest. A sample knows its protocol from the
// head of samples.bench.
func (s *Sample) CheckProtocol(dir, digest string) error {
	if s.Protocol == "" || s.Protocol == digest {
		return nil
	}
	return fmt.Errorf("%s was changed after the first sample: its SHA-256 is %s, and %s:%d was measured under %s; restore it, or measure again",
		filepath.Join(dir, ProtocolFile), short(digest), SamplesFile, s.Line, short(s.Protocol))
}

// SamplesDigest returns the SHA-256 of samples.bench in the run folder dir, or
// nothing if there is no such file.
func SamplesDigest(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, SamplesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
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
