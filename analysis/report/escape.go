package report

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text from a measured program fit for one line of any document:
// runs of white space become one space, and what would be invisible or
// forbidden in XML (controls, directional overrides, broken UTF-8) becomes
// the replacement character.
func clean(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
}

// clip cleans s and cuts it to at most max runes.
func clip(s string, max int) string {
	runes := []rune(clean(s))
	if len(runes) <= max {
		return string(runes)
	}
	return string(runes[:max-1]) + "…"
}

// shorten cuts s in its middle to at most max runes: the head of a benchmark's
// name tells what it is, its tail the GOMAXPROCS.
func shorten(s string, max int) string {
	runes := []rune(clean(s))
	if len(runes) <= max {
		return string(runes)
	}
	tail := max / 3
	return string(runes[:max-1-tail]) + "…" + string(runes[len(runes)-tail:])
}

// xmlText escapes s for element text and attribute values.
func xmlText(s string) string {
	return html.EscapeString(clean(s))
}

// markdownText escapes s for running text and table cells of GitHub's
// Markdown. It escapes no more than it must, so that the source reads well: a
// bracket only where it would end a link's text, an angle bracket only where
// it would start a tag.
func markdownText(s string) string {
	s = clean(s)
	var b strings.Builder
	prev := ' '
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case strings.ContainsRune("\\`*|~", r),
			r == '_' && !(word(prev) && word(next)),
			r == ']' && strings.ContainsRune("([:", next),
			r == '$' && strings.Count(s, "$") > 1, // a pair would be a formula
			i == 0 && strings.ContainsRune("#>", r),
			i == 0 && strings.ContainsRune("-+", r) && next == ' ':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '<' && (word(next) || strings.ContainsRune("/!?", next)):
			b.WriteString("&lt;")
		case r == '&' && (word(next) || next == '#'):
			b.WriteString("&amp;")
		case r == ':' && strings.HasPrefix(s[i:], "://"),
			r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
		if reference(prev, r, next) {
			b.WriteRune(zeroWidthSpace)
		}
		prev = r
	}
	return b.String()
}

// summaryText escapes s for HTML inside Markdown.
func summaryText(s string) string {
	var b strings.Builder
	prev := ' '
	s = clean(s)
	for i, r := range s {
		b.WriteString(html.EscapeString(string(r)))
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if reference(prev, r, next) {
			b.WriteRune(zeroWidthSpace)
		}
		prev = r
	}
	return b.String()
}

// zeroWidthSpace keeps GitHub from making a mention of a name or a reference
// of a number; it looks for them after entities are decoded.
const zeroWidthSpace = '\u200b'

// reference reports whether r starts a mention or the number of an issue.
func reference(prev, r, next rune) bool {
	return (r == '@' || r == '#') && !word(prev) && word(next)
}

// codeSpan quotes s as code, or escapes it where code could not hold it.
func codeSpan(s string) string {
	if s = clean(s); s == "" || strings.ContainsAny(s, "`|\\") {
		return markdownText(s)
	}
	return "`" + s + "`"
}

// address turns a path relative to the run folder into a link's target. A
// name in it can look like a scheme or a query and still be only a path.
func address(path string) string {
	if path == "" {
		return ""
	}
	u := url.URL{Path: path}
	return strings.NewReplacer("(", "%28", ")", "%29", "@", "%40").Replace(u.String())
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// anchors hands out fragment identifiers that are unique and harmless.
type anchors map[string]bool

func (a anchors) of(name string) string {
	slug := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (word(r) || strings.ContainsRune("-_.", r)) {
			return r
		}
		return '-'
	}, clip(name, 60))
	id := "b-" + slug
	for n := 2; a[id]; n++ {
		id = fmt.Sprintf("b-%s-%d", slug, n)
	}
	a[id] = true
	return id
}
