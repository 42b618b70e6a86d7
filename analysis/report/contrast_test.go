package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	rootBlock = regexp.MustCompile(`:root \{[^}]*\}`)
	colour    = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)
)

// TestContrast computes the contrast of every pair of colours the page puts
// on each other, in each palette, and asks for what WCAG 2.1 calls AA: 4.5 for
// text, 3 for shapes.
func TestContrast(t *testing.T) {
	blocks := rootBlock.FindAllString(style, -1)
	if len(blocks) != 3 {
		t.Fatalf("the style has %d palettes, want 3: light, dark, print", len(blocks))
	}
	for i, name := range []string{"light", "dark", "print"} {
		palette := map[string]string{}
		for _, m := range colour.FindAllStringSubmatch(blocks[i], -1) {
			palette[m[1]] = m[2]
		}
		check := func(fore, back string, least float64) {
			t.Helper()
			if palette[fore] == "" || palette[back] == "" {
				t.Fatalf("%s: no colour %s or %s", name, fore, back)
			}
			if got := contrast(t, palette[fore], palette[back]); got < least {
				t.Errorf("%s: %s on %s has contrast %.2f, want at least %.1f", name, fore, back, got, least)
			}
		}
		for _, back := range []string{"page", "card"} {
			for _, fore := range []string{"ink", "soft", "link"} {
				check(fore, back, 4.5)
			}
		}
		for _, m := range marks {
			tone := m.mark.Class
			check(tone, "page", 4.5)
			check(tone, tone+"-tint", 4.5)
			check(tone, "card", 3)
			check(tone, "zone", 3)
		}
		check("limit", "page", 3)
		check("ink", "zone", 3)
		check("bar", "page", 2.5) // the strips repeat what the table of pairs says
	}
}

// contrast is the ratio of the relative luminances of two sRGB colours (WCAG
// 2.1, W3C 2018), 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func TestContrastKnown(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"777777", "ffffff", 4.48}, {"123456", "123456", 1}} {
		if got := contrast(t, c.a, c.b); math.Abs(got-c.want) > 0.005 {
			t.Errorf("contrast(%s, %s) = %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// TestPrintIsLight keeps the print palette from drifting from the light one;
// only links differ, which paper does not follow.
func TestPrintIsLight(t *testing.T) {
	blocks := rootBlock.FindAllString(style, -1)
	light, print := colour.FindAllString(blocks[0], -1), colour.FindAllString(blocks[2], -1)
	if len(light) != len(print) {
		t.Fatalf("light has %d colours, print %d", len(light), len(print))
	}
	for i := range light {
		if light[i] != print[i] && !strings.HasPrefix(light[i], "--link:") {
			t.Errorf("print has %s where light has %s", print[i], light[i])
		}
	}
}
