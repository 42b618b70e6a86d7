package prof

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A graph is what the page's script is given to draw, as far as needed here.
type graph struct {
	Total  int64
	Stacks []struct {
		Value   int64
		Sources []int
	}
	Sources []struct{ FullName, FileName string }
}

// readGraph finds the graph in a page.
func readGraph(t *testing.T, page []byte) graph {
	t.Helper()
	m := regexp.MustCompile(`stackViewer\((\{.*\}), \[.*\]\);`).FindSubmatch(page)
	if m == nil {
		t.Fatal("the page gives its script no graph")
	}
	var g graph
	if err := json.Unmarshal(m[1], &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// readTop finds the flat values of functions, and the total, in a page.
func readTop(t *testing.T, page []byte) (total int64, flat map[string]int64) {
	t.Helper()
	m := regexp.MustCompile(`makeTopTable\(\s*(\d+)\s*,\s*(\[.*\])\);`).FindSubmatch(page)
	if m == nil {
		t.Fatal("the page gives its script no table")
	}
	var rows []struct {
		Name string
		Flat int64
	}
	if err := json.Unmarshal(m[2], &rows); err != nil {
		t.Fatal(err)
	}
	flat = make(map[string]int64)
	for _, r := range rows {
		flat[r.Name] = r.Flat
	}
	total, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return total, flat
}

// change sums what after gained and lost by the running function.
func (g graph) change() (gained, lost map[string]int64) {
	gained, lost = make(map[string]int64), make(map[string]int64)
	for _, st := range g.Stacks {
		name := g.Sources[st.Sources[len(st.Sources)-1]].FullName
		if st.Value > 0 {
			gained[name] += st.Value
		} else {
			lost[name] -= st.Value
		}
	}
	return gained, lost
}

// newPages makes the pages of files.
func newPages(t *testing.T, before, after []string, title string) *Pages {
	t.Helper()
	pages, err := NewPages(readSide(t, before), readSide(t, after), title)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// After ran twice as long; per total, a fell from 3/4 to 1/4 of the time.
func TestPagesNormalise(t *testing.T) {
	before := write(t, cpuProfile(stack{"a main", 75}, stack{"b main", 25}))
	after := write(t, cpuProfile(stack{"a main", 50}, stack{"b main", 150}))
	pages := newPages(t, []string{before}, []string{after}, "x")
	if total, top := readTop(t, pages.Top); total != 1e9 || top["a"] != -5e8 || top["b"] != 5e8 || top["main"] != 0 {
		t.Errorf("top has %v of %d ns, want half a second from a to b of one", top, total)
	}
	for _, want := range []string{"0% of 1000ms total", "    -500ms 50.00%", "     500ms 50.00%"} {
		if !strings.Contains(string(pages.Peek), want) {
			_, peek, _ := strings.Cut(string(pages.Peek), "<pre>")
			peek, _, _ = strings.Cut(peek, "</pre>")
			t.Errorf("peek lacks %q:\n%s", want, peek)
		}
	}
	g := readGraph(t, pages.Flame)
	gained, lost := g.change()
	const ms = 1e6
	if g.Total != 1000*ms {
		t.Errorf("total %d ns, want before's second", g.Total)
	}
	if lost["a"] != 750*ms || lost["b"] != 250*ms || gained["a"] != 250*ms || gained["b"] != 750*ms {
		t.Errorf("before %v, after %v", lost, gained)
	}
}

func TestPagesReal(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("PPROF_TMPDIR", "")
	const title = `<Tree-4> "after" & before`
	pages := newPages(t, realPair(t, "before"), realPair(t, "after"), title)
	views := map[string][]byte{"flame": pages.Flame, "top": pages.Top, "peek": pages.Peek}
	for name, page := range views {
		text := string(page)
		for _, want := range []string{
			"<title>&lt;Tree-4&gt; &#34;after&#34; &amp; before</title>",
			"<h1>&lt;Tree-4&gt; &#34;after&#34; &amp; before</h1>",
			"before: 244 samples of 2 processes; after: 523 samples of 2 processes",
			"runtime.findrunnable", "runtime.findRunnable", "burn.mk",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		// Data URLs may stay, and the SVG namespace inside one, which is a name.
		outside := regexp.MustCompile(`(?i)<[a-z]+\s[^>]*\b(href|src|action)\s*=\s*["']?([^d"']|d[^a"'])|(?-i:url\()["']?[^d"']|https?:`)
		bare := strings.ReplaceAll(text, "xmlns='http://www.w3.org/2000/svg'", "")
		if reference := outside.FindString(bare); reference != "" {
			t.Errorf("%s refers to something outside: %q", name, reference)
		}
		ids := map[string][]string{
			"flame": {"search", "errors", "action-menu", "action-title", "stack-chart", "current-details-left", "current-details-right"},
			"top":   {"search", "errors", "toptable", "rows", "flathdr1", "cumhdr1", "namehdr"},
			"peek":  {"search", "errors", "content"},
		}[name]
		for _, id := range ids {
			if n := strings.Count(text, `id="`+id+`"`); n != 1 {
				t.Errorf("%s has %d elements %q, the script wants 1", name, n, id)
			}
		}
	}

	names := make(map[string]bool)
	g := readGraph(t, pages.Flame)
	for _, s := range g.Sources {
		names[s.FullName] = true
		if s.FileName != "" {
			t.Errorf("%s is told apart by its file %s", s.FullName, s.FileName)
		}
	}
	// One function of each side alone, one of both.
	for _, want := range []string{"runtime.findrunnable", "runtime.findRunnable", "burn.mk"} {
		if !names[want] {
			t.Errorf("the graph lacks %s", want)
		}
	}
	// Equal totals: the root is neither red nor green. Scaling rounds each
	// stack to a nanosecond.
	var sum int64
	for _, st := range g.Stacks {
		sum += st.Value
	}
	if sum < -1000 || sum > 1000 {
		t.Errorf("after's total differs from before's by %d ns", sum)
	}

	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left in the home folder: %v, %v", left, err)
	}
}

// pprof's configuration is global: calls at once must not mix.
func TestPagesAtOnce(t *testing.T) {
	before, after := readSide(t, realPair(t, "before")), readSide(t, realPair(t, "after"))
	all := func(p *Pages) string { return string(p.Flame) + string(p.Top) + string(p.Peek) }
	want := make(map[string]string)
	for _, title := range []string{"one", "two"} {
		pages, err := NewPages(before, after, title)
		if err != nil {
			t.Fatal(err)
		}
		want[title] = all(pages)
	}
	var wg sync.WaitGroup
	for i := range 6 {
		title := []string{"one", "two"}[i%2]
		wg.Go(func() {
			pages, err := NewPages(before, after, title)
			if err != nil {
				t.Error(err)
			} else if all(pages) != want[title] {
				t.Errorf("the pages of %q come out different", title)
			}
		})
	}
	wg.Wait()
}

// A page that another version of pprof might make.
func TestStandAloneRefuses(t *testing.T) {
	const page = `<html><head><title>x</title>
</head><body>
<div class="header"><a href="./top">Top</a></div>
<div id="errors"></div>
<div id="action-menu"><span id="action-title"></span><hr><a href="?">Focus</a></div>
</body>
</html>
`
	if out, err := standAlone([]byte(page), legend{Title: "x", View: "/flamegraph"}, true); err != nil || strings.Contains(string(out), "<a ") {
		t.Fatalf("the page itself: %v\n%s", err, out)
	}
	tests := []struct{ name, old, new string }{
		{"no title", "<title>", "<TITLE>"},
		{"other header", `class="header"`, `class="top"`},
		{"no errors", `id="errors"`, `id="problems"`},
		{"other menu", "action-title", "menu-title"},
		{"no end", "</body>", ""},
		{"link elsewhere", `<div id="errors">`, `<div id="errors"><a class="x" href="./source">`},
		{"query link", `<div id="errors">`, `<div id="errors"><a href='?f=x'>`},
		{"outside script", `<div id="errors">`, `<div id="errors"><script src="https://example.org/x.js"></script>`},
		{"outside style", `<head>`, `<head><link rel=stylesheet href=/x.css>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := standAlone([]byte(strings.Replace(page, tt.old, tt.new, 1)), legend{Title: "x", View: "/flamegraph"}, true)
			if err == nil {
				t.Fatalf("accepted:\n%s", out)
			}
			if out != nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "go.mod") {
				t.Errorf("error %q: want one line that tells the way out, and no page", err)
			}
		})
	}
}
