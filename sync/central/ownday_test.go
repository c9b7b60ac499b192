package central_test

import (
	"testing"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// What a room did on a day is said once: two of its epochs that tell of one day are not
// added up, and a question that nobody answered is no zero and no number that is missing.
func TestOwnDay_IsNotAddedOverEpochs(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	day := func(period count.Period, open, volunteers int64) []wire.Cell {
		return []wire.Cell{
			k.cell(period, count.MeasureOpen, count.PartNone, 1), k.cell(period, count.MeasureOpened, count.PartNone, 1),
			k.cell(period, count.MeasureOpenMinutes, count.PartNone, open), k.cell(period, count.MeasurePlannedMinutes, count.PartNone, 480),
			k.cell(period, count.MeasureVolunteers, count.PartNone, volunteers), k.cell(period, count.MeasureBadgeVisits, count.PartMorning, 10),
		}
	}
	s.report(t, k, day("2026-11-02", 450, 3)...)
	second := append(day("2026-11-03", 300, 2)[:4], k.withdrawn("2026-11-03", count.MeasureVolunteers))
	if a := s.report(t, k, second...); a.Results[4].Status != wire.StatusAccepted {
		t.Fatalf("nobody said how many volunteers there were: %+v", a.Results[4])
	}
	k.epoch = wire.Epoch{Ordinal: 2, ID: "00000000000000000000000000000002"}
	k.token = ""
	s.report(t, k, day("2026-11-02", 0, 0)[:5]...)
	v := look("2026-11").Total
	for m, want := range map[count.Measure]int64{
		count.MeasureOpened: 2, count.MeasureOpenMinutes: 750, count.MeasurePlannedMinutes: 960, count.MeasureVolunteers: 3, count.MeasureBadgeVisits: 10,
	} {
		if n := v.Visits[m]; n != want {
			t.Errorf("%s: %d, want %d", m, n, want)
		}
	}
	if v.Unfilled[count.MeasureVolunteers] != 1 || v.Unfilled[count.MeasureOpenMinutes] != 0 {
		t.Errorf("not filled in: %v, want one day of volunteers", v.Unfilled)
	}
	for _, d := range v.Days {
		if d.Date.String() == "2026-11-03" && (d.Unfilled[count.MeasureVolunteers] != 1 || d.State != central.DayReceived) {
			t.Errorf("3 November: %+v", d)
		}
	}
	if a := s.report(t, k, k.withdrawn("2026-11-03", count.MeasureOpenMinutes)); a.Results[0].Code != wire.CodeBadCount {
		t.Errorf("hours that nobody asked for are null: %+v", a.Results[0])
	}
}
