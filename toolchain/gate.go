package toolchain

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/dirhash"
)

// GateRule says, for people, what makes the gate call a tree broken.
const GateRule = "one failure is enough: a check that failed is not run again on that side. " +
	"One that failed on after alone is run 3 times more on before, and is known on before if the same fails there; if not, after is broken."

const (
	gateReruns = 3 // of a check on before, when it failed on after alone
	gateGiveUp = 3 // failures, known ones aside, after which no more is run on a side
)

// A Gate is the correctness gate: it runs the runtime's own tests and our
// programs with both trees, under settings that make the collector check
// itself, before anything is measured.
type Gate struct {
	Cache    *Cache
	Programs string // the folder bench/programs
	Log      func(format string, args ...any)
	Progress func(GateProgress) // called before each check that is run; may be nil
	Now      func() time.Time

	// Alone waits until nothing else runs on this machine that the checks would
	// disturb, and keeps it so until done is called. It may be nil.
	Alone func(ctx context.Context) (done func(), err error)

	plan func(full bool) []GateCheck // gatePlan, but in tests
	done func()                      // what Alone returned
}

// GateProgress is where the gate stands.
type GateProgress struct {
	Side        string // before or after
	Done, Total int    // checks of the side
	Check       string
}

// A GateResult is what the gate found out about two trees.
type GateResult struct {
	Subset string    `json:"subset"` // default or full
	Date   time.Time `json:"date"`
	Before GateSide  `json:"before"`
	After  GateSide  `json:"after"`
	New    []string  `json:"new,omitempty"`    // checks that fail on after, and not in this way on before
	Known  []string  `json:"known,omitempty"`  // checks that fail on before
	Broken string    `json:"broken,omitempty"` // why nothing should be measured, in one line; empty if both trees are sound
}

// A GateSide is one tree with its checks.
type GateSide struct {
	Digest  string      `json:"digest"` // of the tree
	Checks  []GateCheck `json:"checks"`
	GivenUp bool        `json:"given_up,omitempty"` // after too many failures
}

// Counts returns how many of the side's checks passed, how many failed or
// hung, and how many were left out.
func (s *GateSide) Counts() (passed, failed, leftOut int) {
	for i := range s.Checks {
		switch c := &s.Checks[i]; {
		case c.Outcome == LeftOut:
			leftOut++
		case c.Bad():
			failed++
		default:
			passed++
		}
	}
	return passed, failed, leftOut
}

// Check runs the default checks, or all of them, on both trees. What a tree's
// checks gave is kept in the cache: they run once for a tree. Check fails if a
// check can't be run, or ctx ends; checks that are over by then are kept. A
// tree that fails its checks is no error of Check.
func (g *Gate) Check(ctx context.Context, before, after *Tree, full bool) (*GateResult, error) {
	session := *g
	g = &session
	if g.plan == nil {
		g.plan = gatePlan
	}
	defer func() {
		if g.done != nil {
			g.done()
		}
	}()
	r := &GateResult{Subset: "default", Date: g.Now().UTC()}
	if full {
		r.Subset = "full"
	}
	if err := g.check(ctx, r, before, after, full); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("checking the trees: %w", g.Cache.advise(err))
	}
	return r, nil
}

// alone has the machine to itself from the first check that runs on: what the
// cache knows need not wait for that.
func (g *Gate) alone(ctx context.Context) (err error) {
	if g.Alone != nil && g.done == nil {
		g.done, err = g.Alone(ctx)
	}
	return err
}

func (g *Gate) check(ctx context.Context, r *GateResult, before, after *Tree, full bool) error {
	programs, err := dirhash.HashDir(g.Programs, "programs", dirhash.Hash1)
	if err != nil {
		return err
	}
	first, err := g.open(ctx, "before", before, programs)
	if err != nil {
		return err
	}
	defer first.close()
	if r.Before, err = first.all(ctx, full, nil); err != nil {
		return err
	}
	second := first
	if after.Digest != before.Digest {
		if second, err = g.open(ctx, "after", after, programs); err != nil {
			return err
		}
		defer second.close()
	}
	r.After, err = second.all(ctx, full, func(c *GateCheck) (bool, error) {
		return first.knows(ctx, &r.Before, c)
	})
	if err != nil {
		return err
	}
	r.judge()
	return nil
}

// knows reports whether before fails c, a check that failed on after, in the
// same way. It runs the check again on before to find out.
func (s *gateSession) knows(ctx context.Context, side *GateSide, c *GateCheck) (bool, error) {
	i := slices.IndexFunc(side.Checks, func(b GateCheck) bool { return b.ID() == c.ID() })
	if i < 0 {
		return false, nil
	}
	b := &side.Checks[i]
	for b.Outcome == Passed && b.Runs <= gateReruns {
		again, err := s.run(ctx, *b)
		if err != nil {
			return false, err
		}
		*b = again
	}
	return b.covers(c), nil
}

// judge fills in what follows from the checks of both sides.
func (r *GateResult) judge() {
	r.New, r.Known, r.Broken = nil, nil, ""
	before := make(map[string]*GateCheck)
	for i := range r.Before.Checks {
		c := &r.Before.Checks[i]
		before[c.ID()] = c
		if c.Bad() {
			r.Known = append(r.Known, c.ID())
		}
	}
	for i := range r.After.Checks {
		c := &r.After.Checks[i]
		if !c.Bad() {
			continue
		}
		if b := before[c.ID()]; b != nil && b.covers(c) {
			continue
		}
		r.New = append(r.New, c.ID())
		if r.Broken == "" {
			r.Broken = fmt.Sprintf("after %s in %s: %s; see %s", c.Outcome, c.ID(), c.Reason, c.Log)
		}
	}
	if r.Before.GivenUp {
		_, failed, _ := r.Before.Counts()
		r.Broken = fmt.Sprintf("before fails %d checks and was given up, so nothing can be compared with it; see %s", failed, firstLog(&r.Before))
	}
}

// firstLog is the log of the first check of s that has one.
func firstLog(s *GateSide) string {
	for i := range s.Checks {
		if s.Checks[i].Log != "" {
			return s.Checks[i].Log
		}
	}
	return ""
}

// open prepares the checks of a tree, and waits while another process runs
// some.
func (g *Gate) open(ctx context.Context, side string, t *Tree, programs string) (*gateSession, error) {
	key := keyOf("gate "+gateRecipe, t.Digest, programs)
	dir, err := g.Cache.mkdir("checks", key)
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(ctx, g.Cache.path("checks", key+".lock"), func() {
		g.Log("waiting for another process that checks the %s tree", side)
	})
	if err != nil {
		return nil, err
	}
	scratch, drop, err := g.Cache.Scratch()
	if err != nil {
		unlockFile(lock)
		return nil, err
	}
	s := &gateSession{Gate: g, side: side, tree: t, dir: dir, lock: lock, scratch: scratch, drop: drop}
	if err := s.load(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}
