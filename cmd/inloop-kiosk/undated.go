package main

import (
	"fmt"

	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// tellUndated says beside the figures of some days how many visits may lack in them
// because they wait for a date: on the other stream, for what is printed is read by
// programs, and stays as it is.
func (a *app) tellUndated(s *sqlite.Store, days count.Days) error {
	groups, err := s.Undated(a.ctx)
	if err != nil {
		return fmt.Errorf("visits without a date: %w", err)
	}
	waiting := 0
	for _, g := range groups {
		if g.Within(days) {
			waiting += g.Visits
		}
	}
	if waiting > 0 {
		_, err = fmt.Fprintf(a.errs, "visits that wait for a date and may be of these days: %d; a volunteer can choose their day at the desk\n", waiting)
	}
	return err
}
