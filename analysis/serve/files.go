package serve

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/analysis/report"
	"patchbench/results"
)

// Files of a run folder that are made for the answer where they are missing.
const (
	htmlFile     = "report.html"
	markdownFile = "report.md"
)

// contentTypes are those of the files of a run folder, by the ending of their
// names; the rest are for programs, to be saved.
var contentTypes = map[string]string{
	".html": htmlType, ".json": "application/json", ".png": "image/png", ".svg": "image/svg+xml", ".gz": "application/gzip",
	".md": textType, ".txt": textType, ".bench": textType, ".jsonl": textType, ".toml": textType, ".tsv": textType,
}

const textType = "text/plain; charset=utf-8"

// A group is the files of one folder of a run.
type group struct {
	Name  string
	Files []file
}

type file struct{ Name, Link, Size string }

// A profiled is a benchmark with profiles, and where pprof shows them.
type profiled struct {
	Name      string
	Processes string
	Views     []link
}

type link struct{ Name, Link string }

// run answers with a run's own page, or with one of its files.
func (h *Handler) run(w http.ResponseWriter, r *http.Request) error {
	run, err := h.shelf.find(r.Context(), address{r.PathValue("folder"), r.PathValue("name")})
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	if name == "" {
		return h.overview(w, r, run)
	}
	if !fs.ValidPath(name) || !filepath.IsLocal(name) {
		return missing("%s is no file of a run", name)
	}
	f, info, err := run.open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h.made(w, r, run, name)
	case errors.Is(err, errNoFile):
		return missing("%s is not a file: the page of the run lists those that are", name)
	case err != nil:
		return refused("%s can't be read inside of the run folder: %v", name, err)
	}
	defer f.Close()
	w.Header().Set("Content-Security-Policy", filePolicy)
	kind, known := contentTypes[path.Ext(name)]
	if !known {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(name)}))
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// made answers with a file that the run folder lacks, made of the others. It
// is not kept.
func (h *Handler) made(w http.ResponseWriter, r *http.Request, run *run, name string) error {
	var out bytes.Buffer
	kind := contentTypes[path.Ext(name)]
	benchmark, flame := strings.CutPrefix(strings.TrimSuffix(name, ".html"), analysis.FlameDir+"/")
	switch {
	case name == htmlFile, name == markdownFile:
		a, err := h.analyze(r.Context(), run)
		if err != nil {
			return unfit(run, err)
		}
		render := map[string]func(io.Writer, *analysis.Analysis) error{htmlFile: report.HTML, markdownFile: report.Markdown}[name]
		if err := render(&out, a); err != nil {
			return err
		}
	case name == analysis.BenchstatFile:
		if err := run.sound(); err != nil {
			return unfit(run, err)
		}
		table, err := analysis.Benchstat(run.dir)
		if err != nil {
			return unfit(run, err)
		}
		out.Write(table)
	case flame && path.Ext(name) == ".html":
		page, err := h.flame(r, run, benchmark)
		if err != nil {
			return err
		}
		out.Write(page)
	default:
		return missing("the run %s has no file %s", run, name)
	}
	w.Header().Set("Content-Security-Policy", filePolicy)
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", noTime, bytes.NewReader(out.Bytes()))
	return nil
}

// unfit says that a run can't be judged.
func unfit(r *run, err error) error {
	if p := new(problem); errors.As(err, &p) {
		return err
	}
	return &problem{http.StatusUnprocessableEntity, fmt.Sprintf("the run %s can't be judged: %v", r, err)}
}

// flame makes the flame graph of a benchmark.
func (h *Handler) flame(r *http.Request, run *run, benchmark string) ([]byte, error) {
	p, _, err := run.protocol()
	if err != nil {
		return nil, err
	}
	if p.Benchmark(benchmark) == nil {
		return nil, missing("the run %s has no benchmark %s", run, benchmark)
	}
	var sides [2][]prof.File
	for i, side := range results.Sides() {
		if sides[i], err = run.profiles(benchmark, side); err != nil {
			return nil, err
		}
		if len(sides[i]) == 0 {
			return nil, missing("the run %s has no profile of %s on %s", run, benchmark, side)
		}
	}
	done, err := h.wait(r.Context())
	if err != nil {
		return nil, err
	}
	defer done()
	read, faults := prof.ReadBoth(prof.CPU, sides[0], sides[1])
	for i := range read {
		if read[i] == nil {
			return nil, &problem{http.StatusUnprocessableEntity, faults[i][0].Error()}
		}
	}
	pages, err := prof.NewPages(read[0], read[1], benchmark)
	if err != nil {
		return nil, &problem{http.StatusUnprocessableEntity, err.Error()}
	}
	return pages.Flame, nil
}

// overview answers with a run's own page: its answer, and the way to all that
// there is of it.
func (h *Handler) overview(w http.ResponseWriter, r *http.Request, run *run) error {
	p, _, err := run.protocol()
	if err != nil {
		return unfit(run, err)
	}
	list, err := h.entries(r)
	if err != nil {
		return err
	}
	data := struct {
		Entry      entry
		Badge      template.HTML
		Report     string
		Markdown   string
		Benchstat  string
		OnTheFly   bool // there is no report yet
		Others     []entry
		Profiles   []profiled
		Files      []group
		Benchmarks int
	}{
		Entry: entryOf(run), Report: run.file(htmlFile), Markdown: run.file(markdownFile), Benchstat: run.file(analysis.BenchstatFile),
		OnTheFly: !run.has(htmlFile), Benchmarks: len(p.Benchmarks),
	}
	if answer, err := run.head(); err == nil && answer != nil {
		data.Badge = report.Badge(answer.verdict)
	}
	for _, e := range list {
		if e.Address != run.address.String() {
			data.Others = append(data.Others, e)
		}
	}
	if data.Files, err = run.files(); err != nil {
		return err
	}
	for i := range p.Benchmarks {
		if one := run.profiled(p, i); one != nil {
			data.Profiles = append(data.Profiles, *one)
		}
	}
	return h.page(w, http.StatusOK, "run", data)
}

// profiled says which views pprof has of the benchmark with that number; nil
// for none.
func (r *run) profiled(p *results.Protocol, number int) *profiled {
	out := &profiled{Name: report.Clean(p.Benchmarks[number].Name)}
	var counts []string
	for _, side := range results.Sides() {
		paths, err := r.profiles(p.Benchmarks[number].Name, side)
		if err != nil || len(paths) == 0 {
			continue
		}
		counts = append(counts, fmt.Sprintf("%d of %s", len(paths), side))
		out.Views = append(out.Views, link{string(side), r.pprof(strconv.Itoa(number), string(side))})
	}
	if len(out.Views) == 0 {
		return nil
	}
	if len(out.Views) == len(results.Sides()) {
		out.Views = append(out.Views, link{"difference", r.pprof(strconv.Itoa(number), diffView)})
	}
	out.Processes = strings.Join(counts, ", ")
	return out
}

// files lists the files of the run's folder by the folder they are in, without
// links.
func (r *run) files() ([]group, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var groups []group
	index := make(map[string]int)
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) { // a run that is measured right now
			return nil
		}
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		i, ok := index[dir]
		if !ok {
			i = len(groups)
			index[dir] = i
			groups = append(groups, group{Name: dir})
		}
		groups[i].Files = append(groups[i].Files, file{path.Base(name), r.file(name), size(info.Size())})
		return nil
	})
	return groups, err
}

// size writes a size of a file.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
