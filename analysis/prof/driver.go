package prof

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
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

// serveFlameGraph has pprof make its flame graph page of p against base. Of
// pprof's server only the handler is used: nothing listens, nothing is
// fetched, no binary is looked at, no file is written, no browser is opened.
func serveFlameGraph(p, base *profile.Profile) ([]byte, error) {
	driving.Lock()
	defer driving.Unlock()

	const source, baseSource = "after", "before"
	var messages ui
	var page response
	err := driver.PProf(&driver.Options{
		Flagset: newFlags(
			"-http=localhost:0",
			"-no_browser",
			// Not the default, which tells functions apart by file too: the
			// sides come from trees in different places.
			"-functions",
			"-normalize",
			"-diff_base="+baseSource,
			source,
		),
		Fetch: fetcher{source: p, baseSource: base},
		Sym:   noSymbols{},
		Obj:   noObjects{},
		UI:    &messages,
		HTTPServer: func(args *driver.HTTPServerArgs) error {
			const path = "/flamegraph"
			h := args.Handlers[path]
			if h == nil {
				return fmt.Errorf("it has no handler for %s", path)
			}
			h.ServeHTTP(&page, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
			return nil
		},
		HTTPTransport: noNetwork{},
	})
	if err == nil && page.status >= http.StatusBadRequest {
		err = errors.New(oneLine(page.body.String()))
	}
	if err == nil && page.body.Len() == 0 {
		err = errors.New("it made no page")
	}
	if err != nil {
		return nil, fmt.Errorf("pprof: %w%s", err, messages.suffix())
	}
	return page.body.Bytes(), nil
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

func (u *ui) PrintErr(args ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.complaints = append(u.complaints, fmt.Sprint(args...))
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
