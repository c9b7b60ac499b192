package count

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"
)

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func day(t *testing.T, text string) Day {
	t.Helper()
	d, err := ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDayOf_IsTheRoomsOwnDay(t *testing.T) {
	zone := amsterdam(t)
	for _, c := range []struct{ utc, want string }{
		{"2026-11-23T23:30:00Z", "2026-11-24"}, // 00:30 in the room
		{"2026-11-24T22:30:00Z", "2026-11-24"}, // 23:30
		{"2026-06-30T22:30:00Z", "2026-07-01"}, // 00:30 in summer
		{"2026-03-29T00:59:59Z", "2026-03-29"}, // the second before summer time
		{"2026-10-25T00:30:00Z", "2026-10-25"}, // 02:30, for the first time
		{"2026-10-25T01:30:00Z", "2026-10-25"}, // 02:30, once more
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at, zone); got.String() != c.want {
			t.Errorf("%s is %s, want %s", c.utc, got, c.want)
		}
	}
}

func TestDay_EndsAtMidnightAlsoWhenClocksChange(t *testing.T) {
	zone := amsterdam(t)
	for text, hours := range map[string]float64{
		"2026-03-29": 23, "2026-10-25": 25, "2027-03-28": 23, "2027-10-31": 25, "2026-11-24": 24,
	} {
		d := day(t, text)
		if got := d.Ends(zone).Sub(d.At(0, zone)).Hours(); got != hours {
			t.Errorf("%s lasts %v hours, want %v", text, got, hours)
		}
		if got := DayOf(d.Ends(zone), zone); got != d+1 {
			t.Errorf("the end of %s lies on %s", text, got)
		}
	}
}

func TestDay_Periods(t *testing.T) {
	for _, c := range []struct {
		day                        string
		week, month, quarter, year Period
	}{
		{"2026-11-24", "2026-W48", "2026-11", "2026Q4", "2026"},
		{"2027-01-01", "2026-W53", "2027-01", "2027Q1", "2027"},
		{"2024-12-30", "2025-W01", "2024-12", "2024Q4", "2024"},
		{"2026-03-31", "2026-W14", "2026-03", "2026Q1", "2026"},
	} {
		d := day(t, c.day)
		if d.Week() != c.week || d.Month() != c.month || d.Quarter() != c.quarter || d.Year() != c.year {
			t.Errorf("%s: %s %s %s %s", c.day, d.Week(), d.Month(), d.Quarter(), d.Year())
		}
	}
}

func TestParseDay_RefusesWhatIsNoDay(t *testing.T) {
	for _, text := range []string{"", "24-11-2026", "2026-02-29", "2026-13-01", "2026-11-24T10:00", "2026-1-1", "tomorrow"} {
		if d, err := ParseDay(text); !errors.Is(err, ErrDay) {
			t.Errorf("%q: %v, %v, want ErrDay", text, d, err)
		}
	}
}

func TestClockTime(t *testing.T) {
	for text, want := range map[string]ClockTime{"00:00": 0, "09:30": 570, "24:00": 1440} {
		if got, err := ParseClockTime(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "24:01", "12:60", "-1:00", "noon", "12:00:00", "10:3O", "10:3", "1O:30", "+9:30", "09:30 ", "12", "012:00"} {
		if _, err := ParseClockTime(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestDay_MonthsBefore(t *testing.T) {
	for _, tt := range []struct {
		day    string
		months int
		want   string
	}{
		{"2026-11-24", 13, "2025-10-24"},
		{"2026-03-31", 1, "2026-02-28"},
		{"2024-03-31", 13, "2023-02-28"},
		{"2026-01-15", 3, "2025-10-15"},
		{"2028-02-29", 12, "2027-02-28"},
	} {
		if got := day(t, tt.day).MonthsBefore(tt.months).String(); got != tt.want {
			t.Errorf("%d months before %s: %s, want %s", tt.months, tt.day, got, tt.want)
		}
	}
}
