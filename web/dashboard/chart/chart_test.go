package chart_test

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"strconv"
	"strings"
	"testing"

	"example.org/inloop/web/dashboard/chart"
)

// element is a start tag of a drawing, with its text.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// elements reads a drawing as XML, which fails on anything not well formed.
func elements(t *testing.T, svg template.HTML) []element {
	t.Helper()
	var all []element
	var open []int
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all = append(all, e)
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func only(all []element, name, class string) []element {
	var found []element
	for _, e := range all {
		if e.name == name && (class == "" || strings.Contains(" "+e.attrs["class"]+" ", " "+class+" ")) {
			found = append(found, e)
		}
	}
	return found
}

func week() chart.Columns {
	return chart.Columns{
		ID: "week", Title: "Bezoeken per dag", Desc: "Meeste op dinsdag.",
		Columns: []chart.Column{
			{Label: "ma", Title: "maandag 12", Solid: 10, Dotted: 2},
			{Label: "di", Title: "dinsdag 20", Solid: 20, Major: true},
			{Label: "wo", Title: "woensdag niet ontvangen", State: chart.ColumnMissing},
			{Label: "do", Title: "donderdag dicht", State: chart.ColumnClosed},
			{Label: "vr", Title: "vrijdag 0"},
			{Label: "za", Title: "zaterdag 3 & gasten", Solid: 3, Partial: true, Current: true},
			{Label: "zo", Title: "zondag", State: chart.ColumnAhead},
		},
	}
}

func draw(t *testing.T, c interface {
	SVG() (template.HTML, error)
}) []element {
	t.Helper()
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	return elements(t, svg)
}

func TestColumns_SaysWhatItShowsWithoutColour(t *testing.T) {
	all := draw(t, week())
	root := all[0]
	if root.attrs["role"] != "img" || root.attrs["aria-labelledby"] != "week-title week-desc" {
		t.Errorf("root %v: want role img, named by its title and desc", root.attrs)
	}
	for name, want := range map[string]string{"week-title": "Bezoeken per dag", "week-desc": "Meeste op dinsdag."} {
		found := false
		for _, e := range all {
			found = found || e.attrs["id"] == name && e.text == want
		}
		if !found {
			t.Errorf("no %s with %q", name, want)
		}
	}
	for _, c := range []struct {
		what, name, class string
		want              int
	}{
		{"solid parts", "rect", "solid", 3},
		{"dotted parts", "rect", "dotted", 1},
		{"missing days, and the band of the partial one", "rect", "hatched", 2},
		{"partial days", "rect", "strip", 1},
		{"closed days", "circle", "ring", 1},
		{"zeros", "rect", "zero", 1},
		{"numbers: every counted day", "text", "value", 4},
		{"labels: every day", "text", "label", 7},
	} {
		if got := len(only(all, c.name, c.class)); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
	var stay []string
	for _, e := range only(all, "text", "value") {
		if strings.Contains(e.attrs["class"], "major") {
			stay = append(stay, e.text)
		}
	}
	if strings.Join(stay, " ") != "20 3" {
		t.Errorf("numbers that always stay: %q, want the highest and today's", stay)
	}
}

func TestColumns_HeightsAreInProportion(t *testing.T) {
	all := draw(t, week())
	var heights []float64
	for _, e := range only(all, "rect", "solid") {
		h, err := strconv.ParseFloat(e.attrs["height"], 64)
		if err != nil {
			t.Fatal(err)
		}
		heights = append(heights, h)
	}
	if len(heights) != 3 || heights[1] != 2*heights[0] || heights[0] <= heights[2] {
		t.Errorf("heights %v, want those of 10, 20 and 3", heights)
	}
}

func TestColumns_NeedsNoStyleAttribute(t *testing.T) {
	for _, e := range draw(t, week()) {
		if _, ok := e.attrs["style"]; ok {
			t.Errorf("%s has a style attribute, which the pages' policy blocks", e.name)
		}
	}
}

func TestColumns_RightToLeftRunsTheOtherWay(t *testing.T) {
	c := week()
	ltr := only(draw(t, c), "text", "label")
	c.RTL = true
	rtl := only(draw(t, c), "text", "label")
	if ltr[0].attrs["x"] != rtl[len(rtl)-1].attrs["x"] || ltr[0].text != rtl[0].text {
		t.Errorf("first label at %s, right to left at %s: want it mirrored", ltr[0].attrs["x"], rtl[0].attrs["x"])
	}
}

func TestColumns_EscapesTexts(t *testing.T) {
	c := week()
	c.Title = `<script>alert("x")</script>`
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(svg), "<script") {
		t.Error("a title became markup")
	}
}

func TestColumns_EmptyDrawsNothing(t *testing.T) {
	svg, err := chart.Columns{ID: "none"}.SVG()
	if err != nil || svg != "" {
		t.Errorf("got %q, %v: want nothing", svg, err)
	}
}

func TestColumns_AxisIsRound(t *testing.T) {
	for _, c := range []struct {
		highest int
		want    string // labels of the lines
	}{
		{0, "1"}, {1, "1"}, {3, "1 2 3"}, {4, "1 2 3 4"}, {5, "2 4 6"}, {9, "5 10"}, {20, "5 10 15 20"},
		{21, "10 20 30"}, {74, "20 40 60 80"}, {99, "50 100"}, {1234, "500 1000 1500"},
	} {
		all := draw(t, chart.Columns{ID: "a", Columns: []chart.Column{{Solid: c.highest}}})
		var got []string
		for _, e := range only(all, "text", "") {
			if _, ok := e.attrs["class"]; !ok {
				got = append(got, e.text)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("axis up to %d: %q, want %q", c.highest, got, c.want)
		}
	}
}

func TestSpark_MissingIsNotZero(t *testing.T) {
	all := draw(t, chart.Spark{ID: "s", Title: "13 weken", Points: []chart.Point{
		{N: 0}, {State: chart.ColumnMissing}, {N: 8, Current: true}, {State: chart.ColumnClosed},
	}})
	if n := len(only(all, "rect", "solid")); n != 2 {
		t.Errorf("%d columns, want the 0 and the 8", n)
	}
	if n := len(only(all, "rect", "hatched")); n != 1 {
		t.Errorf("%d hatched, want the missing one", n)
	}
	if all[0].attrs["role"] != "img" || only(all, "title", "")[0].text != "13 weken" {
		t.Error("the picture does not say what it is")
	}
}

func TestBar_StaysInItsCell(t *testing.T) {
	for _, c := range []struct {
		n, most int
		rtl     bool
		x, w    string
	}{
		{5, 10, false, "0", "50%"}, {5, 10, true, "50%", "50%"}, {0, 0, false, "0", "0%"}, {11, 10, false, "0", "100%"}, {1, 3, false, "0", "33.33%"},
	} {
		svg, err := chart.Bar(c.n, c.most, c.rtl)
		if err != nil {
			t.Fatal(err)
		}
		bar := only(elements(t, svg), "rect", "solid")[0]
		if bar.attrs["x"] != c.x || bar.attrs["width"] != c.w {
			t.Errorf("%d of %d: x %s, width %s, want %s, %s", c.n, c.most, bar.attrs["x"], bar.attrs["width"], c.x, c.w)
		}
	}
}
