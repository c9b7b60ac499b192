package count

import (
	"fmt"
	"strings"
	"time"
)

// ClockTime is a time on the clock, in minutes since midnight.
type ClockTime int

// ParseClockTime reads HH:MM, or H:MM, up to 24:00 and to the end of the text.
func ParseClockTime(s string) (ClockTime, error) {
	hours, minutes, _ := strings.Cut(s, ":")
	h, errHours := ParseNumber(hours)
	m, errMinutes := ParseNumber(minutes)
	if errHours != nil || errMinutes != nil || len(hours) > 2 || len(minutes) != 2 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("no clock time: %.10q, want HH:MM such as 09:30", s)
	}
	return ClockTime(h*60 + m), nil
}

// String returns the time as HH:MM.
func (c ClockTime) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// ClockOf returns the clock time of t in zone.
func ClockOf(t time.Time, zone *time.Location) ClockTime {
	h, m, _ := t.In(zone).Clock()
	return ClockTime(h*60 + m)
}
