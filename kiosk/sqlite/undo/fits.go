package undo

import (
	"context"
	"fmt"
	"slices"

	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// owned are the columns that name a person, as the tables have it (a test compares
// them): who is taken away may have none of these rows but those of the entry.
func owned() []owner {
	return []owner{
		{TableBadges, "no", "person"}, {TableVisits, "no", "person"}, {TableStays, "no", "person"},
		{TableUnknownBadges, "no", "lost"}, {"intake", "person", "person"}, {"answer", "person", "person"},
	}
}

// owner is a column that names a person, and that of the row's own number.
type owner struct {
	table      Table
	no, column string
}

// fits tells whether the rows of the entry can stand as they stood before beside
// what came since: nobody has taken the sign, is in again, came in that part of the
// day or has rows of their own.
func (e *Entry) fits(ctx context.Context, q sqlrow.Querier) (bool, error) {
	for _, c := range e.changes {
		rows, err := c.inTheWay(ctx, q)
		if err != nil {
			return false, fmt.Errorf("look what came since: %w", err)
		}
		for _, r := range rows {
			if !slices.ContainsFunc(e.changes, func(c change) bool { return c.table == r.table && c.row == r.no }) {
				return false, nil
			}
		}
	}
	return true, nil
}

// rowOf names a row.
type rowOf struct {
	table Table
	no    int64
}

// inTheWay are the rows that would be, unless undoing changes them too.
func (c change) inTheWay(ctx context.Context, q sqlrow.Querier) (all []rowOf, err error) {
	find := func(table Table, query string, args ...any) {
		if err != nil {
			return
		}
		var found []rowOf
		found, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (r rowOf, err error) {
			r.table = table
			return r, row.Scan(&r.no)
		}, query, args...)
		all = append(all, found...)
	}
	v := func(column string) any { return c.before[column].v }
	switch {
	case c.before == nil && c.table == TablePersons:
		for _, o := range owned() {
			find(o.table, `SELECT `+o.no+` FROM `+string(o.table)+` WHERE `+o.column+` = ?1`, c.row)
		}
	case c.before == nil:
	case c.table == TablePersons:
		find(c.table, `SELECT no FROM person WHERE sign_mac = ?1 AND no <> ?2`, v("sign_mac"), c.row)
	case c.table == TableBadges:
		find(c.table, `SELECT no FROM badge WHERE mac = ?1 AND no <> ?2`, v("mac"), c.row)
	case c.table == TableStays:
		find(c.table, `SELECT no FROM stay WHERE person = ?1 AND ended = '' AND ?2 = '' AND no <> ?3`, v("person"), v("ended"), c.row)
	case c.table == TableVisits:
		find(c.table, `SELECT no FROM visit WHERE person = ?1 AND day = ?2 AND part = ?3 AND void = 0 AND ?4 = 0 AND no <> ?5`,
			v("person"), v("day"), v("part"), v("void"), c.row)
	case c.table == TableUnknownBadges:
		find(c.table, `SELECT no FROM stranger WHERE mac = ?1 AND day = ?2 AND no <> ?3`, v("mac"), v("day"), c.row)
	}
	return all, err
}
