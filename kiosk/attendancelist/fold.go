package attendancelist

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Label returns a person's label as it is shown: as it was typed, however its letters
// are encoded and spaced.
func Label(text string) string {
	return norm.NFC.String(strings.Join(strings.Fields(text), " "))
}

// Fold returns by what a label is compared: labels that people take for the same are one
// person in every list. Capitals, width, the kind of an apostrophe or a dash, points
// behind a word and characters that nobody sees make no difference; letters with and
// without accents do, for that may be somebody else.
//
// The dotless ı is an i here, and İ too: YILDIZ is Yıldız in Turkish and Yildiz in every
// other language, so that all three can only be one, and no two names are told apart by
// the dot alone.
func Fold(label string) string {
	// What one rule makes another may change, such as an ellipsis, which becomes points.
	for range 4 {
		folded := foldOnce(label)
		if folded == label {
			break
		}
		label = folded
	}
	return label
}

func foldOnce(label string) string {
	// Signs first: compatibility would take an accent that stands alone for a space.
	label = norm.NFKC.String(strings.Map(plainSign, label))
	label = cases.Fold().String(strings.Map(plainSign, label))
	label = strings.NewReplacer("ı", "i", "i\u0307", "i").Replace(norm.NFC.String(label))
	words := strings.Fields(label)
	for i, word := range words {
		words[i] = strings.TrimRight(word, ".")
	}
	label = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	label = strings.NewReplacer(" - ", "-", " -", "-", "- ", "-").Replace(label)
	return norm.NFC.String(label)
}

// plainSign is the plain form of a sign that is written in several ways, or -1 for what
// nobody sees: marks of format and direction, selectors of a variant, and the stroke that
// stretches an Arabic word.
func plainSign(r rune) rune {
	switch {
	case strings.ContainsRune("'’‘‛ʼʻʽʹˈ′´`＇", r):
		return '\''
	case strings.ContainsRune("“”„‟«»″＂", r):
		return '"'
	case unicode.Is(unicode.Pd, r), r == '−', r == '⁃':
		return '-'
	case r == '\u0640', unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return -1
	}
	return r
}
