package results

import (
	"strconv"
	"strings"
)

// Claimed is the relative improvement of b that p's claim promises at least, 0
// if it promises none of b. The claim's entry for its GOMAXPROCS goes before
// that of its plain name.
func (p *Protocol) Claimed(b *Benchmark) float64 {
	if x, ok := p.Improves[b.Name]; ok {
		return x
	}
	return p.Improves[b.PlainName()]
}

// PlainName is b's name as its suite has it, without the GOMAXPROCS.
func (b *Benchmark) PlainName() string {
	return strings.TrimSuffix(b.Name, "-"+strconv.Itoa(b.Procs))
}
