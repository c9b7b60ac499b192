package central_test

import (
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Rooms tell of a part of the day when it has ended: until one has, today has no number,
// and then it is set beside the same parts of the week before.
func TestOverview_TodayComesByParts(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	s.clock.now = day("2026-11-17").UTC()
	s.pair(t, k, a, "Laak")
	s.clock.now = tuesday
	part := func(period string, p count.Part, n, rev int64) wire.Cell {
		return wire.Cell{Epoch: 1, Period: count.Period(period), Measure: count.MeasureBadgeVisits, Part: p, N: &n, Rev: rev}
	}
	open := func(period string, rev int64) wire.Cell {
		one := int64(1)
		return wire.Cell{Epoch: 1, Period: count.Period(period), Measure: count.MeasureOpen, N: &one, Rev: rev}
	}
	s.report(t, k, part("2026-11-17", count.PartMorning, 4, 1), part("2026-11-17", count.PartAfternoon, 6, 2), part("2026-11-17", count.PartEvening, 0, 3), open("2026-11-17", 4))
	for _, tt := range []struct {
		name        string
		cells       []wire.Cell
		came        bool
		now, before int64
		ended       int
	}{
		{"nothing yet", nil, false, 0, 0, 0},
		{"the morning", []wire.Cell{part("2026-11-24", count.PartMorning, 5, 5)}, true, 5, 4, 1},
		{"the afternoon", []wire.Cell{part("2026-11-24", count.PartAfternoon, 3, 6)}, true, 8, 10, 2},
		{"all of it", []wire.Cell{part("2026-11-24", count.PartEvening, 1, 7), open("2026-11-24", 8)}, true, 9, 10, 3},
	} {
		s.report(t, k, tt.cells...)
		v, err := s.Overview(t.Context(), a, "")
		must(t, err)
		c := v.Total.Today
		if came := c.NowReason == ""; came != tt.came || c.Now.Total() != tt.now || c.Before.Total() != tt.before || c.Ended != tt.ended {
			t.Errorf("%s: %+v, want %d beside %d, %d parts", tt.name, c, tt.now, tt.before, tt.ended)
		}
	}
}
