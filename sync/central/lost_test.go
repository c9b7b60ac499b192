package central_test

import (
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// tellLost reports, in version 2, of which days visits may be missing, and cells.
func (s *server) tellLost(t testing.TB, k *kiosk, lost []wire.LostDays, cells ...wire.Cell) {
	t.Helper()
	r := k.request(cells...)
	r.Version, r.Lost = wire.Newest, lost
	got := s.send(k.sealRequest(r))
	if got.status != 200 || !got.signed {
		t.Fatalf("sync: status %d, signed %v: %s", got.status, got.signed, got.body)
	}
	a, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	k.token = a.NextToken
}

// "At least" is told where visits may be missing and nowhere else: not because a room
// counts in another epoch, nor because it was paired anew.
func TestLost_AtLeastIsToldOnlyWhereItIsTrue(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	room := s.pair(t, k, a, "Laak")
	atLeast := func(what string, october, november bool) {
		t.Helper()
		for period, want := range map[count.Period]bool{"2026-10": october, "2026-11": november} {
			v, err := s.RoomOverview(t.Context(), a, room.ID, period)
			must(t, err)
			if got := v.Rooms[0].Persons.AtLeast; got != want {
				t.Errorf("%s: at least in %s: %t, want %t", what, period, got, want)
			}
		}
	}
	s.tellLost(t, k, nil, k.cell("2026-10-05", count.MeasureBadgeVisits, count.PartMorning, 30), k.cell("2026-11-03", count.MeasureBadgeVisits, count.PartMorning, 30))
	k.epoch, k.token = wire.Epoch{Ordinal: 2, ID: strings.Repeat("ee", 16)}, ""
	s.tellLost(t, k, nil, k.cell("2026-10-06", count.MeasureBadgeVisits, count.PartMorning, 1), k.cell("2026-11-04", count.MeasureBadgeVisits, count.PartMorning, 1))
	atLeast("another epoch, and nothing lost", false, false)

	must(t, s.Unpair(t.Context(), a, room.ID))
	_, _, err := s.PairRoom(t.Context(), a, s.askPairing(t, k).Code, room.ID)
	must(t, err)
	k.id, k.token = s.askPairing(t, k).Kiosk, ""
	s.tellLost(t, k, nil)
	atLeast("paired anew with the same key", false, false)

	s.tellLost(t, k, []wire.LostDays{{From: "2026-09-20", To: "2026-09-30"}, {From: "2026-10-31", To: "2026-10-31"}})
	atLeast("a day of October lost", true, false)
	s.tellLost(t, k, []wire.LostDays{{From: "2026-10-20", To: "2026-11-20"}})
	atLeast("days of both lost", true, true)
	today := func(what string, want bool) {
		t.Helper()
		v, err := s.Overview(t.Context(), a, "")
		must(t, err)
		if v.Total.Today.AtLeast != want || v.Rooms[0].Counts.Today.AtLeast != want {
			t.Errorf("%s: today is at least so many: %t", what, !want)
		}
	}
	today("days until the 20th lost", false)
	s.tellLost(t, k, []wire.LostDays{{From: "2026-11-23", To: "2026-11-24"}})
	today("today lost", true)
	s.tellLost(t, k, []wire.LostDays{{From: "2026-10-20", To: "2026-11-20"}})
	s.report(t, k) // by a program that was put back to an older one
	atLeast("and version 1 again, which cannot say", true, true)
}
