package analysis

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// A record is what a run folder holds of one benchmark.
type record struct {
	benchmark *results.Benchmark
	samples   int
	rounds    int     // it was measured in, the last of them perhaps in part
	decided   bool    // its samples ended early, as nothing was open any more
	blocks    []block // in the order of the file
	columns   []*column
	pairs     []pair  // in run order, without excluded blocks
	excluded  int     // blocks
	torn      int     // of the pairs
	single    int     // samples without the other one of their pair
	unlogged  int     // samples without an event
	seconds   float64 // median wall time of a sample
	gaveUp    string  // why the benchmark was given up while measuring, if it was

	byRound  map[int]int       // index of a round's block
	problems map[string]string // with the first of the values of a unit that are of no use
}

// A block is the samples of one benchmark in one round, by slot.
type block struct {
	round   int
	ids     [4]int
	layouts [2]int // of its pairs
	there   [4]bool
	after   [4]bool
}

// A run is what a folder holds, sorted by benchmark.
type run struct {
	records map[string]*record
	control map[string]*record // of before with the control, which stands for after
	log     *eventLog
	samples int
	dropped int // samples cut short at the end of the file

	last struct{ record, control *record } // of the sample added last
}

// readRun reads the samples and events of the run folder dir. It fails on
// samples that do not fit the protocol, whose digest is given, or the schedule.
func readRun(dir string, p *results.Protocol, digest string) (*run, error) {
	in := &run{records: make(map[string]*record), control: make(map[string]*record)}
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		in.records[b.Name] = &record{benchmark: b, seconds: b.Seconds, byRound: make(map[int]int), problems: make(map[string]string)}
		in.control[b.Name] = &record{benchmark: b, byRound: make(map[int]int)}
	}
	// The two files take about as long.
	logged := make(chan error, 1)
	go func() {
		var err error
		in.log, err = readEventLog(dir)
		logged <- err
	}()
	path := filepath.Join(dir, results.SamplesFile)
	var misfit error // told only if the file reads to its end
	dropped, err := results.ScanSamples(dir, func(s *results.Sample) error {
		if err := s.CheckProtocol(dir, digest); err != nil || misfit != nil {
			return err
		}
		in.samples++
		misfit = in.add(path, s)
		return nil
	})
	in.dropped = dropped
	lerr := <-logged
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist): // a run may have nothing to measure
		return nil, fmt.Errorf("read samples: %w", err)
	case lerr != nil:
		return nil, fmt.Errorf("read events: %w", lerr)
	case misfit != nil:
		return nil, misfit
	}
	for i := range p.Benchmarks {
		// What got no samples is as good as never planned.
		if b := &p.Benchmarks[i]; in.records[b.Name].samples == 0 && b.Measured() {
			b.Unmeasured = in.log.skipped[b.Name]
		}
	}
	records := slices.Collect(maps.Values(in.records))
	each(len(records), func(i int) {
		r := records[i]
		r.gaveUp, r.decided = in.log.gaveUp[r.benchmark.Name], in.log.decided[r.benchmark.Name]
		r.pair(in.log)
		in.control[r.benchmark.Name].pair(in.log)
	})
	return in, nil
}

func (in *run) add(path string, s *results.Sample) error {
	// Samples come in blocks of one benchmark.
	if last := in.last.record; last == nil || last.benchmark.Name != s.Benchmark {
		in.last.record, in.last.control = in.records[s.Benchmark], in.control[s.Benchmark]
	}
	r := in.last.record
	if s.Control {
		r = in.last.control
		if s.Side == results.Control {
			s.Side = results.After
		}
	}
	if r == nil {
		return fmt.Errorf("%s:%d: benchmark %s is not in the protocol; the files are of different runs", path, s.Line, s.Benchmark)
	}
	if err := r.add(s); err != nil {
		return fmt.Errorf("%s:%d: %w", path, s.Line, err)
	}
	return nil
}

// add takes in s and what it reports.
func (r *record) add(s *results.Sample) error {
	r.samples++
	r.rounds = max(r.rounds, s.Round+1)
	i := len(r.blocks) - 1
	if i < 0 || r.blocks[i].round != s.Round {
		var ok bool
		if i, ok = r.byRound[s.Round]; !ok {
			i = len(r.blocks)
			r.byRound[s.Round] = i
			r.blocks = append(r.blocks, block{round: s.Round})
		}
	}
	if err := r.blocks[i].add(s); err != nil {
		return err
	}
	row := len(block{}.ids)*i + s.Slot
	for j, v := range s.Values {
		// Samples report their units in the same order, mostly.
		if j >= len(r.columns) || r.columns[j].unit != v.Unit {
			if j = slices.IndexFunc(r.columns, func(c *column) bool { return c.unit == v.Unit }); j < 0 {
				j = len(r.columns)
				r.columns = append(r.columns, &column{unit: v.Unit})
			}
		}
		r.columns[j].set(row, s.Side, v.Value)
	}
	return nil
}

func (b *block) add(s *results.Sample) error {
	after := s.Side == results.After
	if b.there[s.Slot] {
		return fmt.Errorf("sample %d is the second in slot %d of round %d of %s", s.ID, s.Slot, s.Round, s.Benchmark)
	}
	if other := s.Slot ^ 1; b.there[other] && b.after[other] == after {
		return fmt.Errorf("sample %d is the second %s sample of its pair", s.ID, s.Side)
	} else if b.there[other] && b.layouts[s.Pair()] != s.Layout {
		return fmt.Errorf("sample %d has another layout than the other one of its pair", s.ID)
	}
	b.ids[s.Slot], b.layouts[s.Pair()] = s.ID, s.Layout
	b.there[s.Slot], b.after[s.Slot] = true, after
	return nil
}

// pair makes pairs of r's samples, with what l knows of them.
func (r *record) pair(l *eventLog) {
	r.byRound = nil
	log := logReader{log: l}
	order := make([]int, len(r.blocks))
	var walls []float64
	for i := range r.blocks {
		order[i] = i
		for slot, id := range r.blocks[i].ids {
			if !r.blocks[i].there[slot] {
				continue
			}
			if m := log.around(id); m == nil {
				r.unlogged++
			} else if m.wall > 0 {
				walls = append(walls, m.wall)
			}
		}
	}
	if len(walls) > 0 {
		r.seconds = stats.Median(walls)
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(r.blocks[i].round, r.blocks[j].round) })
	r.pairs = make([]pair, 0, 2*len(order))
	for _, i := range order {
		r.addPairs(i, &log)
	}
}

// forget drops what only exploratory metrics need. In a run of millions of
// samples that is most of what is kept of them.
func (r *record) forget() {
	r.columns = slices.DeleteFunc(r.columns, func(c *column) bool { return !hasUnit(r.benchmark.Primary, c.unit) })
}

// release drops what was measured, once the benchmark is compared: its
// comparisons hold their differences.
func (r *record) release() {
	r.blocks, r.pairs = nil, nil
	for _, c := range r.columns {
		c.pages = nil
	}
}

// column returns what r's samples report in unit, nil if none does.
func (r *record) column(unit string) *column {
	for _, c := range r.columns {
		if c.unit == unit {
			return c
		}
	}
	return nil
}
