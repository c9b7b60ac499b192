package reach_test

import (
	"testing"

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

func TestFirstSeen_KeepsTheMonthAlone(t *testing.T) {
	if got := reach.FirstSeen(day(t, "2026-11-24")); got != day(t, "2026-11-01") {
		t.Errorf("first seen on 24 November: %s is kept", got)
	}
}
