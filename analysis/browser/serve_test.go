package browser

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"patchbench/analysis"
	"patchbench/analysis/serve"
	"patchbench/results"
)

// A site is a server of two runs, and what it shows.
type site struct {
	url             string
	judged, unheard string // addresses of the runs; one has no verdict and no report
	profiled        int    // number of a benchmark with profiles
	benchmark       string // its name
}

// serveRuns serves a copy of a run that is kept in results, and the same run
// as it was before it was judged.
func serveRuns(t *testing.T) *site {
	t.Helper()
	kept, err := filepath.Glob("../../results/*/*/" + analysis.VerdictFile)
	must(t, err)
	if len(kept) == 0 {
		t.Skip("results holds no run with a verdict")
	}
	from, root := filepath.Dir(kept[0]), t.TempDir()
	for _, name := range []string{"judged", "unheard"} {
		must(t, os.CopyFS(filepath.Join(root, "runs", name), os.DirFS(from)))
	}
	for _, name := range []string{analysis.VerdictFile, "report.html", "report.md", analysis.BenchstatFile} {
		must(t, os.RemoveAll(filepath.Join(root, "runs", "unheard", name)))
	}
	h, err := serve.New([]string{root})
	must(t, err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s := &site{url: server.URL, judged: "runs/judged", unheard: "runs/unheard", profiled: -1}
	p, _, err := results.ReadProtocol(from)
	must(t, err)
	for i := range p.Benchmarks {
		if b := p.Benchmarks[i].Name; len(analysis.Profiles(from, b, results.Before)) > 0 && len(analysis.Profiles(from, b, results.After)) > 0 {
			s.profiled, s.benchmark = i, b
			break
		}
	}
	if s.profiled < 0 {
		t.Fatalf("%s has no profiles", from)
	}
	return s
}

// TestServed opens the server's own pages, in every way people look at them.
func TestServed(t *testing.T) {
	browser, s := startBrowser(t), serveRuns(t)
	for name, path := range map[string]string{
		"runs":    "/",
		"search":  "/?q=no+such+run",
		"run":     "/run/" + s.judged + "/",
		"unheard": "/run/" + s.unheard + "/",
		"compare": "/compare?a=" + url.QueryEscape(s.judged) + "&b=" + url.QueryEscape(s.unheard),
		"missing": "/run/" + s.judged + "/nothing.html",
		"report":  "/run/" + s.judged + "/report.html",
	} {
		for _, l := range looks() {
			if testing.Short() && (l.dark || l.paper) {
				continue
			}
			l.missing = name == "missing"
			t.Run(name+"/"+l.String(), func(t *testing.T) {
				p := openPage(t, browser, s.url+path, l)
				if !l.paper {
					p.fits()
				}
				p.accessible()
				p.keep(name)
				p.quiet()
			})
		}
	}
}

// TestMade opens what is made when it is asked for, and pprof's pages, which
// are as pprof lays them out.
func TestMade(t *testing.T) {
	browser, s := startBrowser(t), serveRuns(t)
	profiles := fmt.Sprintf("/pprof/%s/%d/", s.judged, s.profiled)
	for name, path := range map[string]string{
		"report":      "/run/" + s.unheard + "/report.html",
		"flame":       "/run/" + s.unheard + "/flame/" + url.PathEscape(s.benchmark) + ".html",
		"pprof-diff":  profiles + "diff/",
		"pprof-after": profiles + "after/flamegraph",
		"pprof-top":   profiles + "before/top",
		"pprof-peek":  profiles + "before/peek?f=gc",
	} {
		t.Run(name, func(t *testing.T) {
			p := openPage(t, browser, s.url+path, look{})
			if text := ask[string](p, "document.body.innerText"); len(text) < 100 {
				t.Errorf("%s says only %q", path, text)
			}
			if name != "report" && name != "pprof-peek" && ask[int](p, "document.querySelectorAll('#stack-chart .boxtext, #rows tr').length") < 2 {
				t.Errorf("%s draws nothing", path)
			}
			p.keep(name)
			p.quiet()
		})
	}
}

// TestSearch types into the list of runs, with scripts and without.
func TestSearch(t *testing.T) {
	browser, s := startBrowser(t), serveRuns(t)
	const shown = "[...document.querySelectorAll('tr[data-text]')].filter((r) => r.checkVisibility()).length"
	const clear = "document.getElementById('q').value = '', document.getElementById('q').dispatchEvent(new Event('input'))"
	p := openPage(t, browser, s.url+"/", look{})
	if n := ask[int](p, shown); n != 2 {
		t.Errorf("%d runs are shown, want 2", n)
	}
	for text, want := range map[string]int{"not JUDGED": 1, "zebra": 0, s.benchmark: 2, "": 2} {
		ask[bool](p, clear)
		if text != "" {
			must(t, chromedp.Do(p.ctx, chromedp.SendKeys(chromedp.ID("q"), text)))
		}
		if n := ask[int](p, shown); n != want {
			t.Errorf("%q shows %d runs, want %d", text, n, want)
		}
		if n := ask[string](p, "document.getElementById('shown').textContent"); n != fmt.Sprint(want) {
			t.Errorf("%q says that %s runs are shown, want %d", text, n, want)
		}
	}
	for _, r := range p.asked() {
		if strings.Contains(r, "?") {
			t.Errorf("typing asks for %s", r)
		}
	}
	p.quiet()

	// A page that was found by a query shows the rest again.
	p = openPage(t, browser, s.url+"/?q=judged+yet", look{})
	if n := ask[int](p, shown); n != 1 {
		t.Errorf("%d runs are shown by the query, want 1", n)
	}
	ask[bool](p, clear)
	if n := ask[int](p, shown); n != 2 {
		t.Errorf("%d runs are shown without the query, want 2", n)
	}

	// Without scripts the form asks the server.
	p = openPage(t, browser, s.url+"/", look{noScripts: true})
	must(t, chromedp.Do(p.ctx, chromedp.SendKeys(chromedp.ID("q"), "judged yet")))
	_, err := chromedp.RunResponse(p.ctx, chromedp.SendKeys(chromedp.ID("q"), kb.Enter))
	must(t, err)
	if n := ask[int](p, shown); n != 1 {
		t.Errorf("%d runs are shown without scripts, want 1", n)
	}
}

// TestSandbox has a page planted in a run folder that reads what the server
// shows of others.
func TestSandbox(t *testing.T) {
	browser := startBrowser(t)
	root := t.TempDir()
	dir := filepath.Join(root, "demo", "planted")
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, results.ProtocolFile), []byte(`{"experiment": "demo"}`), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "report.html"), []byte(`<!doctype html><title>planted</title><p id="p">nothing yet</p><script>
const p = document.getElementById('p');
fetch('/').then((r) => r.text()).then((t) => p.textContent = 'it read ' + t.length, (e) => p.textContent = 'refused');
</script>`), 0o644))
	h, err := serve.New([]string{root})
	must(t, err)
	server := httptest.NewServer(h)
	defer server.Close()
	p := openPage(t, browser, server.URL+"/run/demo/planted/report.html", look{})
	const settled = `new Promise((done) => { const look = () => p.textContent === 'nothing yet' ? setTimeout(look, 20) : done(p.textContent); look(); })`
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](settled, chromedp.EvalAwaitPromise))
	must(t, err)
	if text != "refused" {
		t.Errorf("the page planted in a run folder reads others: %s", text)
	}
}
