package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite"
)

// visitsImports prints the lists that were taken in.
type visitsImports struct {
	JSON bool   `name:"json"`
	Lang string `placeholder:"LANGUAGE"`
}

// importLine is a list as --json prints it.
type importLine struct {
	List   int64  `json:"list"`
	Day    string `json:"day"`
	Rows   int    `json:"rows"`
	Visits int    `json:"visits"`
	People int    `json:"people"`
	Guests int    `json:"guests"`
	Undone bool   `json:"undone"`
}

// Run prints them, the last one first.
func (c *visitsImports) Run(a *app) error {
	said, err := newListWords(a.out, c.Lang)
	if err != nil {
		return err
	}
	return a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) error {
		all, err := s.Imports(a.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			enc := json.NewEncoder(a.out)
			for _, b := range all {
				if err := enc.Encode(importLine{b.No, b.Day.String(), b.Rows, b.Visits, b.People, b.Guests, b.Undone}); err != nil {
					return err
				}
			}
			return nil
		}
		return said.list(all)
	})
}

// list prints lists in columns.
func (w *listWords) list(all []attendancelist.Batch) error {
	if len(all) == 0 {
		w.line(w.T("lists.none", nil))
		return w.err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	for _, head := range []string{"list", "day", "rows", "visits", "people", "guests"} {
		fmt.Fprint(t, w.T("lists.head."+head, nil), "\t")
	}
	fmt.Fprintln(t, w.T("lists.head.state", nil))
	for _, b := range all {
		state := w.T("lists.head.in", nil)
		if b.Undone {
			state = w.T("lists.head.undone", nil)
		}
		fmt.Fprintf(t, "%d\t%s\t%d\t%d\t%d\t%+d\t%s\n", b.No, b.Day, b.Rows, b.Visits, b.People, b.Guests, state)
	}
	return t.Flush()
}
