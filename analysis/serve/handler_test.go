package serve

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchbench/analysis"
	"patchbench/results"
)

func TestPages(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		target string
		status int
		want   []string
	}{
		{"/", 200, []string{"<h1>Runs</h1>", "not judged yet", "asks for 2 benchmarks in up to 10 rounds, 8 min at most", "regression", "linux-arm64-y-4", "2026-11-24 06:00 UTC", `href="/run/demo/first/"`}},
		{"/run/demo/first/", 200, []string{"no loss", "report.html", "samples.bench", "Storm-4", "/pprof/demo/first/0/diff/", "2 of before, 2 of after", `value="demo/second"`}},
		{"/run/demo/second/", 200, []string{"made of the samples when you open it"}},
		{"/run/demo/first/report.html", 200, []string{"<!doctype html>", "What this rests on"}},
		{"/run/demo/first/protocol.json", 200, []string{`"experiment": "demo"`}},
		{"/run/demo/first/samples.bench", 200, []string{"BenchmarkStorm-4"}},
		{"/run/demo/second/report.html", 200, []string{"<!doctype html>", "Storm-4"}},
		{"/run/demo/second/report.md", 200, []string{"# "}},
		{"/run/demo/second/benchstat.txt", 200, []string{"Storm-4"}},
		{"/run/demo/second/flame/Storm-4.html", 200, []string{"stackViewer(", "samples of 2 processes"}},
		{"/run/demo/first/flame/Heap-2.html", 404, []string{"no profile of Heap-2 on before"}},
		{"/run/demo/first/flame/Gone-2.html", 404, []string{"no benchmark Gone-2"}},
		{"/run/demo/first/profiles", 404, []string{"not a file"}},
		{"/run/demo/first/nothing.txt", 404, []string{"no file nothing.txt"}},
		{"/run/demo/second/verdict.json", 404, []string{"no file verdict.json"}},
		{"/run/demo/fourth/", 404, []string{"no run demo/fourth here"}},
		{"/nothing", 404, []string{"no page /nothing"}},
		{"/compare?a=demo/first&b=demo/second", 200, []string{"never pooled", "The hosts differ: A is of class linux-amd64-x-2, B of linux-arm64-y-4", "2 metrics in both runs. Agree: 2."}},
		{"/compare?a=demo/first&b=demo/third", 200, []string{"hosts of one class", "their bounds don&#39;t meet", "Agree: 0. Disagree: 2."}},
		{"/compare?a=demo/first", 400, []string{"runs are compared: choose both"}},
		{"/compare?a=demo/first&b=demo/fourth", 404, []string{"no run demo/fourth"}},
		{"/pprof/demo/first/0/diff/", 301, nil},
		{"/pprof/demo/first/0/diff/flamegraph", 200, []string{"<title>Storm-4 diff cpu</title>", "stackViewer("}},
		{"/pprof/demo/first/0/before/flamegraph", 200, []string{"<title>Storm-4 before cpu</title>"}},
		{"/pprof/demo/first/0/after/top", 200, []string{"<title>Storm-4 after cpu</title>"}},
		{"/pprof/demo/first/0/before/peek?f=.", 200, []string{"Showing nodes"}},
		{"/pprof/demo/first/0/before/source?f=.", 404, []string{"neither source nor binaries"}},
		{"/pprof/demo/first/0/before/disasm?f=.", 404, []string{"neither source nor binaries"}},
		{"/pprof/demo/first/0/before/saveconfig?config=x", 403, []string{"is saved here"}},
		{"/pprof/demo/first/0/before/nothing", 404, []string{"no page /nothing"}},
		{"/pprof/demo/first/0/sideways/top", 404, []string{"no view sideways"}},
		{"/pprof/demo/first/1/diff/top", 404, []string{"no profile of Heap-2 on before"}},
		{"/pprof/demo/first/2/diff/top", 404, []string{"no benchmark number 2, but 2 benchmarks"}},
		{"/pprof/demo/first/x/diff/top", 404, []string{"no benchmark number x"}},
		{"/style.css", 200, []string{"--page:", ".search"}},
		{"/filter.js", 200, []string{"data-text"}},
		{"/favicon.ico", 204, nil},
	} {
		w := f.get(c.target)
		body := w.Body.String()
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %.300s", c.target, w.Code, c.status, body)
		}
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", c.target, want)
			}
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s comes without %s", c.target, name)
			}
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s holds text the template refused", c.target)
		}
	}
	if policy := f.get("/run/demo/first/report.html").Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox ") {
		t.Errorf("a page of a run folder comes with the policy %q", policy)
	}
	if kind := f.get("/run/demo/first/profiles/Storm-4.before.1.pb.gz").Header().Get("Content-Type"); kind != "application/gzip" {
		t.Errorf("a profile is %s", kind)
	}
}

// TestOrder lists the newest run first.
func TestOrder(t *testing.T) {
	page := newFixture(t).get("/").Body.String()
	last := -1
	for _, name := range []string{"third", "first", "second"} {
		at := strings.Index(page, "/run/demo/"+name+"/")
		if at <= last {
			t.Errorf("%s is at %d of the page, behind %d", name, at, last)
		}
		last = at
	}
}

func TestSearch(t *testing.T) {
	f := newFixture(t)
	for query, want := range map[string]int{
		"": 3, "demo": 3, "OTHER": 1, "arm64": 1, "not judged": 1, "regression": 1, "Storm-4": 3, "quick amd64": 2, "zebra": 0, "<b>": 0, "2026-11-24": 3,
	} {
		page := f.get("/?q=" + url.QueryEscape(query)).Body.String()
		if rows := strings.Count(page, "<tr data-text"); rows != 3 {
			t.Errorf("%q: %d rows, want 3", query, rows)
		}
		if shown := 3 - strings.Count(page, `" hidden><th`); shown != want {
			t.Errorf("%q shows %d runs, want %d", query, shown, want)
		}
		if said := fmt.Sprintf(`<span id="shown">%d</span> of 3`, want); !strings.Contains(page, said) {
			t.Errorf("%q does not say %q", query, said)
		}
	}
}

func TestGuard(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		method, host string
		status       int
	}{
		{"GET", "127.0.0.1:8080", 200},
		{"GET", "127.0.0.1", 200},
		{"GET", "127.8.9.1:1", 200},
		{"GET", "localhost:9", 200},
		{"GET", "LocalHost", 200},
		{"GET", "[::1]:8080", 200},
		{"GET", "[::1]", 200},
		{"HEAD", "127.0.0.1", 200},
		{"GET", "example.com", 403},
		{"GET", "example.com:8080", 403},
		{"GET", "localhost.example.com", 403},
		{"GET", "127.0.0.1.example.com", 403},
		{"GET", "192.168.0.1", 403},
		{"GET", "0.0.0.0", 403},
		{"GET", "", 403},
		{"HEAD", "example.com", 403},
		{"POST", "127.0.0.1", 405},
		{"PUT", "127.0.0.1", 405},
		{"DELETE", "127.0.0.1", 405},
		{"OPTIONS", "127.0.0.1", 405},
		{"POST", "example.com", 403},
	} {
		for _, target := range []string{"/", "/run/demo/first/report.html", "/compare?a=demo/first&b=demo/third"} {
			w := f.ask(c.method, target, c.host)
			if w.Code != c.status {
				t.Errorf("%s %s of %q: status %d, want %d", c.method, target, c.host, w.Code, c.status)
			}
			if c.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s: Allow is %q", c.method, w.Header().Get("Allow"))
			}
			if c.status != 200 && strings.Contains(w.Body.String(), "demo") {
				t.Errorf("%s %s of %q tells of a run", c.method, target, c.host)
			}
		}
	}
}

// TestOutside asks in many ways for what lies outside of a run folder.
func TestOutside(t *testing.T) {
	f := newFixture(t)
	first := f.dir("first")
	must(t, os.Symlink(f.secret, filepath.Join(first, "link.txt")))
	must(t, os.Symlink(filepath.Dir(f.secret), filepath.Join(first, "linked")))
	must(t, os.Symlink("protocol.json", filepath.Join(first, "inside.json")))
	must(t, os.WriteFile(filepath.Join(f.root, "demo", "beside.txt"), []byte(secretText), 0o644))
	for _, target := range []string{
		"/run/demo/first/link.txt", "/run/demo/first/linked/secret.txt", "/run/demo/first/linked/", "/run/demo/first/linked",
		"/run/demo/first/../beside.txt", "/run/demo/first/../../../secret.txt", "/run/demo/first/..%2fbeside.txt", "/run/demo/first/%2e%2e/beside.txt",
		"/run/demo/first/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt", "/run/demo/first/profiles/../../beside.txt", "/run/demo/first/profiles%2f..%2f..%2fbeside.txt",
		"/run/demo/first//" + f.secret, "/run/demo/first/%2f" + f.secret, "/run/demo/first/..%5cbeside.txt", "/run/demo/first/beside.txt%00", "/run/demo/..%2fdemo/beside.txt",
		"/run/demo/beside.txt", "/run/demo/beside.txt/", "/run/demo/", "/run/", "/run/../secret.txt", "/run/results/demo/", "/demo/beside.txt", "/run/demo/first/profiles/",
		"/run/demo/first/flame/..%2f..%2fbeside.txt.html", "/run/demo/first/./protocol.json/..",
	} {
		w := f.get(target)
		if strings.Contains(w.Body.String(), secretText) || w.Code == http.StatusOK && !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("%s: status %d: %.100s", target, w.Code, w.Body)
		}
		// A redirect leads to a path that is asked for above, without the dots.
		if w.Code != http.StatusNotFound && w.Code != http.StatusForbidden && w.Code/100 != 3 {
			t.Errorf("%s: status %d", target, w.Code)
		}
	}
	if w := f.get("/run/demo/first/inside.json"); w.Code != http.StatusOK {
		t.Errorf("a link inside of the folder: status %d", w.Code)
	}
	if page := f.get("/run/demo/first/").Body.String(); strings.Contains(page, "link") && strings.Contains(page, "link.txt") {
		t.Error("the page of the run lists a link")
	}
}

// TestLeadsOut has runs whose analysis would read outside of their folders.
func TestLeadsOut(t *testing.T) {
	f := newFixture(t)
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	outside := testProtocol("demo", "x", day)
	writeRun(t, f.dir("linked"), outside, 0)
	samples := filepath.Join(f.dir("linked"), results.SamplesFile)
	must(t, os.Remove(samples))
	must(t, os.Symlink(f.secret, samples))
	profile := filepath.Join(f.dir("linked"), results.ProfilesDir, "Storm-4.before.1.pb.gz")
	must(t, os.Remove(profile))
	must(t, os.Symlink(f.secret, profile))

	named := testProtocol("demo", "x", day)
	named.Benchmarks[1].Name = "../../first/profiles/Storm-4"
	must(t, os.MkdirAll(f.dir("named"), 0o755))
	_, err := results.WriteProtocol(f.dir("named"), named)
	must(t, err)

	must(t, os.MkdirAll(f.dir("protocol"), 0o755))
	must(t, os.Symlink(filepath.Join(f.dir("first"), results.ProtocolFile), filepath.Join(f.dir("protocol"), results.ProtocolFile)))

	for target, want := range map[string]int{
		"/run/demo/linked/report.html":             403,
		"/run/demo/linked/benchstat.txt":           403,
		"/run/demo/linked/samples.bench":           403,
		"/run/demo/linked/flame/Storm-4.html":      403,
		"/pprof/demo/linked/0/before/top":          403,
		"/compare?a=demo/linked&b=demo/first":      403,
		"/run/demo/linked/":                        200,
		"/run/demo/named/report.html":              403,
		"/pprof/demo/named/1/before/top":           403,
		"/run/demo/named/":                         200,
		"/run/demo/protocol/":                      404,
		"/":                                        200,
		"/run/demo/first/profiles/Storm-4.none.gz": 404,
	} {
		w := f.get(target)
		if w.Code != want || strings.Contains(w.Body.String(), secretText) {
			t.Errorf("%s: status %d, want %d: %.600s", target, w.Code, want, w.Body)
		}
	}
}

// TestHostileNames has a run whose names are full of HTML.
func TestHostileNames(t *testing.T) {
	f := newFixture(t)
	p := testProtocol(hostile, hostile, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	p.Title, p.Suite, p.Base, p.Claim = hostile, hostile, hostile, hostile
	p.Benchmarks[0].Name = `<script>alert("x")<&-4`
	p.Benchmarks[1].Name = "a\x00\u202eb\"'-2"
	dir := filepath.Join(f.root, `<script>&"`, "100% <b>#?")
	must(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o755))
	_, err := results.WriteProtocol(dir, p)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "logs", `<script>"&.txt`), []byte("<script>"), 0o644))
	_, digest, err := results.ReadProtocol(dir)
	must(t, err)
	at := addressOf(dir)
	verdicts := map[string]string{
		"none":    "",
		"hostile": fmt.Sprintf(`{"format":1,"protocol":{},"protocol_sha256":%q,"verdict":"<script>","sentence":"<script>alert(1)</script>"}`, digest),
		"broken":  `{"format":1,"verdict":"no`,
		"newer":   `{"format":99}`,
		"list":    `[1]`,
		"other":   `{"format":1,"protocol_sha256":"x","verdict":"no loss","sentence":"of another protocol"}`,
	}
	for name, verdict := range verdicts {
		path := filepath.Join(dir, analysis.VerdictFile)
		if verdict == "" {
			must(t, os.RemoveAll(path))
		} else {
			must(t, os.WriteFile(path, []byte(verdict), 0o644))
		}
		for _, target := range []string{"/", "/?q=" + url.QueryEscape(hostile), at.file(""), at.file(`logs/<script>"&.txt`), at.file("none<script>"), at.file("report.html"),
			"/compare?a=" + url.QueryEscape(at.String()) + "&b=demo/first", "/compare?a=%3Cscript%3E&b=x", "/%3Cscript%3E"} {
			w := f.get(target)
			if w.Header().Get("Content-Type") != htmlType {
				continue
			}
			body := w.Body.String()
			own := strings.NewReplacer(`<script src="/filter.js">`, "", "<script>// Sorting, filtering and copying", "")
			if strings.Contains(own.Replace(body), "<script") {
				t.Errorf("%s, %s: a name became a script", name, target)
			}
			if w.Code == http.StatusInternalServerError {
				t.Errorf("%s, %s: %s", name, target, body)
			}
		}
		page := f.get("/").Body.String()
		if name == "other" && !strings.Contains(page, "of another protocol than its protocol.json") {
			t.Error("a verdict of another protocol passes for one")
		}
		if name == "newer" && !strings.Contains(page, "made by a newer patchbench") {
			t.Error("the list does not say that a verdict is by a newer patchbench")
		}
	}
	if w := f.get(at.file(`logs/<script>"&.txt`)); w.Code != 200 || w.Header().Get("Content-Type") != textType {
		t.Errorf("a file with a strange name: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
}

// TestUnreadable has a run folder that is none.
func TestUnreadable(t *testing.T) {
	f := newFixture(t)
	must(t, os.MkdirAll(f.dir("bad"), 0o755))
	must(t, os.WriteFile(filepath.Join(f.dir("bad"), results.ProtocolFile), []byte(`{"format":`), 0o644))
	if page := f.get("/").Body.String(); !strings.Contains(page, "unreadable") || !strings.Contains(page, "unexpected end of JSON input") {
		t.Error("the list does not say what is wrong with a protocol")
	}
	for _, target := range []string{"/run/demo/bad/", "/run/demo/bad/report.html", "/compare?a=demo/bad&b=demo/first"} {
		if w := f.get(target); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "unexpected end") {
			t.Errorf("%s: status %d: %s", target, w.Code, w.Body)
		}
	}
}

// TestReadOnly looks at everything and finds all files as they were.
func TestReadOnly(t *testing.T) {
	f := newFixture(t)
	state := func() string {
		var b strings.Builder
		must(t, filepath.WalkDir(filepath.Dir(f.root), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, path, info.Mode(), info.Size(), info.ModTime())
			return nil
		}))
		return b.String()
	}
	before := state()
	for _, target := range []string{"/", "/run/demo/second/", "/run/demo/second/report.html", "/run/demo/second/report.md", "/run/demo/second/benchstat.txt",
		"/run/demo/second/flame/Storm-4.html", "/compare?a=demo/second&b=demo/first", "/pprof/demo/second/0/diff/flamegraph", "/pprof/demo/second/0/diff/download",
		"/pprof/demo/second/0/diff/saveconfig?config=x"} {
		f.get(target)
	}
	if after := state(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestRepeatedNames finds runs of one name in two places, by an address each.
func TestRepeatedNames(t *testing.T) {
	f := newFixture(t)
	other := filepath.Join(t.TempDir(), "demo", "first")
	writeRun(t, other, testProtocol("elsewhere", "x", time.Now()), 0)
	h, err := New([]string{f.root, other, f.dir("first")})
	must(t, err)
	f.handler = h
	if n, err := h.Runs(t.Context()); err != nil || n != 4 {
		t.Errorf("%d runs, %v; want 4", n, err)
	}
	if page := f.get("/run/demo/first~2/").Body.String(); !strings.Contains(page, "elsewhere") {
		t.Errorf("the second demo/first is not found: %.300s", page)
	}
	for _, place := range []string{filepath.Join(f.root, "nowhere"), f.secret} {
		if _, err := New([]string{place}); err == nil {
			t.Errorf("%s is served", place)
		}
	}
}
