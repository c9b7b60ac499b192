package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// undoable is how many actions of today can be undone.
const undoable = 10

// do runs an action in one transaction and keeps how to undo it.
func (s *Store) do(ctx context.Context, a action, fn func(context.Context, *txn) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		t.action = &a
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.record(ctx)
	})
}

// record writes the action and its changes at the end of its transaction.
func (t *txn) record(ctx context.Context) error {
	a := t.action
	no, err := sqlrow.Insert(ctx, t, `INSERT INTO action (day, at_ms, deed, by, person, band, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		t.today, t.now.Moment().Wall.UnixMilli(), a.kind, a.by, sqlrow.Number(a.person),
		sqlrow.Text(a.band), a.number)
	if err != nil {
		return fmt.Errorf("note action: %w", err)
	}
	for place, c := range a.changes {
		if c.after, err = t.snapshot(ctx, c.relation, c.row); err != nil {
			return err
		}
		before, err1 := snapshotText(c.before)
		after, err2 := snapshotText(c.after)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("note action: %w", err)
		}
		if _, err := t.ExecContext(ctx, `INSERT INTO image (action, place, relation, row, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			no, place, c.relation, c.row, before, after); err != nil {
			return fmt.Errorf("note action: %w", err)
		}
	}
	return nil
}

// snapshotText returns a snapshot for a column that is NULL when there was no
// such row.
func snapshotText(s rowSnapshot) (sql.NullString, error) {
	if s == nil {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(s)
	return sql.NullString{String: string(text), Valid: true}, err
}

// Undo puts back what one of the last ten actions of today changed, and the
// numbers with it. ErrNotFound when there is no such action (any more),
// ErrUndone when something that happened later depends on it.
func (s *Store) Undo(ctx context.Context, by, action int64) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		var recent bool
		err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM (SELECT no FROM action WHERE day = ?2 ORDER BY no DESC LIMIT ?3) WHERE no = ?1)`,
			action, t.today, undoable).Scan(&recent)
		if err != nil {
			return err
		}
		if !recent {
			return kiosk.ErrNotFound
		}
		return t.putBack(ctx, action)
	})
	if err != nil {
		if sqlrow.Conflicts(err) { // what comes back does not fit what happened since
			err = errors.Join(kiosk.ErrUndone, err)
		}
		return fmt.Errorf("undo: %w", err)
	}
	return nil
}

func (t *txn) putBack(ctx context.Context, action int64) error {
	changes, err := sqlrow.Collect(ctx, t, scanChange, `SELECT relation, row, before, after FROM image WHERE action = ?1 ORDER BY place`, action)
	if err != nil {
		return fmt.Errorf("read action: %w", err)
	}
	for _, c := range changes {
		now, err := t.snapshot(ctx, c.relation, c.row)
		if err != nil {
			return err
		}
		if !c.after.equals(now) && !c.closedSince(now) {
			return kiosk.ErrUndone
		}
		if err := t.touchBoth(ctx, c, now); err != nil {
			return err
		}
	}
	// Rows come back in any order, and only then have to fit together.
	if _, err := t.ExecContext(ctx, `PRAGMA defer_foreign_keys = on`); err != nil {
		return err
	}
	gone := func(person int64) bool {
		return slices.ContainsFunc(changes, func(c rowChange) bool { return c.relation == persons && c.row == person && c.before == nil })
	}
	for _, c := range changes {
		if c.before != nil {
			continue
		}
		if err := t.takeAway(ctx, c, gone); err != nil {
			return fmt.Errorf("take away %s: %w", c.relation, err)
		}
	}
	for _, c := range changes {
		if c.before == nil {
			continue
		}
		if err := t.putRow(ctx, c); err != nil {
			return fmt.Errorf("put back %s: %w", c.relation, err)
		}
	}
	for _, query := range []string{`DELETE FROM image WHERE action = ?1`, `DELETE FROM action WHERE no = ?1`} {
		if _, err := t.ExecContext(ctx, query, action); err != nil {
			return fmt.Errorf("forget action: %w", err)
		}
	}
	return nil
}

// scanChange reads the relation, row, before and after of table image.
func scanChange(row sqlrow.Scanner) (c rowChange, err error) {
	var before, after []byte
	if err := row.Scan(&c.relation, &c.row, &before, &after); err != nil {
		return c, err
	}
	if c.before, err = readSnapshot(c.relation, before); err != nil {
		return c, err
	}
	c.after, err = readSnapshot(c.relation, after)
	return c, err
}

// touchBoth announces the change of a visit, in the part of a day where it
// stands now and in the one to which it goes back.
func (t *txn) touchBoth(ctx context.Context, c rowChange, now rowSnapshot) error {
	if c.relation != visits {
		return nil
	}
	for _, visit := range []rowSnapshot{now, c.before} {
		if visit == nil {
			continue
		}
		epoch, _ := visit["epoch"].v.(int64)
		day, _ := visit["day"].v.(int64) // NULL is no day
		part, _ := visit["part"].v.(string)
		if err := t.touch(ctx, dayPart{int(epoch), count.Day(day), count.Part(part)}); err != nil {
			return err
		}
	}
	return nil
}

// takeAway removes a row that the action had added. A visit stays, counting
// nothing, unless its person goes with it.
func (t *txn) takeAway(ctx context.Context, c rowChange, gone func(int64) bool) error {
	if c.relation == visits {
		v, err := t.visit(ctx, c.row)
		if err != nil {
			return err
		}
		if !gone(v.person) {
			_, err = t.ExecContext(ctx, `UPDATE visit SET void = 1, held = 0 WHERE no = ?1`, c.row)
			return err
		}
	}
	_, err := t.ExecContext(ctx, `DELETE FROM `+c.relation+` WHERE no = ?1`, c.row)
	return err
}

// putRow writes a row as it was before the action. It writes those columns
// alone that the entry knows and the table still has: the others keep the value
// that they have today, or get their default in a row that was gone.
func (t *txn) putRow(ctx context.Context, c rowChange) error {
	columns, err := t.columns(ctx, c.relation)
	if err != nil {
		return err
	}
	var names, marks, sets []string
	var args []any
	for _, name := range columns {
		v, known := c.before[name]
		if !known {
			continue
		}
		args = append(args, v.v)
		mark := fmt.Sprintf("?%d", len(args))
		names, marks, sets = append(names, name), append(marks, mark), append(sets, name+" = excluded."+name)
	}
	_, err = t.ExecContext(ctx, `INSERT INTO `+c.relation+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)
		ON CONFLICT (no) DO UPDATE SET `+strings.Join(sets, ", "), args...)
	return err
}
