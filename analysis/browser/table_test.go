package browser

import (
	"slices"
	"strings"
	"testing"
)

const (
	// shownNames are the benchmarks of the table that can be seen, in its order.
	shownNames = `[...document.querySelectorAll('#benchmark-table tbody.group')].filter((g) => g.checkVisibility()).map((g) => g.rows[0].cells[0].querySelector('a').textContent)`
	// behind is how the last thing behind the benchmarks begins.
	behind = `[...document.querySelectorAll('#benchmark-table tbody')].slice(-1)[0].textContent.trim().slice(0, 7)`
)

// TestTable sorts and filters the table of benchmarks, and copies it.
func TestTable(t *testing.T) {
	p := openPage(t, startBrowser(t), fabricated(t)["regression"], look{width: 1440})
	first := ask[[]string](p, shownNames)
	click := func(column string) []string {
		return ask[[]string](p, `document.querySelector('#benchmark-table button[data-sort=`+column+`]').click(), `+shownNames)
	}
	if got := click("name"); !slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) || len(got) != len(first) {
		t.Errorf("by name: %q", got)
	}
	up := click("effect")
	down := click("effect")
	if up[0] != "Buffers-4" || down[0] != "CycleStorm-4" {
		t.Errorf("by effect from %q up, from %q down", up[0], down[0])
	}
	// Without a number they come last both ways.
	for _, order := range [][]string{up, down} {
		if last := order[len(order)-1]; !strings.HasPrefix(last, "std/") {
			t.Errorf("%q is last by effect, which was measured", last)
		}
	}
	if got := ask[string](p, `document.querySelector('th[data-sort=effect]').getAttribute('aria-sort')`); got != "descending" {
		t.Errorf("the head says %q", got)
	}
	if got := ask[string](p, behind); got != "geomean" {
		t.Errorf("%q stands last", got)
	}

	filter := func(text string) []string {
		return ask[[]string](p, `(() => { const f = document.getElementById('table-filter'); f.value = '`+text+`'; f.dispatchEvent(new Event('input')) })(), `+shownNames)
	}
	if got := filter("storm no loss"); len(got) != 1 || got[0] != "AssistStorm-4" {
		t.Errorf("filtered: %q", got)
	}
	if got := ask[string](p, `document.getElementById('table-state').textContent`); got != "1 of 8 benchmarks" {
		t.Errorf("the table says %q", got)
	}
	if got := filter("nothing like it"); len(got) != 0 {
		t.Errorf("filtered by what is not there: %q", got)
	}
	if got := filter(""); len(got) != len(first) {
		t.Errorf("%d of %d without a filter", len(got), len(first))
	}
	p.fits()
	p.accessible()
	p.quiet()
}

// TestCopy selects what benchstat prints, to be copied.
func TestCopy(t *testing.T) {
	p := openPage(t, startBrowser(t), fabricated(t)["hostile"], look{width: 1440})
	if got := ask[string](p, `document.getElementById('table-copy').click(), getSelection().toString()`); !strings.Contains(got, "<script>alert('x')</script>") {
		t.Errorf("selects %q", got)
	}
	p.quiet()
}
