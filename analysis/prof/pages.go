package prof

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"

	"github.com/google/pprof/profile"
)

// Pages are the two sides compared by pprof's own code, as pages of HTML that
// can be kept as files: they need no other one and no network. They need
// scripts.
//
// After is scaled to before's total, so that equal work compares whatever time
// each side ran.
type Pages struct {
	// Flame is the differential flame graph. A box is as wide as its
	// function's CPU time, or what it allocated, before and after together; its
	// red part is what after gained, its green part what it lost.
	Flame []byte
	Top   []byte // the functions by what they gained, flat and cumulative
	Peek  []byte // each function with its callers and callees
}

// NewPages makes them.
func NewPages(before, after *Side, title string) (*Pages, error) {
	var reduced [2]*profile.Profile
	l := legend{Title: title, Of: "CPU time"}
	if before.counts.kind == Allocations {
		l.Of = "memory allocated"
	}
	for i, s := range []*Side{before, after} {
		l.Sides[i] = sideCount{sideName(i), s.Processes(), s.counts.kind.Amount(s.Samples())}
		var err error
		if reduced[i], err = reduce(s.merged); err != nil {
			return nil, fmt.Errorf("pages of %s: %w", sideName(i), err)
		}
	}
	p := new(Pages)
	views := []view{
		{path: "/flamegraph", menu: true, page: &p.Flame},
		{path: "/top", page: &p.Top},
		{path: "/peek", page: &p.Peek},
	}
	var paths []string
	for _, v := range views {
		paths = append(paths, v.path)
	}
	made, err := serve(reduced[1], reduced[0], paths)
	if err != nil {
		return nil, fmt.Errorf("pages of %q: %w", title, err)
	}
	for i, v := range views {
		l.View = v.path
		if *v.page, err = standAlone(made[i], l, v.menu); err != nil {
			return nil, fmt.Errorf("%s of %q: %w", v.path[1:], title, err)
		}
	}
	return p, nil
}

// A view is one of pprof's pages.
type view struct {
	path string
	menu bool // it has one that opens by a right click
	page *[]byte
}

// reduce makes a copy of p without what the pages do not show, addresses
// foremost, and merges the samples that are alike then: the flame graph holds
// one entry a sample. Paths of sources and binaries go too; the pages are kept
// with the run and need not tell where it was made.
func reduce(p *profile.Profile) (*profile.Profile, error) {
	p = p.Copy()
	for _, s := range p.Sample {
		s.Label, s.NumLabel, s.NumUnit = nil, nil, nil
	}
	for _, l := range p.Location {
		l.Mapping = nil
	}
	for _, f := range p.Function {
		f.SystemName, f.StartLine = f.Name, 0
	}
	p.Mapping, p.Comments, p.DocURL = nil, nil, ""
	if err := p.Aggregate(true, true, false, false, false, false); err != nil {
		return nil, err
	}
	return profile.Merge([]*profile.Profile{p})
}

// A legend is what the head of the page says.
type legend struct {
	Title string
	View  string
	Of    string // what is compared
	Sides [2]sideCount
}

type sideCount struct {
	Name      string
	Processes int
	Amount    string
}

// head takes the place of pprof's header and its dialogs. The element search
// is what pprof's script expects, on a page as well where there is nothing to
// search; the classes are pprof's.
var head = template.Must(template.New("head").Parse(`<div class="header" style="flex: none; height: auto; flex-wrap: wrap">
  <div class="title"><h1>{{.Title}}</h1></div>
  <div><input id="search" type="text" placeholder="Search regexp" aria-label="Search" autocomplete="off" autocapitalize="none" size="40"{{if eq .View "/peek"}} hidden{{end}}></div>
</div>
<p style="flex: none; padding: 0.5em 1rem">
  {{if eq .View "/flamegraph" -}}
  <b style="background: #caa; padding: 0 0.3em">Red</b>: more {{.Of}} after.
  <b style="background: #aca; padding: 0 0.3em">Green</b>: less.
  A box is as wide as both sides together; click it to see its callers and callees alone, the root to see all.
  {{- else if eq .View "/top" -}}
  The {{.Of}} after less that before: what is above 0 is more after. Flat is in the function itself, cum with what it calls. Click a column's head to sort by it.
  {{- else -}}
  The {{.Of}} after less that before: what is above 0 is more after. Each function stands in a part of its own, behind the bar and leftmost; above it its callers, below it what it calls. Find it by the browser's search.
  {{- end}}
  {{range .Sides}}{{.Name}}: {{.Amount}} of {{.Processes}} {{if eq .Processes 1}}process{{else}}processes{{end}}; {{end}}after is scaled to the total of before, which is 100 %.
</p>
`))

// titleTag is the page's title in the browser.
var titleTag = template.Must(template.New("title").Parse(`<title>{{.Title}}</title>`))

// An edit replaces the first text from the start of from up to, and without,
// the next to.
type edit struct {
	from, to, with string
}

// serverLink matches what leads to another page of pprof's server.
var serverLink = regexp.MustCompile(`(?i)<(a|form|iframe|img|link|script)\s[^>]*(href|src|action)=["']?(\.?/|\?|https?:)`)

// standAlone makes pprof's page fit to be opened as a file: menus and links
// that want pprof's server go, and with menu the one that a right click opens.
// It fails if the page is not laid out as expected or still has such links, so
// that a new version of pprof is noticed.
func standAlone(page []byte, l legend, menu bool) ([]byte, error) {
	var title, header bytes.Buffer
	if err := titleTag.Execute(&title, l); err != nil {
		return nil, err
	}
	if err := head.Execute(&header, l); err != nil {
		return nil, err
	}
	const icon = `<link rel="icon" href="data:,">` // or browsers ask a server for one
	// A right click opens a menu of such links. The script wants its title;
	// with the links gone the browser's own menu is of more use.
	const menuTitle = `<span id="action-title"></span>`
	const noMenu = `<script>addEventListener('contextmenu', e => e.stopPropagation(), true);</script>` + "\n"
	edits := []edit{
		{`<title>`, "\n", title.String() + icon},
		{`<div class="header">`, `<div id="errors">`, header.String()},
	}
	if menu {
		edits = append(edits,
			edit{menuTitle, `</div>`, menuTitle},
			edit{`</body>`, `</html>`, noMenu + "</body>\n"})
	}
	rest := page
	var out []byte
	for _, e := range edits {
		start := bytes.Index(rest, []byte(e.from))
		length := -1
		if start >= 0 {
			length = bytes.Index(rest[start:], []byte(e.to))
		}
		if length < 0 {
			return nil, fmt.Errorf("pprof's page has no %q with %q behind it; build with the version of pprof in go.mod", e.from, e.to)
		}
		out = append(append(out, rest[:start]...), e.with...)
		rest = rest[start+length:]
	}
	out = append(out, rest...)
	if link := serverLink.Find(out); link != nil {
		return nil, fmt.Errorf("pprof's page has a link that needs a server, %q; build with the version of pprof in go.mod", link)
	}
	return out, nil
}
