package central

import (
	"errors"
	"testing"
	"time"
)

func TestRoomName(t *testing.T) {
	for _, tt := range []struct{ typed, name, word, suggestion string }{
		{typed: " Buurtkamer  Laak ", name: "Buurtkamer Laak"},
		{typed: "Brouwerij Zorgvliet", name: "Brouwerij Zorgvliet"}, // not "rouw", and a district
		{typed: "Vrouwenkamer Rosa", name: "Vrouwenkamer Rosa"},
		{typed: "De Eenzame Uren", word: "Eenzame", suggestion: "Buurtkamer Uren"},
		{typed: "Inloop GGZ-cliënten Moerwijk", word: "GGZ-cliënten", suggestion: "Buurtkamer Inloop Moerwijk"},
		{typed: "Thuiszorg", word: "Thuiszorg", suggestion: "Buurtkamer"},
		{typed: "Dementiecafé 't Hofje", word: "Dementiecafé", suggestion: "Buurtkamer 't Hofje"},
	} {
		name, err := roomName(tt.typed)
		tells := &TellingNameError{}
		if errors.As(err, &tells); name != tt.name || tells.Word != tt.word || tells.Suggestion != tt.suggestion || (err != nil) != (tt.word != "") {
			t.Errorf("%q: %q, %v (suggests %q)", tt.typed, name, err, tells.Suggestion)
		}
	}
	for _, typed := range []string{"", " ", "a\x00b", "\xff", string(make([]rune, 61))} {
		if _, err := roomName(typed); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v, want ErrName", typed, err)
		}
	}
}

func TestWaitAfter(t *testing.T) {
	for n, want := range map[int]time.Duration{
		1: 0, 4: 0, 5: 30 * time.Second, 6: time.Minute, 7: 2 * time.Minute, 11: 32 * time.Minute, 12: time.Hour, 1 << 30: time.Hour,
	} {
		if got := waitAfter(n, MaxAttempts); got != want {
			t.Errorf("after %d tries %s, want %s", n, got, want)
		}
	}
}
