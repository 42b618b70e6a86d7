package serve

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"patchbench/analysis/prof"
	"patchbench/analysis/report"
	"patchbench/results"
)

// diffView is pprof's view of after against before; the others are called like
// their sides.
const diffView = "diff"

// pprof answers with a page of pprof's own.
func (h *Handler) pprof(w http.ResponseWriter, r *http.Request) error {
	run, err := h.shelf.find(r.Context(), address{r.PathValue("folder"), r.PathValue("name")})
	if err != nil {
		return err
	}
	p, _, err := run.protocol()
	if err != nil {
		return unfit(run, err)
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 0 || number >= len(p.Benchmarks) {
		return missing("the run %s has no benchmark number %s, but %s", run, r.PathValue("number"), plural(len(p.Benchmarks), "benchmark"))
	}
	pages, err := h.pprofPages(r, run, p.Benchmarks[number].Name, r.PathValue("view"))
	if err != nil {
		return err
	}
	path := "/" + r.PathValue("page")
	page := pages[path]
	switch {
	case page != nil:
	case path == "/source", path == "/disasm":
		return missing("a run folder holds neither source nor binaries for pprof to show")
	case path == "/saveconfig", path == "/deleteconfig":
		return refused("nothing is saved here")
	default:
		return missing("pprof has no page %s", path)
	}
	w.Header().Set("Content-Security-Policy", pprofPolicy)
	inside := r.Clone(r.Context())
	inside.URL.Path, inside.URL.RawPath = path, ""
	page.ServeHTTP(w, inside)
	return nil
}

// pprofPages loads a view of a benchmark's profiles, unless it was used
// recently.
func (h *Handler) pprofPages(r *http.Request, run *run, benchmark, view string) (map[string]http.Handler, error) {
	var files, base []prof.File
	var err error
	switch side := results.Side(view); side {
	case results.Before, results.After:
		files, err = run.profiles(benchmark, side)
	case diffView:
		if base, err = run.profiles(benchmark, results.Before); err == nil && len(base) == 0 {
			return nil, missing("the run %s has no profile of %s on before", run, benchmark)
		}
		if err == nil {
			files, err = run.profiles(benchmark, results.After)
		}
	default:
		return nil, missing("there is no view %s of profiles: there are before, after and diff", view)
	}
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		side := view
		if view == diffView {
			side = string(results.After)
		}
		return nil, missing("the run %s has no profile of %s on %s", run, benchmark, side)
	}
	key := fmt.Sprintf("%q %q %s %d %d", run.dir, benchmark, view, len(files), len(base))
	if pages := h.profiles.get(key); pages != nil {
		return pages, nil
	}
	done, err := h.wait(r.Context())
	if err != nil {
		return nil, err
	}
	defer done()
	pages, err := prof.Handlers(prof.CPU, report.Clean(benchmark)+" "+view, files, base)
	if err != nil {
		return nil, &problem{http.StatusUnprocessableEntity, err.Error()}
	}
	h.profiles.put(key, pages)
	return pages, nil
}

// recent holds the views of profiles that were used last.
type recent struct {
	mu    sync.Mutex
	views []view // the latest last
}

type view struct {
	key   string
	pages map[string]http.Handler
}

// mostViews are held: who looks at one goes back and forth between few.
const mostViews = 8

func (c *recent) get(key string) map[string]http.Handler {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.views {
		if v.key == key {
			return v.pages
		}
	}
	return nil
}

func (c *recent) put(key string, pages map[string]http.Handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.views) == mostViews {
		c.views = append(c.views[:0], c.views[1:]...)
	}
	c.views = append(c.views, view{key, pages})
}
