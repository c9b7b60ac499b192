package wire

import (
	"regexp"
	"strings"
	"testing"
)

// What names a room is what the pattern of the first release let through.
func TestNamesRoom_AsThePatternDid(t *testing.T) {
	pattern := regexp.MustCompile(`^[\pL\pM\pN\pP\pS ]{1,80}$`)
	long := strings.Repeat("é", 79)
	for _, name := range []string{
		"", " ", "Buurtkamer De Haven 2", "غرفة", "e\u0301", "a\nb", "a\n", "a\tb", "\u200b", "\u00a0", "a\xffb", "☕", "\x00",
		long, long + "é", long + "éé", strings.Repeat("\xff", 80), strings.Repeat("\xff", 81),
	} {
		if got, want := namesRoom(name), pattern.MatchString(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}
