package report

import "testing"

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		" a\n\tb ":      "a b",
		"x\x00y\u202ez": "x\ufffdy\ufffdz",
		"\xff":          "\ufffd",
		"naïve-4":       "naïve-4",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarkdownText(t *testing.T) {
	for in, want := range map[string]string{
		"CycleStorm-4":          "CycleStorm-4",
		"Set_NoPersist_1":       "Set_NoPersist_1",
		"_x_":                   `\_x\_`,
		"a|b":                   `a\|b`,
		"(*lfstack).pop":        `(\*lfstack).pop`,
		"<script>":              "&lt;script>",
		"p < 0.05 & q":          "p < 0.05 & q",
		"&amp;":                 "&amp;amp;",
		"[1 %, 2 %]":            "[1 %, 2 %]",
		"[x](y)":                `[x\](y)`,
		"^BenchmarkX$":          "^BenchmarkX$",
		"$x$":                   `\$x\$`,
		"# title":               `\# title`,
		"- item":                `\- item`,
		"see @all and #12":      "see @\u200ball and #\u200b12",
		"gopkg.in/yaml.v3@v3.0": "gopkg.in/yaml.v3@v3.0",
		"http://x www.y":        "http&#58;//x www&#46;y",
	} {
		if got := markdownText(in); got != want {
			t.Errorf("markdownText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCodeSpan(t *testing.T) {
	for in, want := range map[string]string{
		"runtime.(*lfstack).pop": "`runtime.(*lfstack).pop`",
		"a`b":                    "a\\`b",
		"a|b":                    `a\|b`,
		"":                       "",
	} {
		if got := codeSpan(in); got != want {
			t.Errorf("codeSpan(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"flame/CycleStorm-4.html": "flame/CycleStorm-4.html",
		"flame/a b?c#d.html":      "flame/a%20b%3Fc%23d.html",
		"javascript:alert(1)":     "./javascript:alert%281%29",
		"":                        "",
	} {
		if got := address(in); got != want {
			t.Errorf("address(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"short-4", 10, "short-4"},
		{"abcdefghijklmnop-4", 9, "abcde…p-4"},
	} {
		if got := shorten(c.in, c.max); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func TestAnchors(t *testing.T) {
	ids := anchors{}
	for _, c := range []struct{ name, want string }{
		{"Cycle/x=1-4", "b-Cycle-x-1-4"},
		{"Cycle/x:1-4", "b-Cycle-x-1-4-2"},
		{`"><b>`, "b----b-"},
		{"", "b-"},
	} {
		if got := ids.of(c.name); got != c.want {
			t.Errorf("anchor of %q is %q, want %q", c.name, got, c.want)
		}
	}
}
