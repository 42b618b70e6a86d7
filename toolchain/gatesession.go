package toolchain

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A gateSession runs the checks of one tree. It holds the lock of the folder
// in the cache that keeps them.
type gateSession struct {
	*Gate
	side    string
	tree    *Tree
	dir     string // checks.json, and the logs of what failed
	lock    *os.File
	scratch string
	drop    func() // removes scratch

	kept     []GateCheck // of this session and earlier ones
	binaries map[string]gateBinary
}

// A gateBinary is a compiled test binary, or why there is none.
type gateBinary struct {
	path   string
	broken *childError
}

func (s *gateSession) close() {
	unlockFile(s.lock)
	s.drop()
}

// load reads what earlier sessions kept. A file that can't be parsed is as
// good as none.
func (s *gateSession) load() error {
	data, err := os.ReadFile(filepath.Join(s.dir, "checks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if json.Unmarshal(data, &s.kept) != nil {
		s.kept = nil
	}
	return nil
}

// keep stores how c went, in place of an earlier run of it.
func (s *gateSession) keep(c GateCheck) error {
	if i := slices.IndexFunc(s.kept, func(k GateCheck) bool { return k.ID() == c.ID() }); i >= 0 {
		s.kept[i] = c
	} else {
		s.kept = append(s.kept, c)
	}
	data, err := json.MarshalIndent(s.kept, "", "\t")
	if err != nil {
		return err
	}
	return writeByRename(filepath.Join(s.dir, "checks.json"), append(data, '\n'))
}

// all gives the outcome of the tree's checks, running those that are not kept.
// known, where there is one, tells whether a failure is no news; the side is
// given up after too many that are.
func (s *gateSession) all(ctx context.Context, full bool, known func(*GateCheck) (bool, error)) (GateSide, error) {
	side := GateSide{Digest: s.tree.Digest}
	plan := s.plan(full)
	news := 0
	for i, c := range plan {
		switch {
		case c.Outcome == LeftOut:
		case news >= gateGiveUp:
			side.GivenUp = true
			c.Outcome, c.Reason = LeftOut, fmt.Sprintf("%d checks failed before it", news)
		default:
			if j := slices.IndexFunc(s.kept, func(k GateCheck) bool { return k.ID() == c.ID() }); j >= 0 {
				c = s.kept[j]
				break
			}
			if s.Progress != nil {
				s.Progress(GateProgress{Side: s.side, Done: i, Total: len(plan), Check: c.ID()})
			}
			var err error
			if c, err = s.run(ctx, c); err != nil {
				return side, err
			}
		}
		side.Checks = append(side.Checks, c)
		if !c.Bad() {
			continue
		}
		if known != nil {
			old, err := known(&c)
			if err != nil {
				return side, err
			}
			if old {
				continue
			}
		}
		news++
	}
	return side, nil
}

// run runs one check and keeps its outcome.
func (s *gateSession) run(ctx context.Context, c GateCheck) (GateCheck, error) {
	if err := s.alone(ctx); err != nil {
		return c, err
	}
	bin, err := s.binary(ctx, c.Name)
	if err != nil {
		return c, err
	}
	var end gateEnd
	if bin.broken != nil {
		end = gateEnd{output: bin.broken.output, err: fmt.Errorf("does not compile: %s", cmp.Or(firstCompileError(bin.broken.output, s.tree.GOROOT), oneLine(bin.broken.Error())))}
		c.judge(end)
	} else if end, err = s.execute(ctx, bin.path, &c); err != nil {
		return c, fmt.Errorf("running %s on %s: %w", c.ID(), s.side, err)
	}
	if c.Log, err = s.log(&c, end); err != nil {
		return c, err
	}
	if c.Bad() {
		s.Log("%s %s in %s: %s; see %s", s.side, c.Outcome, c.ID(), c.Reason, c.Log)
	}
	return c, s.keep(c)
}

// execute runs a binary for c and judges it.
func (s *gateSession) execute(ctx context.Context, binary string, c *GateCheck) (gateEnd, error) {
	p := gateProcess{
		path: binary, dir: s.scratch, timeout: programTimeout, memory: gateMemory,
		env: append(s.tree.Environ(s.scratch), append(c.Env, fmt.Sprintf("GOMAXPROCS=%d", c.Procs))...),
	}
	if program := programNamed(c.Name); program != nil {
		p.args = []string{"-test.run=^$", "-test.bench=.", fmt.Sprintf("-test.benchtime=%dx", program.iterations)}
		// The dump of a hung program shows the mark workers too.
		p.env = append(p.env, "GOTRACEBACK=system")
		end, err := p.run(ctx)
		if err == nil {
			c.judge(end, benchmarkLine(program.iterations))
		}
		return end, err
	}
	// The runtime's tests read files beside them, and build programs with
	// the tree's go command.
	p.dir = filepath.Join(s.tree.GOROOT, "src", "runtime")
	p.timeout = runtimeTimeout(c.Name)
	if c.Name == "runtime-all" {
		p.memory = allMemory
	}
	list, err := gateProcess{path: binary, args: []string{"-test.list=^Test"}, dir: p.dir, env: s.tree.Environ(s.scratch), timeout: programTimeout, memory: gateMemory}.run(ctx)
	if err != nil {
		return list, err
	}
	if list.err != nil || list.hung {
		c.judge(list)
		return list, nil
	}
	tests := chooseTests(c, strings.Fields(list.output))
	p.args = []string{"-test.short", "-test.v", "-test.run=^(" + strings.Join(tests, "|") + ")$"}
	end, err := p.run(ctx)
	if err == nil {
		c.judge(end, testPassed)
	}
	return end, err
}

// log keeps what a failed check printed and returns the file's path. The log
// of a run that went well is not kept, and takes an old one away.
func (s *gateSession) log(c *GateCheck, end gateEnd) (string, error) {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" =,", r) {
			return '_'
		}
		return r
	}, c.ID()) + ".log"
	path := filepath.Join(s.dir, name)
	if !c.Bad() {
		err := os.Remove(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return "", err
	}
	head := fmt.Sprintf("%s with the %s tree %s, %s: %s: %s\n\n", c.ID(), s.side, s.tree.Digest, s.Now().UTC().Format(time.RFC3339), c.Outcome, c.Reason)
	return path, writeByRename(path, append([]byte(head), end.output...))
}

// binary compiles the test binary that a check runs, once a session.
func (s *gateSession) binary(ctx context.Context, name string) (gateBinary, error) {
	dir, arg := s.scratch, "runtime"
	if programNamed(name) != nil {
		dir, arg = s.Programs, "./"+name
	}
	if b, ok := s.binaries[arg]; ok {
		return b, nil
	}
	s.Log("compiling %s with %s", strings.TrimPrefix(arg, "./"), s.side)
	path := filepath.Join(s.scratch, filepath.Base(arg)+".test")
	_, _, err := child{
		path: filepath.Join(s.tree.GOROOT, "bin", "go"),
		args: []string{"test", "-c", "-vet=off", "-o", path, arg},
		dir:  dir,
		env:  s.tree.Environ(s.scratch),
	}.run(ctx)
	b := gateBinary{path: path}
	if broken, ok := errors.AsType[*childError](err); ok {
		b.broken = broken
	} else if err != nil {
		return b, fmt.Errorf("compiling %s with %s: %w", arg, s.side, err)
	}
	if s.binaries == nil {
		s.binaries = make(map[string]gateBinary)
	}
	s.binaries[arg] = b
	return b, nil
}
