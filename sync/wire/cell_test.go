package wire

import (
	"errors"
	"testing"
)

func number(n int64) *int64 { return &n }

func TestCellCheck(t *testing.T) {
	const epoch = 3 // of the request
	ok := Cell{Epoch: 3, Period: "2026-11-24", Measure: BadgeVisits, Part: Morning, N: number(14), Rev: 7}
	tests := []struct {
		name   string
		change func(*Cell)
		want   Code // "" when the cell is fine
	}{
		{"a morning's visits", func(*Cell) {}, ""},
		{"none", func(c *Cell) { c.N = number(0) }, ""},
		{"as many as are believed", func(c *Cell) { c.N = number(MaxCount) }, ""},
		{"one more", func(c *Cell) { c.N = number(MaxCount + 1) }, CodeBadCount},
		{"fewer than none", func(c *Cell) { c.N = number(-1) }, CodeBadCount},
		{"class A withdrawn", func(c *Cell) { c.N = nil }, CodeBadCount},
		{"an earlier epoch", func(c *Cell) { c.Epoch = 1 }, ""},
		{"no epoch", func(c *Cell) { c.Epoch = 0 }, CodeBadEpoch},
		{"an epoch to come", func(c *Cell) { c.Epoch = 4 }, CodeBadEpoch},
		{"no part", func(c *Cell) { c.Part = NoPart }, CodeBadPart},
		{"no such part", func(c *Cell) { c.Part = "nacht" }, CodeBadPart},
		{"an English part", func(c *Cell) { c.Part = "morning" }, CodeBadPart},
		{"a name as part", func(c *Cell) { c.Part = "Ayşe" }, CodeBadPart},
		{"no revision", func(c *Cell) { c.Rev = 0 }, CodeBadRev},
		{"the last revision", func(c *Cell) { c.Rev = MaxRev }, ""},
		{"a revision that JSON readers round", func(c *Cell) { c.Rev = MaxRev + 1 }, CodeBadRev},
		{"no such measure", func(c *Cell) { c.Measure = "names" }, CodeBadMeasure},
		{"the total, which is a sum", func(c *Cell) { c.Measure = "visits" }, CodeBadMeasure},
		{"visits of a month", func(c *Cell) { c.Period = "2026-11" }, CodeBadPeriod},
		{"visits of an ISO week", func(c *Cell) { c.Period = "2026-W48" }, CodeBadPeriod},
		{"no day", func(c *Cell) { c.Period = "2026-02-30" }, CodeBadPeriod},
		{"open", func(c *Cell) { c.Measure, c.Part, c.N = Open, NoPart, number(1) }, ""},
		{"planned closed", func(c *Cell) { c.Measure, c.Part, c.N = Open, NoPart, number(0) }, ""},
		{"open twice", func(c *Cell) { c.Measure, c.Part, c.N = Open, NoPart, number(2) }, CodeBadCount},
		{"open in the morning", func(c *Cell) { c.Measure, c.N = Open, number(1) }, CodeBadPart},
		{"persons of a month", func(c *Cell) { c.Measure, c.Part, c.Period = Unique, NoPart, "2026-11" }, ""},
		{"persons of a quarter", func(c *Cell) { c.Measure, c.Part, c.Period = New, NoPart, "2026Q4" }, ""},
		{"persons of a year", func(c *Cell) { c.Measure, c.Part, c.Period = Returning, NoPart, "2026" }, ""},
		{"persons of a day", func(c *Cell) { c.Measure, c.Part = Unique, NoPart }, CodeBadPeriod},
		{"persons withdrawn", func(c *Cell) { c.Measure, c.Part, c.Period, c.N = Unique, NoPart, "2026", nil }, ""},
		{"answers of a quarter", func(c *Cell) { c.Measure, c.Part, c.Period = ReachK, NoPart, "2026Q3" }, ""},
		{"answers of a month", func(c *Cell) { c.Measure, c.Part, c.Period = ReachK, NoPart, "2026-09" }, CodeBadPeriod},
		{"answers withdrawn", func(c *Cell) { c.Measure, c.Part, c.Period, c.N = ReachA, NoPart, "2026Q3", nil }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := ok
			tt.change(&c)
			err := c.Check(epoch)
			var refused *CellError
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Check: %v, want nil", err)
			case tt.want != "" && (!errors.As(err, &refused) || refused.Code != tt.want):
				t.Errorf("Check: %v, want %s", err, tt.want)
			}
		})
	}
}

// TestMeasures walks the classes of measures: what tells more of a person is
// counted over longer.
func TestMeasures(t *testing.T) {
	for m, r := range rules {
		if m.Class() != r.class || m.ByPart() != r.parts {
			t.Errorf("%s: class %c by part %t, want %c %t", m, m.Class(), m.ByPart(), r.class, r.parts)
		}
		if r.parts && r.class != ClassA {
			t.Errorf("%s: class %c counted by part of the day", m, r.class)
		}
	}
	if c := Measure("visits").Class(); c != 0 {
		t.Errorf("class of an unknown measure is %c, want none", c)
	}
}

func FuzzCellCheck(f *testing.F) {
	f.Add(1, "2026-11-24", "guests", "avond", int64(3), int64(9), false)
	f.Add(1, "2026Q4", "reach_k", "", int64(0), int64(1), true)
	f.Fuzz(func(t *testing.T, epoch int, period, measure, part string, n, rev int64, none bool) {
		c := Cell{Epoch: epoch, Period: Period(period), Measure: Measure(measure), Part: Part(part), N: &n, Rev: rev}
		if none {
			c.N = nil
		}
		if c.Check(2) != nil {
			return
		}
		// What was taken can be nothing but a number of a calendar period.
		_, known := rules[c.Measure]
		if _, _, err := c.Period.Span(); err != nil || !known || len(part) > len(Morning) || rev < 1 || epoch < 1 || epoch > 2 {
			t.Errorf("taken: %+v", c)
		}
		if c.N != nil && (n < 0 || n > MaxCount) {
			t.Errorf("taken with n = %d", n)
		}
	})
}
