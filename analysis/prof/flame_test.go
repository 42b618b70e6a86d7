package prof

import (
	"encoding/json"
	"os"
	"regexp"
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

// After ran twice as long; per total, a fell from 3/4 to 1/4 of the time.
func TestFlamePageNormalises(t *testing.T) {
	before := write(t, cpuProfile(stack{"a main", 75}, stack{"b main", 25}))
	after := write(t, cpuProfile(stack{"a main", 50}, stack{"b main", 150}))
	page, err := FlamePage([]string{before}, []string{after}, "x")
	if err != nil {
		t.Fatal(err)
	}
	g := readGraph(t, page)
	gained, lost := g.change()
	const ms = 1e6
	if g.Total != 1000*ms {
		t.Errorf("total %d ns, want before's second", g.Total)
	}
	if lost["a"] != 750*ms || lost["b"] != 250*ms || gained["a"] != 250*ms || gained["b"] != 750*ms {
		t.Errorf("before %v, after %v", lost, gained)
	}
}

func TestFlamePageReal(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("PPROF_TMPDIR", "")
	const title = `<Tree-4> "after" & before`
	page, err := FlamePage(realPair(t, "before"), realPair(t, "after"), title)
	if err != nil {
		t.Fatal(err)
	}

	text := string(page)
	for _, want := range []string{
		"<title>&lt;Tree-4&gt; &#34;after&#34; &amp; before</title>",
		"<h1>&lt;Tree-4&gt; &#34;after&#34; &amp; before</h1>",
		"before: 244 samples of 2 processes; after: 523 samples of 2 processes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Data URLs may stay, and the SVG namespace inside one, which is a name.
	outside := regexp.MustCompile(`(?i)<[a-z]+\s[^>]*\b(href|src|action)\s*=\s*["']?([^d"']|d[^a"'])|(?-i:url\()["']?[^d"']|https?:`)
	bare := strings.ReplaceAll(text, "xmlns='http://www.w3.org/2000/svg'", "")
	if reference := outside.FindString(bare); reference != "" {
		t.Errorf("the page refers to something outside: %q", reference)
	}
	for _, id := range []string{"search", "errors", "action-menu", "action-title", "stack-chart", "current-details-left", "current-details-right"} {
		if n := strings.Count(text, `id="`+id+`"`); n != 1 {
			t.Errorf("the page has %d elements %q, the script wants 1", n, id)
		}
	}

	names := make(map[string]bool)
	g := readGraph(t, page)
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
func TestFlamePageAtOnce(t *testing.T) {
	before, after := realPair(t, "before"), realPair(t, "after")
	want := make(map[string]string)
	for _, title := range []string{"one", "two"} {
		page, err := FlamePage(before, after, title)
		if err != nil {
			t.Fatal(err)
		}
		want[title] = string(page)
	}
	var wg sync.WaitGroup
	for i := range 6 {
		title := []string{"one", "two"}[i%2]
		wg.Go(func() {
			page, err := FlamePage(before, after, title)
			if err != nil {
				t.Error(err)
			} else if string(page) != want[title] {
				t.Errorf("page %q comes out different", title)
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
	if out, err := standAlone([]byte(page), legend{Title: "x"}); err != nil || strings.Contains(string(out), "<a ") {
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
			out, err := standAlone([]byte(strings.Replace(page, tt.old, tt.new, 1)), legend{Title: "x"})
			if err == nil {
				t.Fatalf("accepted:\n%s", out)
			}
			if out != nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "go.mod") {
				t.Errorf("error %q: want one line that tells the way out, and no page", err)
			}
		})
	}
}
