package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/inloop/sync/wire"
	"example.org/inloop/web/dashboard/dashboardtest"
)

const threeWait = "3 bezoeken wachten op een datum"

// Visits that wait for a date are told beside every figure that may lack them, and
// beside no other.
func TestUndated_ToldBesideEveryFigureThatMayLackThem(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	counts.Undated = []wire.Undated{{From: "2026-09-28", To: "2026-10-02", N: 1}, {From: "2026-11-12", To: "2026-11-24", N: 2}}
	counts.Report(nil)

	all, room := v.Page("/"), v.Page(counts.Path()+"?period=2026-11")
	wantWords(t, all, "Niet te vergelijken: nog niet elk bezoek heeft een datum.", "Hobbemaplein gemeld om 14:10 "+threeWait, "mist misschien bezoeken zonder datum")
	for what, tt := range map[string]struct {
		page string
		says string
		n    int
	}{
		// facts, parts, guests and the room's row
		"all rooms, the quarter": {all, threeWait, 4},
		// three tallies, 13 days, facts, parts, guests, persons
		"the room, November": {room, "2 bezoeken wachten op een datum", 20},
		// two days of October; of the quarter before nothing is shown that could lack it
		"the quarter before": {all, "1 bezoek wacht op een datum", 2},
	} {
		if got := strings.Count(words(tt.page), tt.says); got != tt.n {
			t.Errorf("%s: %q is said %d times, want %d:\n%s", what, tt.says, got, tt.n, words(tt.page))
		}
	}
	// August lacks none: what is said there is of today.
	august := words(v.Page(counts.Path() + "?period=2026-08"))
	if n := strings.Count(august, "2 bezoeken wachten op een datum"); n != 3 || strings.Contains(august, "1 bezoek wacht op een datum") || strings.Contains(august, threeWait) {
		t.Errorf("beside today, this week and this month it is said %d times:\n%s", n, august)
	}
}

func TestUndated_ToldInEachLineOfTheFileThatMayLackThem(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	counts.Undated = []wire.Undated{{From: "2026-11-12", To: "2026-11-13", N: 3}}
	counts.Report(nil)
	for _, place := range []string{"", counts.Path()} {
		for _, line := range readCSV(t, v.Ask(http.MethodGet, place+"/csv?period=2026-11", "").Body.Bytes())[1:] {
			room, from, to, number, note := line[2], line[3], line[4], line[7], line[8]
			lacks := number != "" && room != "Paulus Potterstraat" && from <= "2026-11-13" && to >= "2026-11-12"
			if strings.Contains(note, threeWait) != lacks {
				t.Errorf("%q: says that visits wait: %v, want %v", line, !lacks, lacks)
			}
		}
	}
}
