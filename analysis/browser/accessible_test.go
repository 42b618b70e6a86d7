package browser

import _ "embed"

//go:embed accessible.js
var accessibleScript string

// accessible fails the test if something keeps people from reading the page.
func (p *page) accessible() {
	p.t.Helper()
	for _, b := range p.barriers() {
		p.t.Errorf("%s at %s: %s", p.url, p.look, b)
	}
}

// barriers lists what keeps people from reading the page, with all that can be
// opened open.
func (p *page) barriers() []string {
	p.t.Helper()
	p.unfold()
	return ask[[]string](p, accessibleScript)
}
