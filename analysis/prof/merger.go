package prof

import "github.com/google/pprof/profile"

// fanIn is how many profiles are merged at a time.
const fanIn = 16

// A merger merges profiles as they come. They are merged by the tree, fanIn of
// one level into one of the next: each sample is looked at as often as the tree
// has levels, and fewer than fanIn profiles of each are held. Merging 1000 at
// once takes no more time, but holds all of them.
type merger struct {
	levels [][]*profile.Profile // below each level's number fewer than fanIn
}

// add takes in one more profile. It fails where profiles measure different
// things, which parse lets none do.
func (m *merger) add(p *profile.Profile) error {
	for level := 0; ; level++ {
		if level == len(m.levels) {
			m.levels = append(m.levels, nil)
		}
		m.levels[level] = append(m.levels[level], p)
		if len(m.levels[level]) < fanIn {
			return nil
		}
		var err error
		if p, err = profile.Merge(m.levels[level]); err != nil {
			return err
		}
		m.levels[level] = nil
	}
}

// merge returns all of them in one. Earlier ones, whose headers count, are
// further up the tree.
func (m *merger) merge() (*profile.Profile, error) {
	var all []*profile.Profile
	for level := len(m.levels) - 1; level >= 0; level-- {
		all = append(all, m.levels[level]...)
	}
	return profile.Merge(all)
}
