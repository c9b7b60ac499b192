package kiosk

import (
	"fmt"
	"strings"
	"unicode"

	"example.org/inloop/sync/count"
)

const (
	maxName  = 60 // characters of a name
	maxMarks = 3  // on one letter: more than Vietnamese, Hebrew or Arabic write
)

// ParseName returns a name as it is kept: without what nobody sees, such as marks
// that turn the words around it, without a pile of accents on one letter, and with
// single spaces. No name at all is fine. ErrName for one without a letter, which
// nobody could look for, and for one that is too long.
func ParseName(text string) (string, error) {
	var name strings.Builder
	marks := 0
	letters := false
	var last rune
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ") {
		switch {
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks || last == 0 {
				continue
			}
		case !unicode.IsPrint(r) && !joins(last, r):
			continue
		default:
			marks = 0
		}
		letters = letters || unicode.IsLetter(r)
		name.WriteRune(r)
		last = r
	}
	kept := strings.Join(strings.Fields(strings.TrimRight(name.String(), "\u200c\u200d")), " ")
	if kept != "" && !letters {
		return "", fmt.Errorf("%w: want a letter in it", ErrName)
	}
	if !count.Fits(kept, maxName) {
		return "", fmt.Errorf("%w: want at most %d letters", ErrName, maxName)
	}
	return kept, nil
}

// joins tells whether r says how the letter before it is joined to the next, which
// Persian and the scripts of India need; any other invisible sign is dropped.
func joins(before, r rune) bool {
	return (r == '\u200c' || r == '\u200d') && (unicode.IsLetter(before) || unicode.Is(unicode.M, before))
}
