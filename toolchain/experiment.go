package toolchain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// experimentFile is the name of an experiment's description in its folder.
const experimentFile = "experiment.toml"

// An Experiment is a question about a patch: the base source, the series that
// makes the before tree from it, the series that makes the after tree from
// that, and what is claimed of the difference.
type Experiment struct {
	Name  string // of its folder
	Dir   string // its folder
	Title string
	Claim string // "no-loss" or "improves"
	Base  string // for example "release:go1.16.15"
	// AfterBase is the base of the after tree where that is another one; then
	// After is put on it and not on Before.
	AfterBase string
	Planted   float64            // the relative loss that After is made to bring; 0 where that is the question
	Copy      bool               // after is a copy of before, built apart; then there is no After
	CGO       bool               // whether the trees are built with cgo
	Margins   map[string]float64 // by metric kind (time, space, latency, count): the relative loss that counts as none, in (0, 1)
	Geomean   float64            // the same for the geometric mean over a suite
	// Improves holds, where Claim is "improves", by how much which benchmarks
	// are claimed to improve at least, relative, in (0, 1). The names are a
	// suite's, or with a GOMAXPROCS ("Assist-4") for that alone. Empty claims
	// any improvement of anything.
	Improves map[string]float64
	Before   []Patch // none when the base itself is the before side
	After    []Patch // at least one
}

// experimentTOML is what experiment.toml may hold.
type experimentTOML struct {
	Title   string             `toml:"title"`
	Claim   string             `toml:"claim"`
	Base    string             `toml:"base"`
	CGO     bool               `toml:"cgo"`
	Planted float64            `toml:"planted"`
	Margins map[string]float64 `toml:"margins"`

	Improves map[string]float64 `toml:"improves"`
}

// experimentName is what a folder under patches may be called: it becomes part
// of the run folder's path.
var experimentName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// LoadExperiment reads the experiment called name in patchesDir: its
// experiment.toml and the *.patch files of its before and after folders, in
// the order of their names. Margins that the file leaves out are 0.02 for time
// and space, 0.10 for latency, 0.01 for count and geomean. A folder before is
// needed only if the base is to be patched on the before side.
//
// It fails when there is no such experiment, when experiment.toml does not
// parse or says something it may not say, and when a series holds no patch or
// something that is not one.
func LoadExperiment(patchesDir, name string) (*Experiment, error) {
	e, err := loadExperiment(patchesDir, name)
	if err != nil {
		return nil, err
	}
	if e.After == nil {
		return nil, fmt.Errorf("loading experiment %s: %s is missing; put the patches to be measured there, or make them with patchbench fork", name, filepath.Join(e.Dir, "after"))
	}
	return e, nil
}

// loadExperiment is LoadExperiment for experiments that may still have to get
// their patches.
func loadExperiment(patchesDir, name string) (*Experiment, error) {
	dir := filepath.Join(patchesDir, name)
	file := filepath.Join(dir, experimentFile)
	data, err := os.ReadFile(file)
	if !experimentName.MatchString(name) || errors.Is(err, fs.ErrNotExist) {
		return nil, unknownExperiment(patchesDir, name)
	}
	if err != nil {
		return nil, fmt.Errorf("loading experiment %s: %w", name, err)
	}
	e, err := parseExperiment(file, data)
	if err != nil {
		return nil, err
	}
	e.Name, e.Dir = name, dir
	if e.Before, err = loadSeries(dir, "before"); err == nil || errors.Is(err, fs.ErrNotExist) {
		e.After, err = loadSeries(dir, "after")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("loading experiment %s: %w", name, err)
	}
	return e, nil
}

// unknownExperiment says that name is not in patchesDir, and what is.
func unknownExperiment(patchesDir, name string) error {
	files, err := filepath.Glob(filepath.Join(patchesDir, "*", experimentFile))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("unknown experiment %q: %s holds none; an experiment is a folder there with an %s", name, patchesDir, experimentFile)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.Base(filepath.Dir(f))
	}
	return fmt.Errorf("unknown experiment %q: %s holds %s", name, patchesDir, strings.Join(names, ", "))
}

// parseExperiment reads an experiment.toml. file only names it in errors.
func parseExperiment(file string, data []byte) (*Experiment, error) {
	var t experimentTOML
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, TOMLError(file, err, "there are title, claim, base, cgo, planted, margins and improves")
	}
	e := &Experiment{
		Title: t.Title, Claim: t.Claim, Base: t.Base, CGO: t.CGO, Planted: t.Planted,
		Margins: defaultMargins(),
		Geomean: defaultGeomean,
	}
	if strings.TrimSpace(e.Title) == "" || strings.ContainsAny(e.Title, "\r\n") {
		return nil, fmt.Errorf("%s: title must be one line that names the change", file)
	}
	if e.Claim != "no-loss" && e.Claim != "improves" {
		return nil, fmt.Errorf("%s: claim is %q; it must be \"no-loss\" or \"improves\"", file, e.Claim)
	}
	if !(e.Planted >= 0 && e.Planted < 1) {
		return nil, fmt.Errorf("%s: planted is %v; it is the loss that the patches are made to bring, below 1, as 0.04 for four per cent", file, e.Planted)
	}
	if e.Base == "" {
		return nil, fmt.Errorf("%s: base is missing; name the release the patches are for, as in base = \"release:go1.16.15\"", file)
	}
	for _, kind := range slices.Sorted(maps.Keys(t.Margins)) {
		m := t.Margins[kind]
		if !(m > 0 && m < 1) {
			return nil, fmt.Errorf("%s: margin %s is %v; it must lie between 0 and 1, as 0.02 for two per cent", file, kind, m)
		}
		if kind == "geomean" {
			e.Geomean = m
			continue
		}
		if _, ok := e.Margins[kind]; !ok {
			return nil, fmt.Errorf("%s: unknown margin %q; there are time, space, latency, count and geomean", file, kind)
		}
		e.Margins[kind] = m
	}
	for _, name := range slices.Sorted(maps.Keys(t.Improves)) {
		if e.Claim != "improves" {
			return nil, fmt.Errorf("%s: improves has %q, but the claim is %q; set claim = \"improves\", or leave the table out", file, name, e.Claim)
		}
		if x := t.Improves[name]; !(x > 0 && x < 1) {
			return nil, fmt.Errorf("%s: improves %q is %v; it must lie between 0 and 1, as 0.03 for three per cent better at least", file, name, x)
		}
	}
	e.Improves = t.Improves
	return e, nil
}

// The relative losses that count as none where nothing else is said, by metric
// kind and for the geometric mean over a suite.
func defaultMargins() map[string]float64 {
	return map[string]float64{"time": 0.02, "space": 0.02, "latency": 0.10, "count": 0.01}
}

const defaultGeomean = 0.01

// TOMLError puts a decoder's error on one line, with its place in file. known
// tells, for a key that is none, where to find those that are.
func TOMLError(file string, err error, known string) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		row, col := first.Position()
		return fmt.Errorf("%s:%d:%d: unknown key %s; %s", file, row, col, strings.Join(first.Key(), "."), known)
	}
	msg := strings.TrimPrefix(oneLine(err.Error()), "toml: ")
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, col := decode.Position()
		if m := wrongType.FindStringSubmatch(msg); m != nil {
			msg = fmt.Sprintf("%s is to be of type %s, not %s", strings.Join(decode.Key(), "."), m[2], m[1])
		}
		return fmt.Errorf("%s:%d:%d: %s", file, row, col, msg)
	}
	return fmt.Errorf("%s: %s", file, msg)
}

// wrongType matches what go-toml says of a value of another type.
var wrongType = regexp.MustCompile(`^cannot decode TOML (\w+) into struct field \S+ of type (\S+)$`)

// loadSeries reads the patches of one side. The error is fs.ErrNotExist when
// the folder is missing.
func loadSeries(dir, side string) ([]Patch, error) {
	entries, err := os.ReadDir(filepath.Join(dir, side))
	if err != nil {
		return nil, err
	}
	var series []Patch
	for _, entry := range entries {
		file := filepath.Join(side, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if filepath.Ext(file) != ".patch" || entry.IsDir() {
			return nil, fmt.Errorf("%s is not a .patch file; a series holds nothing else", filepath.Join(dir, file))
		}
		p, err := loadPatch(dir, file)
		if err != nil {
			return nil, err
		}
		series = append(series, p)
	}
	if len(series) == 0 {
		return nil, fmt.Errorf("%s holds no .patch file; make one with git format-patch", filepath.Join(dir, side))
	}
	return series, nil
}

// CalibrationName is the name of experiments that compare a tree with its copy.
const CalibrationName = "calibration"

// Calibration is the experiment that compares e's before with a copy of it, and
// is to find no difference.
func (e *Experiment) Calibration() *Experiment {
	c := *e
	c.Name, c.Dir, c.Copy = CalibrationName, "", true
	c.Title = "before of " + e.Name + " against a copy of itself"
	c.Claim, c.Improves = "no-loss", nil
	c.AfterBase, c.After = "", nil
	return &c
}

// Digest identifies all of the experiment that can change a result or the
// verdict on it: base, claim, cgo, margins, claimed improvements and the
// contents of both series.
// It is a SHA-256 in hexadecimal.
func (e *Experiment) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "base %q\nclaim %q\ncgo %t\ngeomean %v\n", e.Base, e.Claim, e.CGO, e.Geomean)
	if e.AfterBase != "" {
		fmt.Fprintf(h, "after base %q\n", e.AfterBase)
	}
	if e.Copy {
		fmt.Fprintln(h, "copy")
	}
	for _, kind := range slices.Sorted(maps.Keys(e.Margins)) {
		fmt.Fprintf(h, "margin %s %v\n", kind, e.Margins[kind])
	}
	for _, name := range slices.Sorted(maps.Keys(e.Improves)) {
		fmt.Fprintf(h, "improves %q %v\n", name, e.Improves[name])
	}
	for _, p := range e.Before {
		fmt.Fprintf(h, "before %s\n", p.SHA256)
	}
	for _, p := range e.After {
		fmt.Fprintf(h, "after %s\n", p.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// oneLine joins the lines of s, as errors are single lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
