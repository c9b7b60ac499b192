package count

import (
	"errors"
	"testing"
	"time"
)

func TestPeriod(t *testing.T) {
	tests := []struct {
		period      Period
		kind        PeriodKind // 0 when it is no period
		first, last string
	}{
		{"2026-11-24", PeriodDay, "2026-11-24", "2026-11-24"},
		{"2026-03-29", PeriodDay, "2026-03-29", "2026-03-29"}, // 23 hours long in Amsterdam
		{"2028-02-29", PeriodDay, "2028-02-29", "2028-02-29"},
		{"2026-12-31", PeriodDay, "2026-12-31", "2026-12-31"},
		{"2026-W48", PeriodWeek, "2026-11-23", "2026-11-29"},
		{"2026-W53", PeriodWeek, "2026-12-28", "2027-01-03"}, // 2026 has 53 weeks
		{"2027-W01", PeriodWeek, "2027-01-04", "2027-01-10"},
		{"2025-W01", PeriodWeek, "2024-12-30", "2025-01-05"},
		{"2024-02", PeriodMonth, "2024-02-01", "2024-02-29"},
		{"2026-02", PeriodMonth, "2026-02-01", "2026-02-28"},
		{"2026-12", PeriodMonth, "2026-12-01", "2026-12-31"},
		{"2026Q1", PeriodQuarter, "2026-01-01", "2026-03-31"},
		{"2026Q4", PeriodQuarter, "2026-10-01", "2026-12-31"},
		{"2026", PeriodYear, "2026-01-01", "2026-12-31"},
		{period: ""}, {period: "26"}, {period: "2026Q5"}, {period: "2026Q0"}, {period: "2026q4"},
		{period: "2026-13"}, {period: "2026-00"}, {period: "2026-1"}, {period: "2026-02-29"},
		{period: "2026-11-31"}, {period: "2026-11-00"}, {period: "2026-W54"}, {period: "2025-W53"}, {period: "2026-W00"}, {period: "2026W48"}, {period: "2026-11-24 "},
		{period: "2026-11-24\n"}, {period: "1999"}, {period: "2100"}, {period: "٢٠٢٦"}, {period: "2026Q4-11"},
	}
	for _, tt := range tests {
		kind, err := tt.period.Kind()
		if kind != tt.kind || (err == nil) != (tt.kind != 0) {
			t.Errorf("%q.Kind() = %d, %v; want %d", tt.period, kind, err, tt.kind)
		}
		first, last, err := tt.period.Span()
		if tt.kind == 0 {
			if !errors.Is(err, ErrPeriod) {
				t.Errorf("%q.Span(): %v, want ErrPeriod", tt.period, err)
			}
			continue
		}
		if first.String() != tt.first || last.String() != tt.last {
			t.Errorf("%q is %s to %s, want %s to %s", tt.period, first, last, tt.first, tt.last)
		}
	}
}

// Every day lies in its own week, month, quarter and year, also around each new
// year and each leap day.
func TestPeriod_HoldsItsDays(t *testing.T) {
	for d := Date(2019, time.December, 31); d < Date(2033, time.February, 1); d++ {
		for _, p := range []Period{d.Period(), d.Week(), d.Month(), d.Quarter(), d.Year()} {
			if !p.Contains(d) {
				t.Fatalf("%s does not hold %s", p, d)
			}
		}
		if days, err := d.Week().Days(); err != nil || days.First != d.Monday() || days.Last != d.Monday()+6 {
			t.Fatalf("%s: %+v, %v", d.Week(), days, err)
		}
		if days, err := d.Month().Days(); err != nil || days.First != d.FirstOfMonth() || days.Last != d.LastOfMonth() {
			t.Fatalf("%s: %+v, %v", d.Month(), days, err)
		}
	}
}

func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"2026-11-24", "2026-W48", "2026-11", "2026Q4", "2026", "2026-02-30", "2026Q", "Ayşe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, err := Period(s).Kind()
		if err != nil {
			return
		}
		first, _, _ := Period(s).Span()
		// What was taken is spelled in the one way that there is.
		spelled := map[PeriodKind]Period{
			PeriodDay: first.Period(), PeriodWeek: first.Week(), PeriodMonth: first.Month(), PeriodQuarter: first.Quarter(), PeriodYear: first.Year(),
		}[kind]
		if spelled != Period(s) {
			t.Errorf("%q begins on %s, which is in %s", s, first, spelled)
		}
	})
}
