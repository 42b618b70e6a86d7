package simulate

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"
)

// A picture is an SVG image being written, in pixels, on a white panel that
// leaves it readable on a dark page.
type picture struct {
	strings.Builder
}

const (
	ink  = "#222"
	grid = "#ddd"
)

func newPicture(width, height float64, title string) *picture {
	p := new(picture)
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" font-family="sans-serif" font-size="12" fill="%[3]s">`, px(width), px(height), ink)
	fmt.Fprintf(p, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(p, `<rect width="%s" height="%s" rx="6" fill="#fff"/>`+"\n", px(width), px(height))
	return p
}

// A style tells a method's marks from the others', with and without colour.
type style struct{ colour, dash, path string }

func styles() []style {
	return []style{
		{"#0072b2", "", "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"},
		{"#c04a00", "7 3", "M-4-4H4V4H-4z"},
		{"#00795a", "2 3", "M0-5 5 4H-5z"},
		{"#a8447e", "8 3 2 3", "M0-5.5 5.5 0 0 5.5-5.5 0z"},
	}
}

// style is that of a method, by its name.
func (t *Table) style(method string) style {
	all := styles()
	for i, m := range t.Methods {
		if m.Name == method {
			return all[i%len(all)]
		}
	}
	return all[0]
}

func (p *picture) text(anchor string, x, y float64, s string) {
	fmt.Fprintf(p, `<text x="%s" y="%s" text-anchor="%s">%s</text>`+"\n", px(x), px(y), anchor, html.EscapeString(s))
}

// textUp writes s from below to above, its middle at x, y.
func (p *picture) textUp(x, y float64, s string) {
	fmt.Fprintf(p, `<text transform="translate(%s %s) rotate(-90)" text-anchor="middle">%s</text>`+"\n", px(x), px(y), html.EscapeString(s))
}

func (p *picture) line(colour, dash string, width, x1, y1, x2, y2 float64) {
	fmt.Fprintf(p, `<path d="M%s %sL%s %s" stroke="%s" stroke-width="%s" stroke-dasharray="%s" fill="none"/>`+"\n",
		px(x1), px(y1), px(x2), px(y2), colour, px(width), dash)
}

// path joins points.
func (p *picture) path(s style, points [][2]float64) {
	d := "M"
	for i, at := range points {
		if i > 0 {
			d += "L"
		}
		d += px(at[0]) + " " + px(at[1])
	}
	fmt.Fprintf(p, `<path d="%s" stroke="%s" stroke-width="2" stroke-dasharray="%s" fill="none"/>`+"\n", d, s.colour, s.dash)
}

// mark draws the mark of s at x, y.
func (p *picture) mark(s style, x, y float64) {
	fmt.Fprintf(p, `<path transform="translate(%s %s)" d="%s" fill="%s"/>`+"\n", px(x), px(y), s.path, s.colour)
}

// legend lists methods from x on, at height y.
func (p *picture) legend(t *Table, x, y float64, methods []string) {
	for _, name := range methods {
		s := t.style(name)
		p.line(s.colour, s.dash, 2, x, y-4, x+30, y-4)
		p.mark(s, x+15, y-4)
		p.text("start", x+37, y, name)
		x += 37 + 7*float64(len(name)) + 18
	}
}

func (p *picture) writeTo(w io.Writer) error {
	if _, err := io.WriteString(w, p.String()+"</svg>\n"); err != nil {
		return fmt.Errorf("writing the simulation's picture: %w", err)
	}
	return nil
}

// px writes a coordinate to a tenth of a pixel.
func px(x float64) string { return strconv.FormatFloat(math.Round(10*x)/10, 'f', -1, 64) }

// ticks are round numbers from 0 to what covers most, about four of them.
func ticks(most float64) []float64 {
	if !(most > 0) {
		return []float64{0, 1}
	}
	step := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, factor := range []float64{2, 2.5, 2} {
		if most/step <= 5 {
			break
		}
		step *= factor
	}
	var list []float64
	for i := 0.0; i == 0 || list[len(list)-1] < most-1e-9*step; i++ {
		list = append(list, i*step)
	}
	return list
}
