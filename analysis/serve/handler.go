package serve

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"patchbench/analysis"
	"patchbench/analysis/report"
)

//go:embed pages.html.tmpl
var pagesText string

//go:embed serve.css
var style string

//go:embed filter.js
var filterScript string

// A Handler answers a browser's requests.
type Handler struct {
	shelf    *shelf
	pages    *template.Template
	guarded  http.Handler
	turn     chan struct{} // held by who analyses: that takes what memory and cores there are
	profiles recent
}

// New returns a handler for the runs at places, each a run folder or a folder
// with run folders below it.
func New(places []string) (*Handler, error) {
	s, err := newShelf(places)
	if err != nil {
		return nil, err
	}
	pages, err := template.New("pages").Funcs(template.FuncMap{
		"badge":   report.Badge,
		"verdict": report.Verdict,
	}).Parse(pagesText)
	if err != nil {
		return nil, err
	}
	h := &Handler{shelf: s, pages: pages, turn: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request) error{
		"/{$}":                           h.index,
		"/compare":                       h.compare,
		"/run/{folder}/{name}/{file...}": h.run,
		"/pprof/{folder}/{name}/{number}/{view}/{page...}": h.pprof,
		"/style.css":   asset("text/css", report.Style()+style),
		"/filter.js":   asset("text/javascript", filterScript),
		"/favicon.ico": noIcon,
		"/":            nothingHere,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := answer(w, r); err != nil {
				h.fail(w, err)
			}
		})
	}
	h.guarded = h.guard(mux)
	return h, nil
}

// Runs counts the runs there are.
func (h *Handler) Runs(ctx context.Context) (int, error) {
	runs, err := h.shelf.runs(ctx)
	return len(runs), err
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.guarded.ServeHTTP(w, r) }

// analyze judges a run that has no verdict of its own, when its turn comes.
func (h *Handler) analyze(ctx context.Context, r *run) (*analysis.Analysis, error) {
	if err := r.sound(); err != nil {
		return nil, err
	}
	done, err := h.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return analysis.Analyze(r.dir, analysis.Question{})
}

// wait waits for the turn to do what takes long. The caller calls done
// afterwards.
func (h *Handler) wait(ctx context.Context) (done func(), err error) {
	select {
	case h.turn <- struct{}{}:
		return func() { <-h.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// asset answers with a file of this package.
func asset(kind, text string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		http.ServeContent(w, r, "", noTime, strings.NewReader(text))
		return nil
	}
}

// noIcon keeps browsers that ask for one from an error in their console.
func noIcon(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func nothingHere(_ http.ResponseWriter, r *http.Request) error {
	return missing("there is no page %s here", r.URL.Path)
}

// A problem is an error with the status it is answered with.
type problem struct {
	status int
	text   string
}

func (p *problem) Error() string { return p.text }

func missing(format string, args ...any) error {
	return &problem{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

func refused(format string, args ...any) error {
	return &problem{http.StatusForbidden, fmt.Sprintf(format, args...)}
}

// fail answers with a short page that says what is wrong.
func (h *Handler) fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if p := new(problem); errors.As(err, &p) {
		status = p.status
	}
	h.page(w, status, "error", struct{ Title, Text string }{http.StatusText(status), sentence(report.Clean(err.Error()))})
}

// sentence makes one of an error's text.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// page answers with one of the package's own pages.
func (h *Handler) page(w http.ResponseWriter, status int, name string, data any) error {
	var b strings.Builder
	if err := h.pages.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Content-Security-Policy", ownPolicy)
	w.WriteHeader(status)
	fmt.Fprint(w, b.String())
	return nil
}
