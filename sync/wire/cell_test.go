package wire

import (
	"errors"
	"testing"

	"example.org/inloop/sync/count"
)

func number(n int64) *int64 { return &n }

func TestCellCheck(t *testing.T) {
	const epoch = 3 // of the request
	ok := Cell{Epoch: 3, Period: "2026-11-24", Measure: count.MeasureBadgeVisits, Part: count.PartMorning, N: number(14), Rev: 7}
	tests := []struct {
		name   string
		change func(*Cell)
		want   Code // "" when the cell is fine
	}{
		{"a morning's visits", func(*Cell) {}, ""},
		{"none", func(c *Cell) { c.N = number(0) }, ""},
		{"as many as are trusted", func(c *Cell) { c.N = number(MaxCount) }, ""},
		{"one more", func(c *Cell) { c.N = number(MaxCount + 1) }, CodeBadCount},
		{"fewer than none", func(c *Cell) { c.N = number(-1) }, CodeBadCount},
		{"class A withdrawn", func(c *Cell) { c.N = nil }, CodeBadCount},
		{"an earlier epoch", func(c *Cell) { c.Epoch = 1 }, ""},
		{"no epoch", func(c *Cell) { c.Epoch = 0 }, CodeBadEpoch},
		{"an epoch to come", func(c *Cell) { c.Epoch = 4 }, CodeBadEpoch},
		{"no part", func(c *Cell) { c.Part = count.PartNone }, CodeBadPart},
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
		{"open", func(c *Cell) { c.Measure, c.Part, c.N = count.MeasureOpen, count.PartNone, number(1) }, ""},
		{"planned closed", func(c *Cell) { c.Measure, c.Part, c.N = count.MeasureOpen, count.PartNone, number(0) }, ""},
		{"open twice", func(c *Cell) { c.Measure, c.Part, c.N = count.MeasureOpen, count.PartNone, number(2) }, CodeBadCount},
		{"open in the morning", func(c *Cell) { c.Measure, c.N = count.MeasureOpen, number(1) }, CodeBadPart},
		{"persons of a month", func(c *Cell) { c.Measure, c.Part, c.Period = count.MeasureUnique, count.PartNone, "2026-11" }, ""},
		{"persons of a quarter", func(c *Cell) { c.Measure, c.Part, c.Period = count.MeasureNew, count.PartNone, "2026Q4" }, ""},
		{"persons of a year", func(c *Cell) { c.Measure, c.Part, c.Period = count.MeasureKnown, count.PartNone, "2026" }, ""},
		{"persons of a day", func(c *Cell) { c.Measure, c.Part = count.MeasureUnique, count.PartNone }, CodeBadPeriod},
		{"persons withdrawn", func(c *Cell) { c.Measure, c.Part, c.Period, c.N = count.MeasureUnique, count.PartNone, "2026", nil }, ""},
		{"answers of a quarter", func(c *Cell) { c.Measure, c.Part, c.Period = count.MeasureReachK, count.PartNone, "2026Q3" }, CodeBadMeasure},
		{"answers of a month", func(c *Cell) { c.Measure, c.Part, c.Period = count.MeasureReachK, count.PartNone, "2026-09" }, CodeBadMeasure},
		{"answers withdrawn", func(c *Cell) { c.Measure, c.Part, c.Period, c.N = count.MeasureReachA, count.PartNone, "2026Q3", nil }, CodeBadMeasure},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := ok
			tt.change(&c)
			err := c.Check(count.Standard(), epoch)
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

func FuzzCellCheck(f *testing.F) {
	f.Add(1, "2026-11-24", "guests", "avond", int64(3), int64(9), false)
	f.Add(1, "2026Q4", "reach_k", "", int64(0), int64(1), true)
	measures := count.Standard()
	f.Fuzz(func(t *testing.T, epoch int, period, measure, part string, n, rev int64, none bool) {
		c := Cell{Epoch: epoch, Period: count.Period(period), Measure: count.Measure(measure), Part: count.Part(part), N: &n, Rev: rev}
		if none {
			c.N = nil
		}
		if c.Check(measures, 2) != nil {
			return
		}
		// What was taken can be nothing but a number of a calendar period.
		_, known := measures.Find(c.Measure)
		if _, _, err := c.Period.Span(); err != nil || !known || len(part) > len(count.PartMorning) || rev < 1 || epoch < 1 || epoch > 2 {
			t.Errorf("taken: %+v", c)
		}
		if c.N != nil && (n < 0 || n > MaxCount) {
			t.Errorf("taken with n = %d", n)
		}
	})
}
