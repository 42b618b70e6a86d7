package browser

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	pages "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// fabricated lists the reports of made-up runs, which package report compares
// its own with.
func fabricated(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../report/testdata/*.html")
	must(t, err)
	if len(paths) == 0 {
		t.Fatal("package report has no reports in its testdata")
	}
	urls := make(map[string]string)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".html")
		if testing.Short() && name != "regression" && name != "hostile" {
			continue
		}
		path, err := filepath.Abs(path)
		must(t, err)
		urls[name] = (&url.URL{Scheme: "file", Path: path}).String()
	}
	return urls
}

// TestReportFromFile opens reports as files, in every way people look at them.
func TestReportFromFile(t *testing.T) {
	browser := startBrowser(t)
	for name, url := range fabricated(t) {
		for _, l := range looks() {
			t.Run(name+"/"+l.String(), func(t *testing.T) {
				p := openPage(t, browser, url, l)
				if !l.paper { // tables are as wide as they are, on paper
					p.fits()
				}
				p.accessible()
				p.keep(name)
				if rows := ask[int](p, "[...document.querySelectorAll('section[aria-labelledby=benchmarks] tbody tr')].filter((r) => r.checkVisibility()).length"); rows == 0 {
					t.Errorf("%s at %s shows no benchmark in its table", name, l)
				}
				if l.paper && name == "regression" { // one of them will do: it takes a while
					pdf, err := chromedp.Call(p.ctx, pages.PrintToPDF, pages.PrintToPDFParams{})
					if err != nil || len(pdf.Data) == 0 {
						t.Errorf("%s can't be printed: %v", name, err)
					}
				}
				p.quiet()
			})
		}
	}
}
