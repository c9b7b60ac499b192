package count

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// ErrNumber is returned for text that is no whole number.
var ErrNumber = errors.New("no whole number")

// ParseNumber reads a whole number that somebody typed: digits to the end of the
// text, and nothing else; anything else is ErrNumber.
func ParseNumber(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%w: %.20q, want digits such as 40", ErrNumber, s)
	}
	return int64(n), nil
}

// Fits tells whether a text that somebody typed has at most so many characters.
// They are no bytes: a name in Arabic may be as long as one in English.
func Fits(text string, characters int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= characters
}
