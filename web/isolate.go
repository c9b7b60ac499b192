package web

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Marks around words whose own direction must not touch what stands beside them
// (Unicode Standard Annex 9).
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// turning are the other invisible marks by which words turn those around them.
const turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067"

// isolate returns words that go into a sentence of direction dir so that they
// cannot turn it around: without marks that do, and set apart when they hold a
// letter that is written the other way. What is set apart within them stays so, and
// what is written like the sentence itself stays to the byte.
func isolate(words, dir string) string {
	var safe strings.Builder
	depth, foreign := 0, false
	for _, r := range words {
		switch mark := string(r); {
		case strings.Contains(turning, mark), mark == popIsolate && depth == 0:
			continue
		case mark == firstStrongIsolate:
			depth++
		case mark == popIsolate:
			depth--
		}
		foreign = foreign || depth == 0 && against(r, dir)
		safe.WriteRune(r)
	}
	safe.WriteString(strings.Repeat(popIsolate, depth))
	if foreign {
		return firstStrongIsolate + safe.String() + popIsolate
	}
	return safe.String()
}

// against tells whether r is written in another direction than dir.
func against(r rune, dir string) bool {
	properties, _ := bidi.LookupRune(r)
	switch properties.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return dir != "rtl"
	case bidi.L:
		return dir == "rtl"
	}
	return false
}

// isolated is data with every text in it isolated.
func isolated(data any, dir string) any {
	given, ok := data.(map[string]any)
	if !ok {
		return data
	}
	safe := make(map[string]any, len(given))
	for name, value := range given {
		if words, ok := value.(string); ok {
			value = isolate(words, dir)
		}
		safe[name] = value
	}
	return safe
}
