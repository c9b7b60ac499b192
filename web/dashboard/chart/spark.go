package chart

import "html/template"

// Spark is a row of small columns, of the size of a word.
type Spark struct {
	ID     string // unique in its page
	Title  string // all of it in words: the picture has no other text
	Points []Point
	RTL    bool
}

// Point is one column of a Spark.
type Point struct {
	N       int
	State   ColumnState
	Current bool
}

// The measures of a Spark in CSS pixels.
const (
	sparkHeight = 30
	sparkSlot   = 9
	sparkWidth  = 6
)

// SVG returns the drawing; with no points it is empty.
func (s Spark) SVG() (template.HTML, error) {
	if len(s.Points) == 0 {
		return "", nil
	}
	highest := 1
	for _, p := range s.Points {
		highest = max(highest, p.N)
	}
	type point struct {
		X, Y, Middle, Height      string
		Missing, Closed, Counted  bool
		Current                   bool
		Width, WholeHeight, Floor int
	}
	view := struct {
		ID, Title     string
		Width, Height int
		Points        []point
	}{s.ID, s.Title, sparkSlot*len(s.Points) - (sparkSlot - sparkWidth), sparkHeight, nil}
	for i, p := range s.Points {
		at := i
		if s.RTL {
			at = len(s.Points) - 1 - i
		}
		// A counted 0 keeps one pixel: there, and empty.
		height := max(1, float64(p.N)/float64(highest)*(sparkHeight-2))
		view.Points = append(view.Points, point{
			X: pixels(float64(at * sparkSlot)), Middle: pixels(float64(at*sparkSlot) + sparkWidth/2.),
			Y: pixels(sparkHeight - height), Height: pixels(height),
			Missing: p.State == ColumnMissing, Closed: p.State == ColumnClosed, Counted: p.State == ColumnCounted,
			Current: p.Current, Width: sparkWidth, WholeHeight: sparkHeight, Floor: sparkHeight - 3,
		})
	}
	return render("spark", view)
}
