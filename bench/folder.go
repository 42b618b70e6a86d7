package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"patchbench/results"
)

// Unfinished finds the newest run of an experiment under the folder root that
// was asked for with the same inputs and has samples to go. It returns "" if
// there is none.
func Unfinished(root, experiment, inputs string) (dir string, err error) {
	paths, err := filepath.Glob(filepath.Join(root, experiment, "*", results.ProtocolFile))
	if err != nil {
		return "", err
	}
	slices.Sort(paths)
	for _, path := range slices.Backward(paths) {
		dir := filepath.Dir(path)
		p, _, err := results.ReadProtocol(dir)
		if err != nil || p.Inputs != inputs {
			continue // not one of ours to go on with
		}
		events, err := results.ReadEvents(dir)
		if err != nil {
			return "", fmt.Errorf("an unfinished run can't be read: %w; remove the folder to start anew", err)
		}
		if !slices.ContainsFunc(events, func(e results.Event) bool { return e.Kind == results.EventDone }) {
			return dir, nil
		}
	}
	return "", nil
}

// CreateFolder makes the run folder of p under root, with the protocol and
// what failed while it was made. It is there whole or not at all.
func CreateFolder(root string, p *results.Protocol, logs map[string]string) (dir string, err error) {
	parent := filepath.Join(root, p.Experiment)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", fmt.Errorf("make the run folder: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return "", fmt.Errorf("make the run folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	if _, err := results.WriteProtocol(tmp, p); err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(tmp, results.LogsDir), 0o755); err != nil {
		return "", err
	}
	for name, text := range logs {
		if err := results.WriteFile(filepath.Join(tmp, results.LogsDir, name+".txt"), []byte(text)); err != nil {
			return "", err
		}
	}
	name := p.Created.Format("20060102T150405Z") + "-" + p.Host.Class
	dir = filepath.Join(parent, name)
	for n := 2; ; n++ {
		err := os.Rename(tmp, dir)
		if err == nil {
			return dir, nil
		}
		if _, serr := os.Stat(dir); serr != nil || n > 100 {
			return "", fmt.Errorf("make the run folder: %w", err)
		}
		dir = filepath.Join(parent, fmt.Sprintf("%s-%d", name, n))
	}
}
