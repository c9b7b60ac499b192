package dashboard_test

import (
	"strings"
	"testing"

	"example.org/inloop/sync/wire"
	"example.org/inloop/web/dashboard/dashboardtest"
)

// While the day runs on which a room lost visits, its numbers are told as at least,
// with the room alone and over all rooms; and not when other days were lost.
func TestLeast_ToldOfTodayWhileItRuns(t *testing.T) {
	const says = "Minstens: er is vandaag een kopie van een kamer teruggezet."
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	counts.Lost = []wire.LostDays{{From: "2026-11-20", To: "2026-11-23"}}
	counts.Report(nil)
	if page := words(v.Page("/")); strings.Contains(page, says) {
		t.Errorf("said of days that have ended:\n%s", page)
	}
	counts.Lost = []wire.LostDays{{From: "2026-11-23", To: "2026-11-24"}}
	counts.Report(nil)
	all, room := words(v.Page("/")), words(v.Page(counts.Path()))
	if strings.Count(all, says) != 3 || strings.Count(room, says) != 3 {
		t.Errorf("not said beside today, this week and this month:\n%s\n%s", all, room)
	}
	if strings.Count(all, "minstens 27 ") != 2 {
		t.Errorf("want it in the row of the one room and under it:\n%s", all)
	}
}
