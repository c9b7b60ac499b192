package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// ImportReport says what an import changed, or would change.
type ImportReport struct {
	Rows      int `json:"rows"`       // of the list
	Visits    int `json:"visits"`     // added
	Known     int `json:"known"`      // persons' rows of which the visit was there already
	People    int `json:"people"`     // labels that were seen for the first time
	Guests    int `json:"guests"`     // by which the number of guests changed
	Old       int `json:"old"`        // rows older than the retention, of which no visit is kept
	FirstSeen int `json:"first_seen"` // people whom an old row made known for longer

	// Withheld are closed periods that are not told, because the list knows of
	// older visits in them than the room keeps.
	Withheld []count.Period `json:"withheld"`
}

// errDry ends the transaction of a dry run.
var errDry = errors.New("dry run")

// ImportVisits takes a list that [kiosk.ParseList] has read, whole or not at
// all. The same label, however its letters are encoded and spaced, is the same
// person, in this list and in later ones; a
// visit that is there already, however it came there, is not doubled. A row of
// guests sets the imported guests of that part of the day, beside those who
// were counted otherwise, so that the same list twice changes nothing. A row
// older than the retention only moves back when the person, and the room, were
// first seen. kiosk.ErrFuture when a row lies ahead.
//
// A dry run does all of it and takes it back, so that its report is the same.
func (s *Store) ImportVisits(ctx context.Context, list []kiosk.ListRow, dryRun bool) (ImportReport, error) {
	var report ImportReport
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		i := &importer{t: t, horizon: monthsBefore(t.today, keptMonths), people: make(map[string]int64)}
		// What is complete now is kept before the horizon may move.
		if err := s.reckon(ctx, t, t.today); err != nil {
			return err
		}
		for _, row := range list {
			if err := i.row(ctx, row); err != nil {
				return fmt.Errorf("line %d: %w", row.Line, err)
			}
		}
		if err := i.finish(ctx); err != nil {
			return err
		}
		report = i.ImportReport
		if dryRun {
			return errDry
		}
		return nil
	})
	if err != nil && (!dryRun || !errors.Is(err, errDry)) {
		return ImportReport{}, fmt.Errorf("import visits: %w", err)
	}
	return report, nil
}

type importer struct {
	ImportReport
	t       *txn
	horizon count.Day        // rows before it are older than the retention
	people  map[string]int64 // by label, those met in this list
	oldest  count.Day        // of the old rows on which anybody came, NoDay without any
	newest  count.Day        // likewise
}

func (i *importer) row(ctx context.Context, row kiosk.ListRow) error {
	i.Rows++
	if row.Day > i.t.today {
		return fmt.Errorf("%s: %w", row.Day, kiosk.ErrFuture)
	}
	old := row.Day < i.horizon
	if old {
		i.Old++
	}
	if old && (row.Person != "" || row.Guests > 0) {
		i.newest = max(i.newest, row.Day)
		if i.oldest == count.NoDay || row.Day < i.oldest {
			i.oldest = row.Day
		}
	}
	switch {
	case row.Person == "" && old:
		return nil
	case row.Person == "":
		return i.setGuests(ctx, row)
	}
	person, err := i.person(ctx, norm.NFC.String(strings.Join(strings.Fields(row.Person), " ")))
	if err != nil {
		return err
	}
	if old {
		return i.seen(ctx, person, row.Day)
	}
	return i.visit(ctx, person, row)
}

// person returns whose label it is, or makes a person of it.
func (i *importer) person(ctx context.Context, label string) (int64, error) {
	if no, ok := i.people[label]; ok {
		return no, nil
	}
	keys := i.t.s.cfg.Keys
	mac := keys.mac("label", []byte(label))
	var no int64
	err := i.t.QueryRowContext(ctx, `SELECT no FROM person WHERE label_mac = ?1`, mac).Scan(&no)
	if errors.Is(err, sql.ErrNoRows) {
		i.People++
		no, err = i.t.insert(ctx, `INSERT INTO person (language, label_mac) VALUES (?1, ?2)`, kiosk.Languages()[0], mac)
		if err != nil {
			return 0, fmt.Errorf("add person: %w", err)
		}
		sealed, err := keys.sealText(label, "person", "label", no)
		if err != nil {
			return 0, fmt.Errorf("add person: %w", err)
		}
		if err := i.t.one(ctx, `UPDATE person SET label = ?2 WHERE no = ?1`, no, sealed); err != nil {
			return 0, fmt.Errorf("add person: %w", err)
		}
	} else if err != nil {
		return 0, fmt.Errorf("find person: %w", err)
	}
	i.people[label] = no
	return no, nil
}

// seen notes an old visit, of which no row is made: the month in which she was
// first seen, and the day for as long as a running year may ask for it.
func (i *importer) seen(ctx context.Context, person int64, day count.Day) error {
	res, err := i.t.exec(ctx, `
		UPDATE person SET first_day = ?2 WHERE no = ?1 AND coalesce(first_day, ?2 + 1) > ?2`, person, firstOfMonth(day))
	if err != nil {
		return fmt.Errorf("note first seen: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	i.FirstSeen += int(n)
	_, err = i.t.exec(ctx, `UPDATE person SET last_day = ?2 WHERE no = ?1 AND coalesce(last_day, ?2 - 1) < ?2`, person, day)
	if err != nil {
		return fmt.Errorf("note last seen: %w", err)
	}
	return nil
}

func (i *importer) visit(ctx context.Context, person int64, row kiosk.ListRow) error {
	there, err := i.t.visited(ctx, person, row.Day, row.Part)
	if err != nil {
		return err
	}
	if there {
		i.Known++
		return nil
	}
	v := i.imported(row)
	v.person = person
	i.Visits++
	_, err = i.t.addVisit(ctx, v)
	return err
}

// imported returns the row of a visit of which nothing but the part of the day
// is known.
func (i *importer) imported(row kiosk.ListRow) visitRow {
	v := i.t.visitNow(kiosk.SourceImport)
	v.at, v.trust, v.day, v.part = i.t.s.fromMillis(sql.NullInt64{}), kiosk.TrustConfirmed, row.Day, row.Part
	return v
}

// setGuests adds or takes away imported guests until there are as many as the
// list says.
func (i *importer) setGuests(ctx context.Context, row kiosk.ListRow) error {
	const ofSlot = `person IS NULL AND how = 'import' AND void = 0 AND day = ?1 AND part = ?2`
	var have int
	if err := i.t.QueryRowContext(ctx, `SELECT count(*) FROM visit WHERE `+ofSlot, row.Day, row.Part).Scan(&have); err != nil {
		return fmt.Errorf("count guests: %w", err)
	}
	i.Guests += row.Guests - have
	v := i.imported(row)
	v.band = kiosk.BandUnasked
	for ; have < row.Guests; have++ {
		if _, err := i.t.addVisit(ctx, v); err != nil {
			return err
		}
	}
	for ; have > row.Guests; have-- {
		var no int64
		if err := i.t.QueryRowContext(ctx, `SELECT max(no) FROM visit WHERE `+ofSlot, row.Day, row.Part).Scan(&no); err != nil {
			return fmt.Errorf("find guest: %w", err)
		}
		if err := i.t.changeVisit(ctx, no, func(v *visitRow) error { v.void = true; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// finish makes the figures say what the list said.
func (i *importer) finish(ctx context.Context) error {
	if i.oldest != count.NoDay {
		if err := i.t.s.noteRecorded(ctx, i.t, i.oldest); err != nil {
			return err
		}
		if err := i.t.forgetUntil(ctx, i.newest); err != nil {
			return err
		}
		if err := i.t.s.unkeep(ctx, i.t, i.newest); err != nil {
			return err
		}
	}
	if err := i.t.s.reckon(ctx, i.t, i.t.today); err != nil {
		return err
	}
	return i.withhold(ctx)
}

// withhold lists the closed periods that the old rows leave untold though some
// of their rows are kept: the last ones that begin before the horizon.
func (i *importer) withhold(ctx context.Context) error {
	if i.oldest == count.NoDay {
		return nil
	}
	l, err := i.t.s.loadLedger(ctx, i.t, i.t.s.cfg.Timetable.Zone)
	if err != nil {
		return err
	}
	for _, p := range []count.Period{i.newest.Month(), i.newest.Quarter(), i.newest.Year()} {
		_, last, err := p.Span()
		if err != nil {
			return err
		}
		if _, told := l.kept[p]; !told && last >= i.horizon && last < i.t.today {
			i.Withheld = append(i.Withheld, p)
		}
	}
	return nil
}
