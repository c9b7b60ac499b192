package answers

import (
	"context"
	"strconv"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/upgrade"
	"example.org/inloop/sync/count"
)

// Moving is the step that seals the answers of an older file with the quarter of giving
// and the version of the text, and forgets the day.
func Moving(rows func() ledger.Rows) upgrade.Step {
	return upgrade.Step{Name: "answers by quarter", Portion: func(ctx context.Context, tx sqlrow.Tx) (bool, error) {
		return false, move(ctx, tx, rows())
	}}
}

type intakeRow struct {
	person         int64
	outcome, route []byte
	quarter        count.Period
	text           string
}

func move(ctx context.Context, tx sqlrow.Tx, rows ledger.Rows) error {
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (r intakeRow, err error) {
		return r, row.Scan(&r.person, &r.outcome, &r.quarter, &r.text, &r.route)
	}, `SELECT person, outcome, quarter, consent, route_sealed FROM intake`)
	if err != nil {
		return err
	}
	later, err := rows.AllAnswers(ctx, tx) // of a mended file, which got older rows back
	if err != nil {
		return err
	}
	for _, r := range all {
		a, there := later[r.person]
		if !there {
			a = r.answers(rows)
		}
		if err := rows.KeepAnswers(ctx, tx, r.person, a); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM intake WHERE person = ?1`, r.person); err != nil {
			return err
		}
	}
	return nil
}

// answers are what a row says, as far as it opens: the room opens all the same.
func (r intakeRow) answers(rows ledger.Rows) (a reach.PersonAnswers) {
	route, err := rows.Keys.OpenText(r.route, "intake", "route_sealed", r.person)
	if err == nil && route != "" {
		a.Route, a.Asked = kiosk.Route(route), r.quarter
	}
	said, err := rows.Keys.OpenText(r.outcome, "intake", "outcome", r.person)
	if err != nil {
		return a
	}
	state, err := strconv.Atoi(said)
	if err != nil {
		return a
	}
	return a.With(reach.GivenAnswer{State: kiosk.Isolation(state), Given: r.quarter, Text: r.text})
}
