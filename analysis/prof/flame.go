package prof

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"

	"github.com/google/pprof/profile"
)

// FlamePage reads the CPU profiles of both sides, one path per process, and
// returns a page of HTML that shows their differential flame graph, drawn by
// pprof's own code. A box is as wide as its function's CPU time before and
// after together; its red part is what after gained, its green part what it
// lost. After is scaled to before's total, so that equal work compares
// whatever time each side ran.
//
// The page needs no other file and no network. It needs scripts.
func FlamePage(before, after []string, title string) ([]byte, error) {
	var sides [2]*profile.Profile
	l := legend{Title: title}
	for i, paths := range [2][]string{before, after} {
		p, err := loadAll(paths)
		if err == nil {
			l.Sides[i] = side{sideName(i), len(paths), countFunctions(p).total}
			sides[i], err = reduce(p)
		}
		if err != nil {
			return nil, fmt.Errorf("flame graph of %s: %w", sideName(i), err)
		}
	}
	page, err := serveFlameGraph(sides[1], sides[0])
	if err == nil {
		page, err = standAlone(page, l)
	}
	if err != nil {
		return nil, fmt.Errorf("flame graph %q: %w", title, err)
	}
	return page, nil
}

// reduce drops from p all that the flame graph does not show, addresses
// foremost, and merges the samples that are alike then: the page holds one
// entry a sample. Paths of sources and binaries go too; the page is kept with
// the run and need not tell where it was made.
func reduce(p *profile.Profile) (*profile.Profile, error) {
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
	Sides [2]side
}

type side struct {
	Name      string
	Processes int
	Samples   int64
}

// head takes the place of pprof's header and its dialogs. The element search
// is what pprof's script expects; the classes are pprof's.
var head = template.Must(template.New("head").Parse(`<div class="header" style="flex: none; height: auto; flex-wrap: wrap">
  <div class="title"><h1>{{.Title}}</h1></div>
  <div><input id="search" type="text" placeholder="Search regexp" autocomplete="off" autocapitalize="none" size="40"></div>
</div>
<p style="flex: none; padding: 0.5em 1rem">
  <b style="background: #caa; padding: 0 0.3em">Red</b>: more CPU time after.
  <b style="background: #aca; padding: 0 0.3em">Green</b>: less.
  A box is as wide as both sides together; click it to see its callers and callees alone, the root to see all.
  {{range .Sides}}{{.Name}}: {{.Samples}} samples of {{.Processes}} {{if eq .Processes 1}}process{{else}}processes{{end}}; {{end}}after is scaled to the total of before, which is 100 %.
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
// that want pprof's server go. It fails if the page is not laid out as
// expected or still has such links, so that a new version of pprof is noticed.
func standAlone(page []byte, l legend) ([]byte, error) {
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
		{menuTitle, `</div>`, menuTitle},
		{`</body>`, `</html>`, noMenu + "</body>\n"},
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
