package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadSamples reads samples.bench of the run folder dir, in file order, with
// units tidied. dropped is 1 if the file ends in the middle of a sample, which
// is then left out, and 0 otherwise.
func ReadSamples(dir string) (samples []Sample, dropped int, err error) {
	dropped, err = ScanSamples(dir, func(s *Sample) error {
		samples = append(samples, s.clone())
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return samples, dropped, nil
}

// ScanSamples is ReadSamples for files of any size: it calls f with each sample
// and holds no more than that one, which f may keep nothing of but its strings.
// It ends at the first error of f.
func ScanSamples(dir string, f func(s *Sample) error) (dropped int, err error) {
	path := filepath.Join(dir, SamplesFile)
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	r := newSampleReader(path, file, f)
	if err := r.read(); err != nil {
		return 0, err
	}
	// A file may also hold its header and no sample yet.
	if r.end < r.lines.size && (r.samples > 0 || r.begun) {
		dropped = 1
	}
	return dropped, nil
}

// parseSamples parses data and returns how many of its bytes hold whole
// samples. Bytes beyond that are what an interrupted write left.
func parseSamples(path string, data []byte) (samples []Sample, end int, err error) {
	r := newSampleReader(path, bytes.NewReader(data), func(s *Sample) error {
		samples = append(samples, s.clone())
		return nil
	})
	if err := r.read(); err != nil {
		return nil, 0, err
	}
	return samples, int(r.end), nil
}

// ReadEvents reads events.jsonl of the run folder dir, in file order. An
// incomplete last line is passed over. A folder without the file has no
// events.
func ReadEvents(dir string) (events []Event, err error) {
	err = ScanEvents(dir, func(e *Event) error {
		events = append(events, *e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return events, nil
}

// ScanEvents is ReadEvents for files of any size: it calls f with each event,
// and ends at the first error of f.
func ScanEvents(dir string, f func(e *Event) error) error {
	path := filepath.Join(dir, EventsFile)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = scanEvents(path, file, f)
	return err
}

// scanEvents returns where the last whole line ends.
func scanEvents(path string, r io.Reader, f func(e *Event) error) (end int64, err error) {
	in := bufio.NewReader(r)
	parser := eventParser{strings: make(map[string]string)}
	var line []byte // its space is used again
	for n := 1; ; n++ {
		if line, err = readLine(in, line[:0]); err == io.EOF {
			return end, nil
		} else if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		var e Event
		if err := parser.parse(line, &e); err != nil {
			return 0, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if err := f(&e); err != nil {
			return 0, err
		}
		end += int64(len(line))
	}
}

// readLine appends the next line to buf. A line without its newline is io.EOF.
func readLine(in *bufio.Reader, buf []byte) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		buf = append(buf, part...)
		if err != bufio.ErrBufferFull {
			return buf, err
		}
	}
}
