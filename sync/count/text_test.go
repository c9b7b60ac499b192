package count

import (
	"errors"
	"strings"
	"testing"
)

func TestParseNumber_DigitsToTheEnd(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "40": 40, "007": 7, "9223372036854775807": 1<<63 - 1} {
		if got, err := ParseNumber(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "4O", "40 ", " 40", "+40", "-40", "4.0", "4e1", "0x10", "4_0", "٤٠", "9223372036854775808"} {
		if got, err := ParseNumber(text); !errors.Is(err, ErrNumber) {
			t.Errorf("%q: %d, %v, want ErrNumber", text, got, err)
		}
	}
}

func TestFits_CountsCharactersAndNotBytes(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, strings.Repeat("a", 10): true, strings.Repeat("ş", 10): true, strings.Repeat("ف", 10): true,
		strings.Repeat("a", 11): false, strings.Repeat("ş", 11): false, "\xff": false,
	} {
		if Fits(text, 10) != want {
			t.Errorf("%q: fits %t, want %t", text, !want, want)
		}
	}
}
