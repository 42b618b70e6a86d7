package browser

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFaulty opens a page with a fault of each kind, all of which must be found:
// so that a page without complaints is known to be one.
func TestFaulty(t *testing.T) {
	browser := startBrowser(t)
	path, err := filepath.Abs("testdata/faulty.html")
	must(t, err)
	p := openPage(t, browser, (&url.URL{Scheme: "file", Path: path}).String(), look{width: narrow})
	barriers := p.barriers()
	for _, want := range []string{
		"has no language", "has no title", "has 0 main parts", "has 2 first headings", "skips a level", "a heading is empty", "a picture without a text",
		"a drawing without a text", "a field without a label", "nothing says what this does", "a table without headings", "without a scope", "the keyboard jumps",
		"a region without a name", "a link to nowhere", "aria-labelledby names nothing", "an id for the second time", "not reached by keyboard", "a contrast of only 1.6",
	} {
		if !slices.ContainsFunc(barriers, func(b string) bool { return strings.Contains(b, want) }) {
			t.Errorf("it is not found that %s", want)
		}
	}
	if wide := p.tooWide(); !strings.Contains(wide, "140 px too wide") || !strings.Contains(wide, `id=\"wide\"`) {
		t.Errorf("it is not found how wide the page is, but %q", wide)
	}
	noises := p.noises()
	for _, want := range []string{"console.error: \"from the page\"", "thrown by the page", "it asks for http://127.0.0.1:9/nobody.png", "it asks for file:///nowhere.css"} {
		if !slices.ContainsFunc(noises, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("it is not heard that %s: %q", want, noises)
		}
	}

	silent := openPage(t, browser, p.url, look{noScripts: true})
	for _, n := range silent.noises() {
		if strings.Contains(n, "the page") && !strings.Contains(n, "asks") {
			t.Errorf("a script ran: %s", n)
		}
	}
}
