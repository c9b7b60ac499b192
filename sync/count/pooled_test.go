package count

import (
	"errors"
	"testing"
)

func TestPoolPeriod_TheDaysOfARound(t *testing.T) {
	for _, tt := range []struct {
		on                            string
		want                          PoolPeriod
		ready, fixed, deadline        string
		items, groups, told, quarters int
	}{
		{"2026-10-01", "2026Q3", "2026-10-08", "2026-10-15", "2026-11-05", 3, 1, 3, 1},
		{"2026-12-31", "2026Q3", "2026-10-08", "2026-10-15", "2026-11-05", 3, 1, 3, 1},
		{"2027-01-01", "2026Q4+2026", "2027-01-08", "2027-01-15", "2027-03-21", 24, 7, 20, 2},
		{"2028-03-31", "2027Q4+2027", "2028-01-08", "2028-01-15", "2028-03-20", 24, 7, 20, 2},
		{"2027-04-01", "2027Q1", "2027-04-08", "2027-04-15", "2027-05-06", 3, 1, 3, 1},
	} {
		on, err := ParseDay(tt.on)
		if err != nil {
			t.Fatal(err)
		}
		p := EndedPoolPeriod(on)
		if p != tt.want || p.ReadyFrom().String() != tt.ready || p.FixedBy().String() != tt.fixed || p.Deadline().String() != tt.deadline {
			t.Errorf("%s: %s, ready %s, fixed %s, until %s; want %v", tt.on, p, p.ReadyFrom(), p.FixedBy(), p.Deadline(), tt)
		}
		if len(p.Items()) != tt.items || len(p.Groups()) != tt.groups || len(p.Told()) != tt.told || len(p.Periods()) != tt.quarters {
			t.Errorf("%s: %d items, %d groups, %d told, %d periods", p, len(p.Items()), len(p.Groups()), len(p.Told()), len(p.Periods()))
		}
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestPoolPeriod_NoOthers(t *testing.T) {
	for _, p := range []PoolPeriod{"", "2026", "2026Q4", "2026Q3+2026", "2026Q4+2027", "2026Q4+", "2026Q4+2026 ", "2026Q5+2026", "2026-10", "+", "2026Q3\n", "Ayşe"} {
		if err := p.Check(); !errors.Is(err, ErrPeriod) {
			t.Errorf("%q: %v, want ErrPeriod", p, err)
		}
	}
}

// What is told has a name of its own in its period, and is what rooms count or follows
// from it.
func TestPoolPeriod_NothingTwice(t *testing.T) {
	for _, items := range [][]PoolItem{PoolPeriod("2026Q4+2026").Items(), PoolPeriod("2026Q4+2026").Told()} {
		seen := map[PoolItem]bool{}
		for _, i := range items {
			if seen[i] {
				t.Errorf("%v twice", i)
			}
			seen[i] = true
		}
	}
}
