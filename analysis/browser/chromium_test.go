package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// What a browser, and each of its pages, is given.
const (
	browserTime = 10 * time.Minute
	pageTime    = time.Minute
)

// startBrowser starts a browser without a window that ends with the test, and
// returns the context its pages are opened in.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const lack = "there is no browser: install Debian's chromium"
		if os.Getenv("CI") != "" {
			t.Fatal(lack)
		}
		t.Skip(lack)
	}
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	t.Cleanup(cancel)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // which root can't have, and CI is root
		chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel) // waits for its processes and removes its folder
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// A look is a way to look at a page.
type look struct {
	width     int64 // pixels; 0 is wide
	dark      bool
	paper     bool
	noScripts bool
	missing   bool // the server answers that there is no such page
}

const (
	wide   = 1440
	narrow = 360
)

// String names the look.
func (l look) String() string {
	name := fmt.Sprint(l.width)
	for _, part := range []struct {
		is   bool
		name string
	}{{l.dark, "dark"}, {l.paper, "paper"}, {l.noScripts, "no-scripts"}} {
		if part.is {
			name += "-" + part.name
		}
	}
	return name
}

// looks are the ways every page is looked at.
func looks() []look {
	return []look{
		{width: wide}, {width: narrow},
		{width: wide, dark: true},
		{width: 1000, paper: true},
		{width: wide, noScripts: true},
	}
}

// A page is a page in a browser, and what that said of it.
type page struct {
	t   *testing.T
	url string
	look
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// openPage opens url in a tab of its own, until the test ends.
func openPage(t *testing.T, browser context.Context, url string, l look) *page {
	t.Helper()
	if l.width == 0 {
		l.width = wide
	}
	p := &page{t: t, url: url, look: l}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(p.hear))
	t.Cleanup(cancel)
	p.ctx, cancel = context.WithTimeout(ctx, pageTime)
	t.Cleanup(cancel)

	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if l.dark {
		media.Features[0].Value = "dark"
	}
	if l.paper {
		media.Media = "print"
	}
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(l.width, 1200)))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media)
	must(t, err)
	_, err = chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noScripts})
	must(t, err)
	must(t, chromedp.Do(p.ctx, chromedp.Navigate(url)))
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hear notes what the browser tells of the page.
func (p *page) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		p.complaints = append(p.complaints, text)
	case *runtime.EventConsoleAPICalled:
		// pprof's script warns of the parts that FlamePage leaves out.
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			text := fmt.Sprintf("console.%s:", e.Type)
			for _, arg := range e.Args {
				text += fmt.Sprintf(" %s%s", arg.Value, arg.Description)
			}
			p.complaints = append(p.complaints, text)
		}
	case *log.EventEntryAdded:
		if p.missing && e.Entry.Source == log.EntrySourceNetwork && e.Entry.URL == p.url {
			return
		}
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.complaints = append(p.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

// ask evaluates an expression in the page.
func ask[T any](p *page, expression string) T {
	p.t.Helper()
	answer, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s at %s: %v", p.url, p.look, err)
	}
	return answer
}

// quiet fails the test if the browser complained of the page, or the page
// asked anybody for anything but where it came from.
func (p *page) quiet() {
	p.t.Helper()
	for _, noise := range p.noises() {
		p.t.Errorf("%s at %s: %s", p.url, p.look, noise)
	}
}

// noises lists what the browser complained of, and who else was asked.
func (p *page) noises() []string {
	p.t.Helper()
	ask[bool](p, "true") // what came before is told by now
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for _, c := range p.complaints {
		list = append(list, "the browser says: "+c)
	}
	for _, r := range p.requests {
		if r != p.url && !strings.HasPrefix(r, "data:") && !ownServer(p.url, r) {
			list = append(list, "it asks for "+r)
		}
	}
	return list
}

// asked lists the addresses that the page asked for.
func (p *page) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// ownServer reports whether both are of one server. A file has none.
func ownServer(a, b string) bool {
	server := func(url string) string {
		scheme, rest, _ := strings.Cut(url, "://")
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host
	}
	return strings.HasPrefix(a, "http://") && server(a) == server(b)
}

// fits fails the test if the page is wider than the window, with all that can
// be opened open.
func (p *page) fits() {
	p.t.Helper()
	if wide := p.tooWide(); wide != "" {
		p.t.Errorf("%s at %s is %s", p.url, p.look, wide)
	}
}

// tooWide says by how much the page is, and what of it; nothing if it is not.
func (p *page) tooWide() string {
	p.t.Helper()
	p.unfold()
	over := ask[int](p, "document.documentElement.scrollWidth - window.innerWidth")
	if over <= 0 {
		return ""
	}
	return fmt.Sprintf("%d px too wide: %q", over, ask[[]string](p, `[...document.querySelectorAll('body *')]
		.filter((e) => e.getBoundingClientRect().right > window.innerWidth && !e.closest('.scroll') && !e.closest('svg svg'))
		.slice(0, 5).map((e) => e.cloneNode(false).outerHTML)`))
}

// unfold opens what can be opened.
func (p *page) unfold() {
	ask[int](p, "[...document.querySelectorAll('details')].map((d) => d.open = true).length")
}

// keep takes a picture of the window, under go test -artifacts.
func (p *page) keep(name string) {
	p.t.Helper()
	if f := flag.Lookup("test.artifacts"); f == nil || f.Value.String() != "true" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	must(p.t, err)
	path := filepath.Join(p.t.ArtifactDir(), fmt.Sprintf("%s-%s.png", name, p.look))
	must(p.t, os.WriteFile(path, picture, 0o644))
	p.t.Logf("%s at %s: %s", p.url, p.look, path)
}
