package report

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// A drawing is an SVG element being written. Horizontal positions (x, x1, x2)
// are percentages of its width, vertical ones are pixels: it stretches and its
// text does not. All text passes through xmlText.
type drawing struct {
	strings.Builder
}

// newDrawing starts a drawing that is height pixels tall, with an accessible
// name and description. id is unique in the page.
func newDrawing(id, title, desc string, height float64) *drawing {
	d := new(drawing)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" aria-labelledby="%s-t %[1]s-d" width="100%%" height="%s">`, id, num(height))
	fmt.Fprintf(d, `<title id="%s-t">%s</title><desc id="%[1]s-d">%[3]s</desc>`, id, xmlText(title), xmlText(desc))
	d.WriteByte('\n')
	return d
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(d, `<line class="%s" x1="%s%%" y1="%s" x2="%s%%" y2="%s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

func (d *drawing) rect(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(d, `<rect class="%s" x="%s%%" y="%s" width="%s%%" height="%s"/>`, class, num(x1), num(y1), num(x2-x1), num(y2-y1))
}

// text writes s with its baseline at y; anchor is start, middle or end.
func (d *drawing) text(class, anchor string, x, y float64, s string) {
	fmt.Fprintf(d, `<text class="%s" text-anchor="%s" x="%s%%" y="%s">%s</text>`, class, anchor, num(x), num(y), xmlText(s))
}

// shape puts a path drawn around 0,0 at a point. hint, shown on hovering, may
// be empty.
func (d *drawing) shape(class, path string, x, y float64, hint string) {
	if hint != "" {
		hint = "<title>" + xmlText(hint) + "</title>"
	}
	fmt.Fprintf(d, `<svg x="%s%%" y="%s" class="at"><path class="%s" d="%s">%s</path></svg>`, num(x), num(y), class, path, hint)
}

// dot is a circle of radius r.
func (d *drawing) dot(class string, x, y, r float64, hint string) {
	fmt.Fprintf(d, `<circle class="%s" cx="%s%%" cy="%s" r="%s"><title>%s</title></circle>`, class, num(x), num(y), num(r), xmlText(hint))
}

// bars draws values in 0 to 1 as adjoining bars over the box x1,y1 to x2,y2.
func (d *drawing) bars(class string, x1, y1, x2, y2 float64, heights []float64) {
	if len(heights) == 0 {
		return
	}
	fmt.Fprintf(d, `<svg x="%s%%" y="%s" width="%s%%" height="%s" viewBox="0 0 %d 1" preserveAspectRatio="none"><path class="%s" d="M0 1`,
		num(x1), num(y1), num(x2-x1), num(y2-y1), len(heights), class)
	for _, h := range heights {
		if math.IsNaN(h) {
			h = 0
		}
		fmt.Fprintf(d, "V%sh1", num(1-min(1, max(0, h))))
	}
	d.WriteString(`V1z"/></svg>`)
}

func (d *drawing) finish() template.HTML {
	return template.HTML(d.String() + "</svg>")
}

// num writes a coordinate; hundredths are finer than a pixel.
func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// Arrow heads at the ends of an axis.
const (
	arrowLeft  = "M-1 0 7-5 7 5z"
	arrowRight = "M1 0-7-5-7 5z"
	arrowUp    = "M0-4 4 3-4 3z"
	arrowDown  = "M0 4 4-3-4-3z"
)
