package browser

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// newer is what a style sheet can say that one of the oldest browsers which the
// README promises, Chromium 110 and Firefox ESR 115, does not know. Behind each
// stands the version from which both know it.
var newer = regexp.MustCompile(`(?m)` + strings.Join([]string{
	`\b(?:light-dark)\(`,                       // 123, 120
	`\b(?:color-mix|oklch|oklab|lch|lab)\(`,    // 111, 113
	`\b(?:round|mod|rem|sin|cos|tan|linear)\(`, // 125, 118
	`:has\(`,                         // 105, 121
	`:dir\(`,                         // 120, 49
	`:(?:user-valid|user-invalid)\b`, // 119, 88
	`\btext-wrap(?:-style|-mode)?:`,  // 114, 121
	`(?:^|[\s;{])(?:print-color-adjust|field-sizing|interpolate-size):`, // 136, 97
	`@(?:scope|starting-style|property)\b`,                              // 118, 128
	`\bsubgrid\b`,                                                       // 117, 71
}, `|`))

// Oldest answers as next does, but with style sheets as the oldest browsers of
// the README read them: what they do not know is made unknown to this Chromium
// too.
func Oldest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".css") {
			next.ServeHTTP(w, r) // a websocket among them, which wants w itself
			return
		}
		r.Header.Del("If-Modified-Since")
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		body := newer.ReplaceAllStringFunc(recorded.Body.String(), unknown)
		for name, values := range recorded.Header() {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(recorded.Code)
		_, _ = w.Write([]byte(body)) // a browser that has gone needs no style
	})
}

// unknown changes the first letter of what was found, past the sign before it.
func unknown(found string) string {
	at := strings.IndexFunc(found, func(r rune) bool { return r >= 'a' && r <= 'z' })
	return found[:at] + "newer-" + found[at:]
}

// Paint is how each element of the page is painted, one line an element: its
// colours, whether it shows, and how it is turned. Two pages that look alike
// give the same lines.
func (p *Page) Paint() []string {
	p.t.Helper()
	return Eval[[]string](p, `Array.from(document.querySelectorAll("body, body *"), e => {
		const s = getComputedStyle(e);
		return [e.tagName, e.getAttribute("class") || "", s.display, "ground " + s.backgroundColor, "ink " + s.color, "edge " + s.borderBlockStartColor,
			"shadow " + s.boxShadow, "fill " + s.fill, "stroke " + s.stroke, "turn " + s.transform].join(" | ");
	})`)
}
