package kiosk_test

import (
	"errors"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, kept string }{
		{"", ""},
		{"  Yildiz \t van  Nergens ", "Yildiz van Nergens"},
		{"فاطمة", "فاطمة"},
		{"Nguyễn Thị Ánh", "Nguyễn Thị Ánh"},
		{"O'Neill-de Wit 2", "O'Neill-de Wit 2"},
		{"نرگس\u200cها", "نرگس\u200cها"},                                           // Persian parts a word so
		{"Anna\u202eannaH\u202c", "AnnaannaH"},                                     // turns what follows around
		{"\u200fAnna\u200e", "Anna"},                                               // an invisible mark at either end
		{"\u2067Anna\u2069\u2066", "Anna"},                                         // isolates that end elsewhere
		{"An\u00adna\ufeff\u200b", "Anna"},                                         // soft hyphen, byte order mark, no-width space
		{"A\u200dnna\u200d", "A\u200dnna"},                                         // a joiner that joins nothing
		{"Ann\x00a\x1b[31m", "Anna[31m"},                                           // what a terminal would do
		{"Zo\u0308e\u0301\u0302\u0303\u0304\u0305", "Zo\u0308e\u0301\u0302\u0303"}, // a pile of accents
		{"\u0301Anna", "Anna"},                                                     // an accent on nothing
		{strings.Repeat("A", 60), strings.Repeat("A", 60)},
		{"Anna\xff", "Anna"},
	} {
		if got, err := kiosk.ParseName(c.typed); err != nil || got != c.kept {
			t.Errorf("%q: %q, %v, want %q", c.typed, got, err, c.kept)
		}
	}
	for _, typed := range []string{"123", "...", "🌷", "- -", strings.Repeat("A", 61)} {
		if got, err := kiosk.ParseName(typed); !errors.Is(err, kiosk.ErrName) {
			t.Errorf("%q: %q, %v, want ErrName", typed, got, err)
		}
	}
	// Of marks alone nothing is left, which is no name.
	if got, err := kiosk.ParseName("\u202e\u200f"); err != nil || got != "" {
		t.Errorf("marks alone: %q, %v, want none", got, err)
	}
}
