package results

import (
	"bufio"
	"bytes"
	"io"
)

// wholeLines reads the whole lines of a file, one a Read, so that what reads
// from it stands at the line that was read last. What an interrupted write left
// at the end, a line without its newline, is held back.
type wholeLines struct {
	in   *bufio.Reader
	rest []byte // of what is to be handed on
	n    int    // its number, from 1
	end  int64  // where it ends in the file
	tail []byte // the line held back at the end, of one too long only the start
	size int64  // of the file, once it is read
	seen func(line []byte) (handOn []byte, err error)
}

// newWholeLines calls seen with each line, and hands on what that returns: the
// line, none, or others with it.
func newWholeLines(r io.Reader, seen func(line []byte) (handOn []byte, err error)) *wholeLines {
	return &wholeLines{in: bufio.NewReaderSize(r, bufio.MaxScanTokenSize), seen: seen}
}

// next goes to the next whole line, which a bufio.Scanner would find too long
// if it comes without its newline. It ends with io.EOF.
func (w *wholeLines) next() error {
	line, err := w.in.ReadSlice('\n')
	length := int64(len(line))
	if err == bufio.ErrBufferFull {
		line = bytes.Clone(line) // as long as its buffer: too long for a Scanner
		for err == bufio.ErrBufferFull {
			var more []byte
			more, err = w.in.ReadSlice('\n')
			length += int64(len(more))
		}
	}
	if err == io.EOF {
		w.tail, w.size = line, w.end+length
	}
	if err != nil {
		return err
	}
	w.n, w.end = w.n+1, w.end+length
	w.rest, err = w.seen(line)
	return err
}

func (w *wholeLines) Read(p []byte) (int, error) {
	for len(w.rest) == 0 {
		if err := w.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}
