package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
)

// undoable is how many deeds of today can be undone.
const undoable = 10

// The tables whose rows a deed can change.
const (
	persons   = "person"
	badges    = "badge"
	visits    = "visit"
	stays     = "stay"
	strangers = "stranger"
)

// deed is what a volunteer does, with the rows that it changed as they were:
// undoing puts them back, whatever the deed was.
type deed struct {
	kind   kiosk.ActionKind
	by     int64
	person int64
	band   kiosk.Band
	number int
	images []image
}

// image is one row before and after a deed, as a JSON array of its columns;
// nil when there was no such row.
type image struct {
	relation string
	row      int64
	before   []byte
	after    []byte
}

// do runs a deed in one transaction and keeps how to undo it.
func (s *Store) do(ctx context.Context, d deed, fn func(context.Context, *txn) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		t.deed = &d
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.record(ctx)
	})
}

// note keeps a row as it is before a deed changes it.
func (t *txn) note(ctx context.Context, relation string, row int64) error {
	if t.deed == nil || t.deed.noted(relation, row) {
		return nil
	}
	before, err := t.picture(ctx, relation, row)
	if err != nil {
		return err
	}
	t.deed.images = append(t.deed.images, image{relation: relation, row: row, before: before})
	return nil
}

// noteNew keeps that a row was not there before the deed.
func (t *txn) noteNew(relation string, row int64) error {
	if t.deed != nil && !t.deed.noted(relation, row) {
		t.deed.images = append(t.deed.images, image{relation: relation, row: row})
	}
	return nil
}

func (d *deed) noted(relation string, row int64) bool {
	return slices.ContainsFunc(d.images, func(i image) bool { return i.relation == relation && i.row == row })
}

// record writes the deed and its images at the end of its transaction.
func (t *txn) record(ctx context.Context) error {
	d := t.deed
	no, err := t.insert(ctx, `INSERT INTO action (day, at_ms, deed, by, person, band, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		t.today, t.now.moment().Wall.UnixMilli(), d.kind, d.by, orNull(d.person),
		sql.NullString{String: string(d.band), Valid: d.band != ""}, d.number)
	if err != nil {
		return fmt.Errorf("note deed: %w", err)
	}
	for place, i := range d.images {
		if i.after, err = t.picture(ctx, i.relation, i.row); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO image (action, place, relation, row, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			no, place, i.relation, i.row, text(i.before), text(i.after)); err != nil {
			return fmt.Errorf("note deed: %w", err)
		}
	}
	return nil
}

func text(b []byte) sql.NullString { return sql.NullString{String: string(b), Valid: b != nil} }

// Undo puts back what one of the last ten deeds of today changed, and the
// numbers with it. ErrNotFound when there is no such deed (any more),
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
		if conflicts(err) { // what comes back does not fit what happened since
			err = errors.Join(kiosk.ErrUndone, err)
		}
		return fmt.Errorf("undo: %w", err)
	}
	return nil
}

func (t *txn) putBack(ctx context.Context, action int64) error {
	images, err := collect(ctx, t, func(row scanner) (i image, err error) {
		return i, row.Scan(&i.relation, &i.row, &i.before, &i.after)
	}, `SELECT relation, row, before, after FROM image WHERE action = ?1 ORDER BY place`, action)
	if err != nil {
		return fmt.Errorf("read deed: %w", err)
	}
	for _, i := range images {
		now, err := t.picture(ctx, i.relation, i.row)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, i.after) && !i.closedSince(now) {
			return kiosk.ErrUndone
		}
		if err := t.touchBoth(ctx, i, now); err != nil {
			return err
		}
	}
	// Rows come back in any order, and only then have to fit together.
	if _, err := t.exec(ctx, `PRAGMA defer_foreign_keys = on`); err != nil {
		return err
	}
	gone := func(person int64) bool {
		return slices.ContainsFunc(images, func(i image) bool { return i.relation == persons && i.row == person && i.before == nil })
	}
	for _, i := range images {
		if err := t.takeAway(ctx, i, gone); err != nil {
			return fmt.Errorf("take away %s: %w", i.relation, err)
		}
	}
	for _, i := range images {
		if err := t.putRow(ctx, i); err != nil {
			return fmt.Errorf("put back %s: %w", i.relation, err)
		}
	}
	for _, query := range []string{`DELETE FROM image WHERE action = ?1`, `DELETE FROM action WHERE no = ?1`} {
		if _, err := t.exec(ctx, query, action); err != nil {
			return fmt.Errorf("forget deed: %w", err)
		}
	}
	return nil
}

// touchBoth announces the change of a visit, in the slot where it stands now
// and in the one to which it goes back.
func (t *txn) touchBoth(ctx context.Context, i image, now []byte) error {
	if i.relation != visits {
		return nil
	}
	for _, picture := range [][]byte{now, i.before} {
		if picture == nil {
			continue
		}
		sl, err := slotOf(picture)
		if err != nil {
			return err
		}
		if err := t.touch(ctx, sl); err != nil {
			return err
		}
	}
	return nil
}

// takeAway removes a row as the deed left it. A visit that the deed had added
// stays, counting nothing, unless its person goes with it.
func (t *txn) takeAway(ctx context.Context, i image, gone func(int64) bool) error {
	if i.relation == visits && i.before == nil {
		v, err := t.visit(ctx, i.row)
		if err != nil {
			return err
		}
		if !gone(v.person) {
			_, err = t.exec(ctx, `UPDATE visit SET void = 1, held = 0 WHERE no = ?1`, i.row)
			return err
		}
	}
	_, err := t.exec(ctx, `DELETE FROM `+i.relation+` WHERE no = ?1`, i.row)
	return err
}
