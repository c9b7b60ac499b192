package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	cli1 "example.org/inloop/cmd/internal/cli"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/sync/count"
)

// visitsImport takes a list in, or one back.
type visitsImport struct {
	File    string `arg:"" optional:""`
	DryRun  bool
	Yes     bool
	Undo    int64  `placeholder:"N"`
	Dates   string `placeholder:"ORDER"`
	Columns string `placeholder:"NAMES"`
	Sheet   string `placeholder:"SHEET"`
	Text    string `placeholder:"ENCODING"`
	Same    []int  `placeholder:"LINES"`
	Lang    string `placeholder:"LANGUAGE"`
}

// Run takes in a list, whole or not at all, and says what became of it. Where figures
// that were told would change, it says so and waits for a yes.
func (c *visitsImport) Run(a *app) error {
	if (c.File == "") == (c.Undo == 0) {
		return fmt.Errorf("%w: want a file, or --undo with the number of a list", cli1.ErrUsage)
	}
	said, err := newListWords(a.out, c.Lang)
	if err != nil {
		return err
	}
	if c.Undo != 0 {
		return a.withStore(sqlite.ModeCommand, func(store *sqlite.Store) error { return c.takeBack(a, store, said) })
	}
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	rows, how, err := c.read(count.DayOf(time.Now(), cfg.Timetable.Zone))
	if err != nil {
		return c.refused(a, said, err)
	}
	for _, line := range c.Same {
		i := slices.IndexFunc(rows, func(row attendancelist.Row) bool { return row.Line == line && row.Person != "" })
		if i < 0 {
			return fmt.Errorf("%w: --same: nobody stands in line %d", cli1.ErrUsage, line)
		}
		rows[i].Same = true
	}
	return a.withStore(sqlite.ModeCommand, func(store *sqlite.Store) error { return c.takeIn(a, store, rows, how, said) })
}

// read reads the file as the flags say that it is written.
func (c *visitsImport) read(today count.Day) (rows []attendancelist.Row, how attendancelist.Reading, err error) {
	dates, err := attendancelist.ParseDateOrder(c.Dates)
	if err != nil {
		return nil, how, fmt.Errorf("%w: --dates: %w", cli1.ErrUsage, err)
	}
	columns, err := attendancelist.ParseColumnNames(c.Columns)
	if err != nil {
		return nil, how, fmt.Errorf("%w: --columns: %w", cli1.ErrUsage, err)
	}
	text, err := attendancelist.ParseEncoding(c.Text)
	if err != nil {
		return nil, how, fmt.Errorf("%w: --text: %w", cli1.ErrUsage, err)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, how, fmt.Errorf("%w: %w", cli1.ErrUsage, err)
	}
	defer f.Close()
	return attendancelist.Hints{Text: text, Dates: dates, Columns: columns, Sheet: c.Sheet}.Parse(f, today)
}

func (c *visitsImport) takeIn(a *app, store *sqlite.Store, rows []attendancelist.Row, how attendancelist.Reading, said *listWords) error {
	foreseen, err := store.ImportVisits(a.ctx, rows, true)
	if err != nil {
		return c.refused(a, said, err)
	}
	asks := foreseen.Asks() && !c.Yes
	if c.DryRun || asks {
		err := said.foreseen(foreseen, how)
		if err == nil && !c.DryRun {
			err = errors.New(said.T("lists.asks", nil))
		}
		return err
	}
	taken, err := store.ImportVisits(a.ctx, rows, false)
	if errors.Is(err, imports.ErrBusy) {
		return errors.New(said.T("lists.busy", nil))
	}
	if err != nil {
		return c.refused(a, said, err)
	}
	return said.taken(taken, how)
}

func (c *visitsImport) takeBack(a *app, store *sqlite.Store, said *listWords) error {
	gone, err := store.UndoImport(a.ctx, c.Undo, c.DryRun)
	lean := &imports.LeanError{}
	switch {
	case err == nil:
		return said.takenBack(gone, c.DryRun)
	case errors.Is(err, imports.ErrBusy):
		return errors.New(said.T("lists.busy", nil))
	case errors.As(err, &lean):
		return errors.New(said.Say("lists.lean", "List", c.Undo, "Later", lean.Later[len(lean.Later)-1]))
	case errors.Is(err, kiosk.ErrUndone):
		return errors.New(said.Say("lists.gone", "List", c.Undo))
	case errors.Is(err, kiosk.ErrNotFound):
		return errors.New(said.Say("lists.unknown", "List", c.Undo))
	}
	return err
}

// refused says all that is wrong with a list, in the operator's language.
func (c *visitsImport) refused(a *app, said *listWords, err error) error {
	var faults attendancelist.Problems
	switch {
	case errors.Is(err, cli1.ErrUsage):
		return err
	case !errors.As(err, &faults):
		return fmt.Errorf("%s: %w", c.File, err)
	}
	for _, fault := range faults {
		fmt.Fprintf(a.errs, "%s: %s\n", c.File, said.fault(fault))
	}
	return errors.New(said.Say("lists.refused", "File", c.File))
}
