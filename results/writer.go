package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Writer records into a run folder. Each sample is one write, synced, so
// that a killed process leaves whole samples and at most one incomplete one
// behind, which the next Writer removes.
type Writer struct {
	Session int // number of this session of measuring, from 0

	samples, events *os.File
	attempts        map[int]int // by Sample.ID: times it was recorded
}

// OpenWriter opens the run folder dir, which must hold a protocol, for
// recording, and returns the samples it has already. What an interrupted write
// left at the end of a file is removed.
func OpenWriter(dir string) (w *Writer, have []Sample, err error) {
	p, digest, err := ReadProtocol(dir)
	if err != nil {
		return nil, nil, err
	}
	dirs := []string{GCTraceDir, ProfilesDir, TracesDir, MetricsDir, LogsDir}
	if p.MemProfiles > 0 {
		dirs = append(dirs, AllocsDir)
	}
	for _, d := range dirs {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, nil, fmt.Errorf("open run folder: %w", err)
		}
	}
	w = &Writer{attempts: make(map[int]int)}
	defer func(w *Writer) {
		if err != nil {
			w.Close()
		}
	}(w)

	path := filepath.Join(dir, EventsFile)
	data, err := readOrEmpty(path)
	if err != nil {
		return nil, nil, err
	}
	logged, err := scanEvents(path, bytes.NewReader(data), func(e *Event) error {
		switch e.Kind {
		case EventStart:
			w.Session++
		case EventSample:
			w.attempts[e.Sample]++
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if w.events, err = openAt(path, logged); err != nil {
		return nil, nil, err
	}

	path = filepath.Join(dir, SamplesFile)
	if data, err = readOrEmpty(path); err != nil {
		return nil, nil, err
	}
	have, end, err := parseSamples(path, data)
	if err != nil {
		return nil, nil, err
	}
	if err := CheckProtocol(dir, have, digest); err != nil {
		return nil, nil, err
	}
	if w.samples, err = openAt(path, int64(end)); err != nil {
		return nil, nil, err
	}
	if end == 0 {
		if _, err := w.samples.WriteString(header(p, digest)); err != nil {
			return nil, nil, fmt.Errorf("write %s: %w", path, err)
		}
	}
	return w, have, nil
}

// header is what samples.bench starts with: all that is constant over the run,
// and the direction of each metric, which readers can't guess.
func header(p *Protocol, digest string) string {
	var b strings.Builder
	declared := make(map[string]bool)
	for _, m := range append(ProcessMetrics(), p.Units...) {
		if !declared[m.Unit] {
			declared[m.Unit] = true
			fmt.Fprintf(&b, "Unit %s better=%s\n", m.Unit, m.Better)
		}
	}
	for _, kv := range [][2]string{
		{"goos", p.Host.GOOS},
		{"goarch", p.Host.GOARCH},
		{"cpu", p.Host.CPU},
		{"host", p.Host.Name},
		{"host-class", p.Host.Class},
		{"experiment", p.Experiment},
		{"suite", p.Suite},
		{"seed", strconv.FormatUint(p.Seed, 10)},
		{"protocol", digest},
	} {
		fmt.Fprintf(&b, "%s: %s\n", kv[0], strings.Join(strings.Fields(kv[1]), " "))
	}
	return b.String()
}

func readOrEmpty(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// openAt opens path for appending after its first end bytes.
func openAt(path string, end int64) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(end); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Sample records s, whose Values are as the benchmark printed them, and what
// happened around it. e's Kind, Session, Sample, Benchmark, Side and Retries
// are filled in.
func (w *Writer) Sample(s *Sample, e Event) error {
	e.Kind = EventSample
	e.Sample, e.Benchmark, e.Side = s.ID, s.Benchmark, s.Side
	e.Retries = w.attempts[s.ID]
	w.attempts[s.ID]++
	// The event goes first: one without its sample is harmless, a sample
	// without its event would lack what is known of the load around it.
	if err := w.Event(e); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "side: %s\n", s.Side)
	fmt.Fprintf(&b, "%s id=%d round=%d position=%d order=%s slot=%d", sampleKey, s.ID, s.Round, s.Position, s.Order, s.Slot)
	if s.Layout > 0 {
		fmt.Fprintf(&b, " layout=%d", s.Layout)
	}
	if s.Control {
		b.WriteString(" control=1")
	}
	fmt.Fprintf(&b, " tree=%s binary=%s\n", short(s.Tree), short(s.Binary))
	fmt.Fprintf(&b, "Benchmark%s\t%d", s.Benchmark, s.Iterations)
	for _, v := range s.Values {
		fmt.Fprintf(&b, "\t%s %s", strconv.FormatFloat(v.Value, 'g', -1, 64), v.Unit)
	}
	b.WriteByte('\n')
	if _, err := w.samples.WriteString(b.String()); err != nil {
		return fmt.Errorf("write %s: %w", w.samples.Name(), err)
	}
	if err := w.samples.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", w.samples.Name(), err)
	}
	return nil
}

// Done records that the run is complete, and what samples.bench is then.
func (w *Writer) Done(e Event) (err error) {
	e.Kind = EventDone
	if e.SamplesSHA256, err = SamplesDigest(filepath.Dir(w.samples.Name())); err != nil {
		return err
	}
	return w.Event(e)
}

// Event records e, with this session's number.
func (w *Writer) Event(e Event) error {
	e.Session = w.Session
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := w.events.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("write %s: %w", w.events.Name(), err)
	}
	return nil
}

// Close closes the files.
func (w *Writer) Close() error {
	var errs []error
	for _, f := range []*os.File{w.samples, w.events} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// short abbreviates a digest the way git does: enough to tell two apart.
func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	return digest
}
