package chart

import (
	"embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

//go:embed *.svg
var files embed.FS

var drawings = template.Must(template.ParseFS(files, "*.svg"))

func render(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := drawings.ExecuteTemplate(&b, name+".svg", data); err != nil {
		return "", fmt.Errorf("draw %s: %w", name, err)
	}
	return template.HTML(b.String()), nil // escaped by the template
}

func percent(f float64) string { return number(f) + "%" }

func pixels(f float64) string { return number(f) }

// number writes at most two decimals: a hundredth of a pixel is seen by nobody.
func number(f float64) string {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
