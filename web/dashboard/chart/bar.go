package chart

import "html/template"

// Bar returns a lying bar of n out of most, for the cell of a table that says
// the number itself: it is hidden from screen readers. RTL starts it at the
// right.
func Bar(n, most int, rtl bool) (template.HTML, error) {
	width := 0.0
	if most > 0 {
		width = 100 * float64(min(max(n, 0), most)) / float64(most)
	}
	view := struct{ X, Width string }{"0", percent(width)}
	if rtl {
		view.X = percent(100 - width)
	}
	return render("bar", view)
}
