package wire

import (
	"errors"
	"testing"
	"time"
)

func TestPeriod(t *testing.T) {
	tests := []struct {
		period      Period
		kind        Kind // 0 when it is no period
		from, until string
	}{
		{"2026-11-24", Day, "2026-11-24", "2026-11-25"},
		{"2026-03-29", Day, "2026-03-29", "2026-03-30"}, // 23 hours long in Amsterdam
		{"2028-02-29", Day, "2028-02-29", "2028-03-01"},
		{"2026-12-31", Day, "2026-12-31", "2027-01-01"},
		{"2026-02", Month, "2026-02-01", "2026-03-01"},
		{"2026-12", Month, "2026-12-01", "2027-01-01"},
		{"2026Q1", Quarter, "2026-01-01", "2026-04-01"},
		{"2026Q4", Quarter, "2026-10-01", "2027-01-01"},
		{"2026", Year, "2026-01-01", "2027-01-01"},
		{period: ""}, {period: "26"}, {period: "2026Q5"}, {period: "2026Q0"}, {period: "2026q4"},
		{period: "2026-13"}, {period: "2026-00"}, {period: "2026-1"}, {period: "2026-02-29"},
		{period: "2026-11-31"}, {period: "2026-11-00"}, {period: "2026-W48"}, {period: "2026-11-24 "},
		{period: "2026-11-24\n"}, {period: "1999"}, {period: "2100"}, {period: "٢٠٢٦"}, {period: "2026Q4-11"},
	}
	for _, tt := range tests {
		kind, err := tt.period.Kind()
		if kind != tt.kind || (err == nil) != (tt.kind != 0) {
			t.Errorf("%q.Kind() = %d, %v; want %d", tt.period, kind, err, tt.kind)
		}
		from, until, err := tt.period.Span()
		if tt.kind == 0 {
			if !errors.Is(err, ErrPeriod) {
				t.Errorf("%q.Span(): %v, want ErrPeriod", tt.period, err)
			}
			continue
		}
		if from.Format(time.DateOnly) != tt.from || until.Format(time.DateOnly) != tt.until {
			t.Errorf("%q spans %s to %s, want %s to %s", tt.period, from, until, tt.from, tt.until)
		}
	}
}

func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"2026-11-24", "2026-11", "2026Q4", "2026", "2026-02-30", "2026Q", "Ayşe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, err := Period(s).Kind()
		if err != nil {
			return
		}
		from, _, _ := Period(s).Span()
		layout := map[Kind]string{Day: "2006-01-02", Month: "2006-01", Year: "2006"}[kind]
		if kind == Quarter {
			if len(s) != len("2026Q4") || from.Format("2006") != s[:4] || int(from.Month()) != 3*int(s[5]-'0')-2 {
				t.Errorf("%q begins on %s", s, from)
			}
		} else if from.Format(layout) != s {
			t.Errorf("%q begins on %s", s, from)
		}
	})
}
