package reach_test

import (
	"testing"
	"time"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// day reads a day, which must be one.
func day(t testing.TB, text string) count.Day {
	t.Helper()
	d, err := count.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRetention_Horizons(t *testing.T) {
	for _, tt := range []struct{ today, visits, links, asked string }{
		{"2026-11-24", "2025-10-24", "2025-11-24", "2024-01-01"},
		{"2026-03-31", "2025-02-28", "2025-03-31", "2024-01-01"},
		{"2028-02-29", "2027-01-29", "2027-02-28", "2026-01-01"},
	} {
		today := day(t, tt.today)
		if got := reach.VisitsFrom(today).String(); got != tt.visits {
			t.Errorf("on %s visits are kept from %s, want %s", today, got, tt.visits)
		}
		if got := reach.LinksUntil(today).String(); got != tt.links {
			t.Errorf("on %s nobody is known who last came on %s, want %s", today, got, tt.links)
		}
		if got := reach.AskedFrom(today).String(); got != tt.asked {
			t.Errorf("on %s no period asks for a visit before %s, want %s", today, got, tt.asked)
		}
	}
}

func TestAnswerOver(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		answered, last, today string
		want                  bool
	}{
		{"comes every week", "2026-01-15", "2027-01-13", "2027-01-14", false},
		{"a year after the answer", "2026-01-15", "2027-01-13", "2027-01-15", true},
		{"away for three months, the quarter long final", "2026-01-15", "2026-02-10", "2026-05-10", true},
		{"a day less", "2026-01-15", "2026-02-10", "2026-05-09", false},
		{"never came since", "2026-01-15", "", "2026-04-15", true},
		{"never came since, for less", "2026-01-15", "", "2026-04-14", false},
	} {
		last := count.NoDay
		if tt.last != "" {
			last = day(t, tt.last)
		}
		if got := reach.AnswerOver(day(t, tt.answered), last, day(t, tt.today)); got != tt.want {
			t.Errorf("%s: over %t, want %t", tt.name, got, tt.want)
		}
	}
	// Whatever is asked for class C of a quarter is there until it is computed.
	for last := count.Date(2025, time.July, 1); last < count.Date(2026, time.July, 1); last++ {
		for today := last; today < last+120; today++ {
			if reach.AnswerOver(last, last, today) && !reach.Final(last.Quarter(), today) {
				t.Fatalf("an answer of %s is gone on %s, before its quarter is final", last, today)
			}
		}
	}
}

func TestFirstSeen_KeepsTheMonthAlone(t *testing.T) {
	if got := reach.FirstSeen(day(t, "2026-11-24")); got != day(t, "2026-11-01") {
		t.Errorf("first seen on 24 November: %s is kept", got)
	}
}
