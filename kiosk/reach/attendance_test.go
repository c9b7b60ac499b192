package reach_test

import (
	"maps"
	"testing"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

func TestPartRecount_Changes(t *testing.T) {
	const visits, guests = count.MeasureBadgeVisits, count.MeasureGuests
	for _, tt := range []struct {
		name string
		part reach.PartRecount
		want reach.Numbers
	}{
		{"the first visit", reach.PartRecount{Rows: reach.Numbers{visits: 1, guests: 0}}, reach.Numbers{visits: 1}},
		{"another visit", reach.PartRecount{
			Rows: reach.Numbers{visits: 2, guests: 1}, Told: reach.Numbers{visits: 1, guests: 1},
		}, reach.Numbers{visits: 2}},
		{"the only visit is taken back", reach.PartRecount{Rows: reach.Numbers{visits: 0}, Told: reach.Numbers{visits: 1}}, reach.Numbers{visits: 0}},
		{"a closed-out zero stays", reach.PartRecount{Rows: reach.Numbers{visits: 0}, Told: reach.Numbers{visits: 0}}, nil},
		{"an open quarter follows an erasure", reach.PartRecount{Rows: reach.Numbers{visits: 3}, Told: reach.Numbers{visits: 4}}, reach.Numbers{visits: 3}},
		{"a closed quarter, one visit more among rows that are gone", reach.PartRecount{
			Rows: reach.Numbers{visits: 2}, Told: reach.Numbers{visits: 9}, Before: reach.Numbers{visits: 1},
		}, reach.Numbers{visits: 10}},
		{"a closed quarter, one visit less", reach.PartRecount{
			Rows: reach.Numbers{visits: 0}, Told: reach.Numbers{visits: 9}, Before: reach.Numbers{visits: 1},
		}, reach.Numbers{visits: 8}},
		{"a closed quarter of which the rows say nothing new", reach.PartRecount{
			Rows: reach.Numbers{visits: 1}, Told: reach.Numbers{visits: 9}, Before: reach.Numbers{visits: 1},
		}, nil},
		{"a closed quarter that was told nothing", reach.PartRecount{Rows: reach.Numbers{visits: 1}, Before: reach.Numbers{}}, reach.Numbers{visits: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.part.Changes(); !maps.Equal(got, tt.want) {
				t.Errorf("told from now on: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDayCells_EachNumberOfEachPart(t *testing.T) {
	rules := reach.DayPartRules()
	cells := rules.DayCells(2, count.Date(2026, 11, 24))
	if want := len(rules) * len(count.Parts()); len(cells) != want {
		t.Fatalf("%d cells, want %d", len(cells), want)
	}
	seen := make(map[any]bool)
	for _, c := range cells {
		if seen[c] || c.Epoch != 2 || c.Period != "2026-11-24" || c.Part == count.PartNone {
			t.Errorf("cell %+v", c)
		}
		seen[c] = true
	}
}
