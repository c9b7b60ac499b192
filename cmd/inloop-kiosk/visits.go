package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	cli1 "example.org/inloop/cmd/internal/cli"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// visitsCmd prints visits, or takes in a list of them.
type visitsCmd struct {
	List    visitsList    `cmd:"" default:"withargs"`
	Import  visitsImport  `cmd:""`
	Imports visitsImports `cmd:""`
}

type visitsList struct {
	From string `required:"" placeholder:"DAY"`
	To   string `required:"" placeholder:"DAY"`
	JSON bool   `name:"json"`
}

// Run prints the visits of the days asked for, in the order in which they were
// made.
func (c *visitsList) Run(a *app) error {
	from, err := count.ParseDay(c.From)
	if err != nil {
		return fmt.Errorf("%w: --from: %w", cli1.ErrUsage, err)
	}
	to, err := count.ParseDay(c.To)
	if err != nil {
		return fmt.Errorf("%w: --to: %w", cli1.ErrUsage, err)
	}
	if to < from {
		return fmt.Errorf("%w: --to %s lies before --from %s", cli1.ErrUsage, to, from)
	}
	return a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) error {
		if err := a.tellUndated(s, count.Days{First: from, Last: to}); err != nil {
			return err
		}
		w := bufio.NewWriter(a.out)
		show, end := table(w)
		if c.JSON {
			show, end = lines(w)
		}
		if err := s.Visits(a.ctx, from, to, show); err != nil {
			return fmt.Errorf("read visits: %w", err)
		}
		if err := end(); err != nil {
			return err
		}
		return w.Flush()
	})
}

// line is a visit or a guest as --json prints it.
type line struct {
	Person  *int64            `json:"person"` // number within this room, null for a guest
	Day     string            `json:"day"`
	Part    count.Part        `json:"part"`
	In      *time.Time        `json:"in"`  // null for what was entered afterwards, and for days that are over
	Out     *time.Time        `json:"out"` // a measured end of today, else null
	How     kiosk.VisitSource `json:"how"`
	Band    *kiosk.Band       `json:"band"` // of a guest, else null
	Assumed bool              `json:"assumed"`
	Void    bool              `json:"void"`
	Epoch   int               `json:"epoch"`
}

func lineOfVisit(v kiosk.Visit) line {
	l := line{Day: v.Day.String(), Part: v.Part, How: v.Source, Assumed: v.Assumed, Void: v.Void, Epoch: v.Epoch}
	if v.Person != 0 {
		l.Person = &v.Person
	} else {
		l.Band = &v.Band
	}
	if !v.In.IsZero() {
		l.In = &v.In
	}
	if !v.Out.IsZero() {
		l.Out = &v.Out
	}
	return l
}

// lines prints one JSON object a line.
func lines(w io.Writer) (show func(kiosk.Visit) error, end func() error) {
	enc := json.NewEncoder(w)
	return func(v kiosk.Visit) error { return enc.Encode(lineOfVisit(v)) }, func() error { return nil }
}

// table prints columns for a person to read.
func table(w io.Writer) (show func(kiosk.Visit) error, end func() error) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DAY\tPART\tPERSON\tIN\tOUT\tHOW\t")
	clock := func(at time.Time) string {
		if at.IsZero() {
			return "-"
		}
		return at.Format("15:04")
	}
	return func(v kiosk.Visit) error {
		who := "guest " + string(v.Band)
		if v.Person != 0 {
			who = fmt.Sprint(v.Person)
		}
		note := ""
		if v.Assumed {
			note = "assumed"
		}
		if v.Void {
			note = "void"
		}
		_, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", v.Day, v.Part, who, clock(v.In), clock(v.Out), v.Source, note)
		return err
	}, t.Flush
}
