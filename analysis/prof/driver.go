package prof

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"
)

// driving is held while pprof's driver runs: it keeps its configuration in
// variables of its package, so one call at a time.
var driving sync.Mutex

// serve has pprof make some of its pages of p against base, by their paths.
func serve(p, base *profile.Profile, paths []string) ([][]byte, error) {
	handlers, messages, err := handle(p, base)
	if err != nil {
		return nil, err
	}
	var pages [][]byte
	for _, path := range paths {
		page, err := respond(handlers[path], path)
		if err != nil {
			return nil, fmt.Errorf("pprof: %w%s", err, messages.suffix())
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// respond is the page that h answers with.
func respond(h http.Handler, path string) ([]byte, error) {
	if h == nil {
		return nil, fmt.Errorf("it has no handler for %s", path)
	}
	var page response
	h.ServeHTTP(&page, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	switch {
	case page.status >= http.StatusBadRequest:
		return nil, errors.New(oneLine(page.body.String()))
	case page.body.Len() == 0:
		return nil, fmt.Errorf("it made no page for %s", path)
	}
	return page.body.Bytes(), nil
}

// handle returns what pprof's server would answer with, by path, for p, or for
// p against base. Of that server only the handlers are used: nothing listens,
// nothing is fetched, no binary is looked at, no file is written, no browser
// is opened. They go on working after another call, as every call leaves
// pprof the same configuration but for the normalization, which its handlers
// don't look at.
func handle(p, base *profile.Profile) (map[string]http.Handler, *ui, error) {
	driving.Lock()
	defer driving.Unlock()

	const source, baseSource = "after", "before"
	args := []string{
		"-http=localhost:0",
		"-no_browser",
		// Not the default, which tells functions apart by file too: the
		// sides come from trees in different places.
		"-functions",
		// What an earlier call set is the default of the next.
		fmt.Sprintf("-normalize=%t", base != nil),
	}
	if base != nil {
		args = append(args, "-diff_base="+baseSource)
	}
	messages := new(ui)
	var handlers map[string]http.Handler
	err := driver.PProf(&driver.Options{
		Flagset: newFlags(append(args, source)...),
		Fetch:   fetcher{source: p, baseSource: base},
		Sym:     noSymbols{},
		Obj:     noObjects{},
		UI:      messages,
		HTTPServer: func(args *driver.HTTPServerArgs) error {
			handlers = make(map[string]http.Handler)
			for path, h := range args.Handlers {
				handlers[path] = inTurn(h)
			}
			return nil
		},
		HTTPTransport: noNetwork{},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("pprof: %w%s", err, messages.suffix())
	}
	return handlers, messages, nil
}

// inTurn is h, but one call at a time, and none beside the driver's.
func inTurn(h http.Handler) http.Handler {
	answer := func(r *http.Request) *response {
		driving.Lock()
		defer driving.Unlock()
		var page response
		h.ServeHTTP(&page, r)
		return &page
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Whoever takes the answer may be slow, so no turn lasts till then.
		page := answer(r)
		maps.Copy(w.Header(), page.header)
		if page.status != 0 {
			w.WriteHeader(page.status)
		}
		w.Write(page.body.Bytes())
	})
}

// A fetcher holds the profiles pprof may ask for, by name.
type fetcher map[string]*profile.Profile

func (f fetcher) Fetch(name string, _, _ time.Duration) (*profile.Profile, string, error) {
	p := f[name]
	if p == nil {
		return nil, "", fmt.Errorf("no profile called %q", name)
	}
	// An address other than "" would make pprof take the profile for a
	// remote one and save a copy in the user's home.
	return p, "", nil
}

// flags are the arguments of one call of pprof, kept apart from those of this
// process.
type flags struct {
	*flag.FlagSet
	args []string
}

func newFlags(args ...string) *flags {
	f := &flags{flag.NewFlagSet("pprof", flag.ContinueOnError), args}
	f.SetOutput(io.Discard)
	return f
}

// StringList defines a flag that may be given more than once.
func (f *flags) StringList(name, def, usage string) *[]*string {
	list := new([]*string)
	f.Func(name, usage, func(s string) error {
		*list = append(*list, &s)
		return nil
	})
	return list
}

// Parse returns the arguments that are no flags, or nil if pprof does not
// know one of the flags.
func (f *flags) Parse(usage func()) []string {
	if err := f.FlagSet.Parse(f.args); err != nil {
		usage()
		return nil
	}
	return f.Args()
}

func (f *flags) ExtraUsage() string   { return "" }
func (f *flags) AddExtraUsage(string) {}

// A ui keeps what pprof has to say: its complaints, for the error should there
// be one.
type ui struct {
	mu         sync.Mutex // pprof fetches both sides at once
	complaints []string
}

// mostComplaints are kept: handlers complain for as long as they are used.
const mostComplaints = 100

func (u *ui) PrintErr(args ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.complaints) < mostComplaints {
		u.complaints = append(u.complaints, fmt.Sprint(args...))
	}
}

func (u *ui) Print(...any) {}

func (u *ui) ReadLine(string) (string, error)     { return "", io.EOF }
func (u *ui) IsTerminal() bool                    { return false }
func (u *ui) WantBrowser() bool                   { return false }
func (u *ui) SetAutoComplete(func(string) string) {}

// suffix is what to append to an error.
func (u *ui) suffix() string {
	if len(u.complaints) == 0 {
		return ""
	}
	return " (" + oneLine(strings.Join(u.complaints, "; ")) + ")"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// A response is what the handler answers.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header {
	if r.header == nil {
		r.header = make(http.Header)
	}
	return r.header
}

func (r *response) WriteHeader(status int)      { r.status = status }
func (r *response) Write(b []byte) (int, error) { return r.body.Write(b) }

// noSymbols leaves profiles as they are: Go's name their functions.
type noSymbols struct{}

func (noSymbols) Symbolize(string, driver.MappingSources, *profile.Profile) error { return nil }

// noObjects finds no binary, wherever pprof looks for one.
type noObjects struct{}

var errNoObjects = errors.New("binaries are not looked at")

func (noObjects) Open(string, uint64, uint64, uint64, string) (driver.ObjFile, error) {
	return nil, errNoObjects
}

func (noObjects) Disasm(string, uint64, uint64, bool) ([]driver.Inst, error) {
	return nil, errNoObjects
}

// noNetwork refuses every request.
type noNetwork struct{}

func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("the network is not used")
}
