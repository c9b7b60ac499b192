package sqlite

import (
	"context"
	"errors"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/hours"
)

// errOtherClock is returned for hours by which what was counted would be other days.
var errOtherClock = errors.New("zone and parts of the day are those of the start")

// SetProgramme takes another programme of the week from now on.
func (s *Store) SetProgramme(week []kiosk.Activity) { s.shown.Store(&week) }

// SetTimetable takes other opening hours and another number of places from now on,
// and lets the clock close what is open by them, as the next start would. Zone and
// parts of the day have to be the same: they say what a day is.
func (s *Store) SetTimetable(ctx context.Context, tt kiosk.Timetable, capacity int) error {
	before := s.timetable()
	if tt.PartTimes == (kiosk.PartTimes{}) {
		tt.PartTimes = kiosk.DefaultPartTimes()
	}
	if tt.PartTimes != before.PartTimes || tt.Zone.String() != before.Zone.String() {
		return errOtherClock
	}
	s.seats.Store(int64(capacity))
	return s.doing(ctx, "take new hours", func(ctx context.Context, t *txn) error {
		s.hours.Store(&tt)
		return hours.Refit(ctx, t, tt)
	})
}
