package web

import (
	"fmt"
	"html/template"
	"strings"
)

// pictures lists the keys of the drawn pictures of signs: assets/signs has a
// file for each. Which of them a room offers is for its rules to say.
func pictures() []string {
	files, err := assets.ReadDir("assets/signs")
	if err != nil {
		panic(err) // embedded
	}
	var all []string
	for _, file := range files {
		if key, found := strings.CutSuffix(file.Name(), ".svg"); found {
			all = append(all, key)
		}
	}
	return all
}

// SignPicture is the drawing of a picture as inline SVG, in the colour of the
// text around it and hidden from screen readers, because its word stands
// beside it. An unknown key is nobody's sign and draws nothing.
func SignPicture(picture string) template.HTML {
	return drawing("signs", picture, "sign-picture")
}

// Icon is one of the drawings under assets/icons as inline SVG, in the colour
// of the text around it and hidden from screen readers: words go with it, or
// its button has a label. An unknown name draws nothing.
func Icon(name string) template.HTML { return drawing("icons", name, "icon") }

// drawing cuts the inside out of an SVG file and wraps it anew: only the
// class, and nothing that the content security policy would block.
func drawing(folder, name, class string) template.HTML {
	raw, err := assets.ReadFile("assets/" + folder + "/" + name + ".svg")
	if err != nil {
		return ""
	}
	_, inside, ok := strings.Cut(string(raw), "<svg")
	if !ok {
		return ""
	}
	_, inside, _ = strings.Cut(inside, ">")
	inside, _, _ = strings.Cut(inside, "</svg>")
	return template.HTML(fmt.Sprintf( //nolint:gosec // our own embedded files
		`<svg class=%q viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `+
			`stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">%s</svg>`,
		class, strings.Join(strings.Fields(inside), " ")))
}

// SignSymbols holds every picture as a <symbol id="sign-KEY">, hidden, for pages
// that draw signs by script with <use href="#sign-KEY">: nothing is loaded when
// somebody is greeted, so nothing of it stays behind in the browser's lists.
func SignSymbols() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="symbols" aria-hidden="true" focusable="false" width="0" height="0">`)
	for _, p := range pictures() {
		inside := string(SignPicture(p))
		_, inside, _ = strings.Cut(inside, ">")
		inside = strings.TrimSuffix(inside, "</svg>")
		fmt.Fprintf(&b, `<symbol id="sign-%s" viewBox="0 0 24 24">%s</symbol>`, p, inside)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // our own embedded files
}
