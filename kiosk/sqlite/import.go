package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// errDry ends the transaction of a dry run.
var errDry = errors.New("dry run")

// ImportVisits takes a list that [attendancelist.Parse] has read, whole or not
// at all, as [attendancelist.NewPlan] plans it. kiosk.ErrFuture when a row lies
// ahead, attendancelist.Problems when some are of a part of today still to come.
//
// A dry run does all of it and takes it back, so that its report is the same.
func (s *Store) ImportVisits(ctx context.Context, list []attendancelist.Row, dryRun bool) (attendancelist.Summary, error) {
	var report attendancelist.Summary
	err := s.withTx(ctx, func(ctx context.Context, t *txn) (err error) {
		if report, err = t.importVisits(ctx, list); err == nil && dryRun {
			return errDry
		}
		return err
	})
	if err != nil && (!dryRun || !errors.Is(err, errDry)) {
		return attendancelist.Summary{}, fmt.Errorf("import visits: %w", err)
	}
	return report, nil
}

func (t *txn) importVisits(ctx context.Context, list []attendancelist.Row) (report attendancelist.Summary, err error) {
	// What is complete now is kept before its rows may be known to be missing.
	if err := t.recountPeriods(ctx); err != nil {
		return report, err
	}
	room, people, err := t.listed(ctx, list)
	if err != nil {
		return report, err
	}
	plan, err := attendancelist.NewPlan(list, room)
	if err != nil {
		return report, err
	}
	if err := t.carryOut(ctx, plan, people); err != nil {
		return report, err
	}
	report = plan.Summary
	report.Withheld, err = t.retell(ctx, plan)
	return report, err
}

// listed reads what is known already of all that a list names, and the numbers
// of the persons by label.
func (t *txn) listed(ctx context.Context, list []attendancelist.Row) (room attendancelist.Known, people map[string]int64, err error) {
	room = attendancelist.Known{Today: t.today, Now: t.now.Part, People: make(map[string]attendancelist.Person)}
	people = make(map[string]int64)
	if room.Guests, err = t.listedGuests(ctx); err != nil {
		return room, nil, fmt.Errorf("count guests: %w", err)
	}
	for _, row := range list {
		label := attendancelist.Label(row.Person)
		if _, met := people[label]; met || label == "" {
			continue
		}
		var no int64
		var first, last sql.NullInt64
		err := t.QueryRowContext(ctx, `SELECT no, first_day, last_day FROM person WHERE label_mac = ?1`, t.labelMAC(label)).Scan(&no, &first, &last)
		if errors.Is(err, sql.ErrNoRows) {
			people[label] = 0
			continue
		}
		if err != nil {
			return room, nil, fmt.Errorf("find person: %w", err)
		}
		who := attendancelist.Person{First: count.Day(first.Int64), Last: count.Day(last.Int64)}
		if who.Visits, err = t.visitsOf(ctx, no); err != nil {
			return room, nil, fmt.Errorf("look for visits: %w", err)
		}
		people[label], room.People[label] = no, who
	}
	return room, people, nil
}

// labelMAC is by what a label is found again.
func (t *txn) labelMAC(label string) []byte { return t.s.cfg.Keys.Label(label) }

// visitsOf reads when a person came, as far as a row says so.
func (t *txn) visitsOf(ctx context.Context, person int64) (map[kiosk.DayPart]bool, error) {
	days, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (at kiosk.DayPart, err error) {
		return at, row.Scan(&at.Day, &at.Part)
	}, `SELECT day, part FROM visit WHERE person = ?1 AND day IS NOT NULL AND void = 0`, person)
	visits := make(map[kiosk.DayPart]bool, len(days))
	for _, at := range days {
		visits[at] = true
	}
	return visits, err
}

// listedGuests counts the guests of earlier lists.
func (t *txn) listedGuests(ctx context.Context) (map[kiosk.DayPart]int, error) {
	type guests struct {
		at kiosk.DayPart
		n  int
	}
	rows, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (g guests, err error) {
		return g, row.Scan(&g.at.Day, &g.at.Part, &g.n)
	}, `SELECT day, part, count(*) FROM visit WHERE person IS NULL AND how = 'import' AND void = 0 GROUP BY day, part`)
	all := make(map[kiosk.DayPart]int, len(rows))
	for _, g := range rows {
		all[g.at] = g.n
	}
	return all, err
}

// carryOut writes what a plan says. The numbers of new persons join people.
func (t *txn) carryOut(ctx context.Context, plan attendancelist.Plan, people map[string]int64) (err error) {
	for _, label := range plan.New {
		if people[label], err = t.addLabelled(ctx, label); err != nil {
			return fmt.Errorf("add person: %w", err)
		}
	}
	for label, seen := range plan.Seen {
		_, err := t.ExecContext(ctx, `UPDATE person SET first_day = coalesce(?2, first_day), last_day = coalesce(?3, last_day) WHERE no = ?1`,
			people[label], sqlrow.NullDay(seen.First), sqlrow.NullDay(seen.Last))
		if err != nil {
			return fmt.Errorf("note when seen: %w", err)
		}
	}
	for _, c := range plan.Changes {
		if c.Label == "" {
			err = t.changeGuests(ctx, c)
		} else {
			_, err = t.addVisit(ctx, t.imported(c.DayPart, people[c.Label], ""))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addLabelled adds a person of whom nothing but the label in a list is known.
func (t *txn) addLabelled(ctx context.Context, label string) (no int64, err error) {
	no, err = sqlrow.Insert(ctx, t, `INSERT INTO person (language, label_mac) VALUES (?1, ?2)`, kiosk.DefaultLanguage, t.labelMAC(label))
	if err != nil {
		return 0, err
	}
	sealed, err := t.s.cfg.Keys.SealText(label, "person", "label", no)
	if err != nil {
		return 0, err
	}
	return no, sqlrow.One(ctx, t, `UPDATE person SET label = ?2 WHERE no = ?1`, no, sealed)
}

// imported returns the row of a visit of which nothing but the part of the day
// is known.
func (t *txn) imported(at kiosk.DayPart, person int64, band kiosk.Band) visitRow {
	v := t.visitNow(kiosk.VisitSourceImport)
	v.at, v.trust, v.day, v.part = t.s.fromMillis(sql.NullInt64{}), kiosk.TrustConfirmed, at.Day, at.Part
	v.person, v.band = person, band
	return v
}

// changeGuests adds imported guests, or takes the last ones away.
func (t *txn) changeGuests(ctx context.Context, c attendancelist.Change) error {
	for range c.Guests {
		if _, err := t.addVisit(ctx, t.imported(c.DayPart, 0, kiosk.BandUnasked)); err != nil {
			return err
		}
	}
	for range -c.Guests {
		var no int64
		err := t.QueryRowContext(ctx, `SELECT max(no) FROM visit
			WHERE person IS NULL AND how = 'import' AND void = 0 AND day = ?1 AND part = ?2`, c.Day, c.Part).Scan(&no)
		if err != nil {
			return fmt.Errorf("find guest: %w", err)
		}
		if err := t.changeVisit(ctx, no, func(v *visitRow) error { v.void = true; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// retell makes the figures say what the list said, and returns the periods that
// its old rows leave untold.
func (t *txn) retell(ctx context.Context, plan attendancelist.Plan) ([]count.Period, error) {
	for day := range plan.Recorded {
		if _, err := t.ExecContext(ctx, `INSERT OR IGNORE INTO recorded (day) VALUES (?1)`, day); err != nil {
			return nil, fmt.Errorf("mark recorded day: %w", err)
		}
	}
	if plan.Newest != count.NoDay {
		if err := ledger.NoteForgotten(ctx, t, plan.Newest); err != nil {
			return nil, err
		}
		if err := t.untell(ctx, plan.Newest); err != nil {
			return nil, err
		}
	}
	if err := t.recountPeriods(ctx); err != nil {
		return nil, err
	}
	if plan.Newest == count.NoDay {
		return nil, nil
	}
	l, err := t.s.ledger.Load(ctx, t)
	if err != nil {
		return nil, err
	}
	return l.Untold(plan.Newest, t.today), nil
}
