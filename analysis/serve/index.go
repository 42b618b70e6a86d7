package serve

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"patchbench/analysis/report"
	"patchbench/results"
)

// An entry is a run as the list of all shows it.
type entry struct {
	Address              string // names it in forms
	Link                 string
	Experiment, Title    string
	Created              time.Time
	Time, Machine, Class string
	Suite                string
	Verdict              template.HTML
	Sentence             string
	Text                 string // what is searched, in lower case
	Hidden               bool
	words                []string // of the verdict, for Text
}

// entryOf sums up a run by what lies in its folder.
func entryOf(r *run) entry {
	e := entry{Address: r.address.String(), Link: r.file(""), Experiment: r.folder, Time: "unknown", Verdict: template.HTML(`<span class="verdict">unreadable</span>`)}
	p, digest, err := r.protocol()
	if err != nil {
		e.Sentence, e.words = report.Clean(err.Error()), []string{"unreadable"}
		return e
	}
	e.Experiment, e.Title = report.Clean(p.Experiment), report.Clean(p.Title)
	e.Created, e.Time, e.Machine = p.Created, report.Time(p.Created), p.Created.UTC().Format(time.RFC3339)
	e.Class, e.Suite = report.Clean(p.Host.Class), report.Clean(p.Suite)
	answer, err := r.head()
	switch {
	case err != nil:
		e.Sentence, e.words = report.Clean(err.Error()), []string{"unreadable"}
	case answer == nil:
		e.Verdict, e.Sentence, e.words = notJudged, asked(p), []string{"not judged yet"}
	case answer.digest != digest:
		e.Verdict, e.words = notJudged, []string{"not judged yet"}
		e.Sentence = "Its verdict.json is of another protocol than its protocol.json. " + asked(p)
	default:
		e.Verdict, e.Sentence = report.Verdict(answer.verdict), report.Clean(answer.sentence)
		e.words = []string{report.Word(answer.verdict)}
	}
	for i := range p.Benchmarks {
		e.words = append(e.words, p.Benchmarks[i].Name)
	}
	return e
}

const notJudged = template.HTML(`<span class="verdict">not judged yet</span>`)

// asked says what a protocol wants to know.
func asked(p *results.Protocol) string {
	measured := 0
	for i := range p.Benchmarks {
		if p.Benchmarks[i].Measured() {
			measured++
		}
	}
	text := fmt.Sprintf("Its protocol claims %s and asks for %s", p.Claim, plural(measured, "benchmark"))
	if left := len(p.Benchmarks) - measured; left > 0 {
		text += fmt.Sprintf(" of %d", len(p.Benchmarks))
	}
	text += fmt.Sprintf(" in up to %s", plural(p.Rounds, "round"))
	if p.Budget > 0 {
		text += ", " + report.Duration(p.Budget) + " at most"
	}
	return report.Clean(text + ".")
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// entries lists all runs, the newest first.
func (h *Handler) entries(r *http.Request) ([]entry, error) {
	runs, err := h.shelf.runs(r.Context())
	if err != nil {
		return nil, err
	}
	list := make([]entry, len(runs))
	for i, run := range runs {
		list[i] = entryOf(run)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return b.Created.Compare(a.Created) })
	return list, nil
}

// index lists all runs. Those that don't have all the words of the query are
// there, but hidden: the page's script shows them again as the words change.
func (h *Handler) index(w http.ResponseWriter, r *http.Request) error {
	list, err := h.entries(r)
	if err != nil {
		return err
	}
	query := r.URL.Query().Get("q")
	words := strings.Fields(strings.ToLower(query))
	shown := 0
	for i := range list {
		e := &list[i]
		e.Text = strings.ToLower(strings.Join(append([]string{e.Experiment, e.Title, e.Time, e.Class, e.Suite, e.Sentence, e.Address}, e.words...), " "))
		e.Hidden = slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(e.Text, word) })
		if !e.Hidden {
			shown++
		}
	}
	return h.page(w, http.StatusOK, "index", struct {
		Query string
		Shown int
		Runs  []entry
	}{query, shown, list})
}
