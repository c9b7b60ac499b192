package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	cli1 "example.org/inloop/cmd/internal/cli"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// reachCmd prints the figures of one month, quarter or year.
type reachCmd struct {
	Quarter string `xor:"period" required:"" placeholder:"2026Q3"`
	Month   string `xor:"period" required:"" placeholder:"2026-09"`
	Year    string `xor:"period" required:"" placeholder:"2026"`
	JSON    bool   `name:"json"`
}

// Run prints each measure by its name, or why it is withheld.
func (c *reachCmd) Run(a *app) error {
	period := count.Period(c.Quarter + c.Month + c.Year) // exactly one is set
	if c.Quarter != "" && !period.Is(count.PeriodQuarter) || c.Month != "" && !period.Is(count.PeriodMonth) || c.Year != "" && !period.Is(count.PeriodYear) {
		return fmt.Errorf("%w: %.20q: want --year 2026, --quarter 2026Q3 or --month 2026-09", cli1.ErrUsage, string(period))
	}
	return a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) error {
		figures, err := s.Figures(a.ctx, period)
		if err != nil {
			return fmt.Errorf("figures of %s: %w", period, err)
		}
		days, err := period.Days()
		if err != nil {
			return fmt.Errorf("days of %s: %w", period, err)
		}
		if err := a.tellUndated(s, days); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(a.out).Encode(figures)
		}
		if err := printFigures(a.out, figures); err != nil {
			return err
		}
		view, err := s.Pooled(a.ctx)
		if err != nil {
			return fmt.Errorf("figures of all rooms: %w", err)
		}
		if err := printPooled(a.out, period, view.Periods); err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.errs, "what each number is, who sees it and what is never done: the page /desk/counted on the kiosk")
		return err
	})
}

func printFigures(w io.Writer, f reach.Figures) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	note := ""
	if f.AtLeast {
		note = "at least: a backup was put back, visits may be missing"
	}
	if f.Began != count.NoDay {
		note = strings.TrimPrefix(note+"; ", "; ") + "the room is open since " + f.Began.String() + ", so everybody was new"
	}
	fmt.Fprintf(t, "%s\t\t%s\n", f.Period, note)
	for _, row := range []struct {
		measure count.Measure
		value   reach.Value
	}{
		{count.MeasureVisits, f.Visits}, {count.MeasureBadgeVisits, f.BadgeVisits}, {count.MeasureGuests, f.Guests}, {count.MeasureAssumed, f.Assumed},
		{count.MeasureUnique, f.Unique}, {count.MeasureNew, f.New}, {count.MeasureKnown, f.Known}, {count.MeasureRegular, f.Regular},
	} {
		if row.value.Reason != "" {
			fmt.Fprintf(t, "%s\t-\t%s\n", row.measure, why(row.value.Reason))
		} else {
			fmt.Fprintf(t, "%s\t%d\t\n", row.measure, row.value.N)
		}
	}
	if f.BadgeShare.Reason != "" {
		fmt.Fprintf(t, "%s\t-\t%s\n", count.MeasureBadgeShare, why(f.BadgeShare.Reason))
	} else {
		fmt.Fprintf(t, "%s\t%.2f\t\n", count.MeasureBadgeShare, f.BadgeShare.Of)
	}
	return t.Flush()
}

// printPooled prints what all rooms of the organisation counted together, rounded.
func printPooled(w io.Writer, p count.Period, all []kiosk.PooledPeriod) error {
	if !p.AtLeast(count.PeriodQuarter) {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	told := false
	for _, round := range all {
		if !slices.Contains(round.Period.Periods(), p) || round.State != kiosk.PooledStateTold {
			continue
		}
		told = true
		fmt.Fprintf(t, "all rooms\t\tover %d of %d rooms, settled on %s\n", round.Rooms, round.Due, round.Day)
		for _, f := range round.Figures {
			switch {
			case f.Period != p:
			case f.State == string(disclose.DisclosureShown):
				fmt.Fprintf(t, "%s\t%d\t\n", f.Measure, f.N)
			case f.State == string(disclose.DisclosureSmall):
				fmt.Fprintf(t, "%s\t<%d\t\n", f.Measure, disclose.Smallest)
			default:
				fmt.Fprintf(t, "%s\t-\ttoo few\n", f.Measure)
			}
		}
	}
	if !told {
		fmt.Fprintf(t, "all rooms\t-\twhat people answered is counted by all rooms together, from the eighth day after the period\n")
	}
	return t.Flush()
}

// why says a reason in a sentence, behind its name in files.
func why(r reach.Reason) string {
	said := map[reach.Reason]string{
		reach.ReasonTogether:   "told of all rooms of the organisation together",
		reach.ReasonNewRoom:    "too little was recorded in the 12 months before (under 75 % of the open days), so nobody can be told to be new",
		reach.ReasonLowShare:   "under 60 % of the visits are by badge",
		reach.ReasonNoVisits:   "there are no visits",
		reach.ReasonMonthAndUp: "people are counted per month, quarter and year",
		reach.ReasonForgotten:  "the visits are older than the room keeps, and nothing was kept of them",
		reach.ReasonAhead:      "the period has not begun",
		reach.ReasonFewWeeks:   "the room was open in fewer than 8 weeks, and who comes in 6 of 13 is regular",
		reach.ReasonQuarters:   "told per quarter and year",
	}[r]
	return string(r) + ": " + said
}
