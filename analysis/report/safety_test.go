package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"patchbench/analysis"
)

var (
	external = regexp.MustCompile(`(?i)(src|srcset|data|action|poster|@import|url\()\s*[=(]|href="([a-z]+:|//)`)
	handler  = regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`)
)

// everyPage returns the HTML of every fabricated analysis.
func everyPage(t *testing.T) map[string]string {
	pages := map[string]string{}
	for name, a := range fabricated() {
		page := string(render(t, HTML, a))
		if strings.Count(page, script) != 1 {
			t.Errorf("%s has not the one script of its own", name)
		}
		pages[name] = strings.Replace(page, "<script>"+script+"</script>", "", 1)
	}
	return pages
}

func TestSelfContained(t *testing.T) {
	for name, page := range everyPage(t) {
		if strings.Contains(strings.ToLower(page), "<script") {
			t.Errorf("%s has a script", name)
		}
		if found := external.FindString(page); found != "" {
			t.Errorf("%s refers to something outside: %q", name, found)
		}
		if found := handler.FindString(page); found != "" {
			t.Errorf("%s has an event handler: %q", name, found)
		}
		if strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s holds text the template refused", name)
		}
	}
}

// TestWellFormed reads each page as XML, which every tag then must match in:
// the few elements of HTML that stay open are listed.
func TestWellFormed(t *testing.T) {
	for name, page := range everyPage(t) {
		checkWellFormed(t, name, page)
	}
}

func checkWellFormed(t *testing.T, name, page string) {
	t.Helper()
	_, body, _ := strings.Cut(page, "</style>")
	body = strings.TrimPrefix(strings.TrimSpace(body), "</head>")
	body = strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(body), "</html>"), "<br>", "<br/>")
	d := xml.NewDecoder(strings.NewReader(body))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, attr := range start.Attr {
			if attr.Name.Local == "id" && ids[attr.Value] {
				t.Errorf("%s has the id %s twice", name, attr.Value)
			} else if attr.Name.Local == "id" {
				ids[attr.Value] = true
			}
			if strings.Contains(attr.Value, "NaN") || strings.Contains(attr.Value, "Inf") {
				t.Errorf("%s: <%s %s=%q>", name, start.Name.Local, attr.Name.Local, attr.Value)
			}
		}
	}
}

// TestMarkdownInert checks that no tag but the report's own reaches Markdown.
func TestMarkdownInert(t *testing.T) {
	page := string(render(t, Markdown, hostile()))
	for _, own := range []string{"<details>", "</details>", "<summary>", "</summary>"} {
		page = strings.ReplaceAll(page, own, "")
	}
	if tag := regexp.MustCompile(`<[a-zA-Z/!?]`).FindString(page); tag != "" {
		t.Errorf("a tag begins with %q", tag)
	}
	if strings.Contains(page, "@all") {
		t.Error("a name mentions somebody")
	}
	for line := range strings.Lines(page) {
		if cells := strings.Count(line, "|") - strings.Count(line, `\|`); strings.HasPrefix(line, "| &lt;script") && cells != 11 && cells != 6 && cells != 5 {
			t.Errorf("a name splits a cell: %d pipes in %s", cells, line)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("CycleStorm-4")
	f.Add(hostileName)
	f.Add("\xff\xfe\ufffe]]>\x1b[31m")
	f.Fuzz(func(t *testing.T, name string) {
		a := empty()
		a.Verdict, a.Sentence = analysis.NoLoss, name
		add(a, random(), name, 4, 0, 0.01, wallTime)
		page := string(render(t, HTML, a))
		page = strings.Replace(page, "<script>"+script+"</script>", "", 1)
		checkWellFormed(t, "page", page)
		if strings.Contains(strings.ToLower(page), "<script") {
			t.Error("a name became a script")
		}
		render(t, Markdown, a)
	})
}

func TestStrangeNumbers(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1, 1e300, 1e-300} {
		a := single()
		b := &a.Benchmarks[0]
		c := &b.Comparisons[0]
		c.Before, c.After, c.Effect, c.TEffect, c.Spread = x, x, x, x, x
		setBounds(c, x, x)
		c.SecondsNeeded, c.MannWhitneyP = x, x
		for i := range c.Differences {
			c.Differences[i].D, c.Differences[i].Load, c.Differences[i].Steal, c.Differences[i].Busy = x, x, x, x
		}
		checkWellFormed(t, "page", string(render(t, HTML, a)))
		render(t, Markdown, a)
	}
}

func TestSizes(t *testing.T) {
	const megabyte = 1 << 20
	if n := len(render(t, HTML, many(32, 60))); n > 3*megabyte {
		t.Errorf("the page of 32 benchmarks with 60 pairs has %d bytes, want at most 3 MB", n)
	}
	for _, a := range []*analysis.Analysis{many(32, 60), many(500, 4)} {
		page := render(t, Markdown, a)
		if len(page) >= markdownLimit {
			t.Errorf("report.md of %d benchmarks has %d bytes, want less than %d", len(a.Benchmarks), len(page), markdownLimit)
		}
		if !bytes.Contains(page, []byte("## How to read this")) {
			t.Errorf("report.md of %d benchmarks lacks its end", len(a.Benchmarks))
		}
		if opened, closed := bytes.Count(page, []byte("<details>")), bytes.Count(page, []byte("</details>")); opened != closed {
			t.Errorf("report.md of %d benchmarks opens %d details and closes %d", len(a.Benchmarks), opened, closed)
		}
	}
	page := string(render(t, Markdown, many(500, 4)))
	if !strings.Contains(page, "The other ") || !strings.Contains(page, "are in report.html") {
		t.Error("report.md of 500 benchmarks does not say what it leaves out")
	}
	if page := string(render(t, HTML, many(500, 4))); strings.Count(page, `<section class="benchmark"`) != 500 {
		t.Error("report.html leaves out benchmarks")
	}
}

// failing is a writer whose disk is full.
type failing struct{}

var errFull = errors.New("no space left")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestErrors(t *testing.T) {
	for ending, write := range writers {
		if err := write(failing{}, single()); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "report."+ending) {
			t.Errorf("%s to a full disk: %v", ending, err)
		}
		if err := write(io.Discard, new(analysis.Analysis)); !errors.Is(err, errNoProtocol) {
			t.Errorf("%s without a protocol: %v", ending, err)
		}
	}
}
