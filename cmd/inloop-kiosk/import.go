package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	cli1 "example.org/inloop/cmd/internal/cli"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

type visitsImport struct {
	File   string `arg:""`
	DryRun bool
}

// Run takes in a list, whole or not at all, and says what became of it.
func (c *visitsImport) Run(a *app) error {
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("%w: %w", cli1.ErrUsage, err)
	}
	defer f.Close()
	rows, err := attendancelist.Parse(f, count.DayOf(time.Now(), cfg.Timetable.Zone))
	if err != nil {
		return c.refused(a, err)
	}
	return a.withStore(sqlite.ModeCommand, func(store *sqlite.Store) error {
		report, err := store.ImportVisits(a.ctx, rows, c.DryRun)
		if err != nil {
			return c.refused(a, err)
		}
		done := "Taken in"
		if c.DryRun {
			done = "Dry run, nothing is changed. It would take in"
		}
		_, err = fmt.Fprintf(a.out, `%s %d lines:
  visits added                     %d
  visits that were there already   %d
  people seen for the first time   %d
  change in the number of guests   %+d
  lines older than the room keeps  %d
  people first seen earlier by it  %d
`, done, report.Rows, report.Visits, report.Known, report.People, report.Guests, report.Old, report.FirstSeen)
		if err == nil && len(report.Withheld) > 0 {
			_, err = fmt.Fprintf(a.out, `  periods that are not told        %s
    Some of their lines are older than the room keeps, so their figures would be
    too low.
`, strings.Join(periods(report.Withheld), ", "))
		}
		return err
	})
}

// refused says all that is wrong with a list.
func (c *visitsImport) refused(a *app, err error) error {
	var faults attendancelist.Problems
	if !errors.As(err, &faults) {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	for _, fault := range faults {
		fmt.Fprintf(a.errs, "%s: %s\n", c.File, fault)
	}
	return fmt.Errorf("%s: nothing is taken in; mend what is named above and try again", c.File)
}

func periods(all []count.Period) (names []string) {
	for _, p := range all {
		names = append(names, string(p))
	}
	return names
}
