package undo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Journal is an action with the rows that it changes. A nil one records
// nothing: no tap can be undone.
type Journal struct {
	kiosk.Action
	changes []change
}

// change is one row before and after an action.
type change struct {
	table  Table
	row    int64
	before Snapshot
	after  Snapshot
}

// Note keeps a row as it is. It must be called before the row changes.
func (j *Journal) Note(ctx context.Context, q sqlrow.Querier, table Table, row int64) error {
	if j == nil || j.noted(table, row) {
		return nil
	}
	before, err := read(ctx, q, table, row)
	if err != nil {
		return err
	}
	j.changes = append(j.changes, change{table: table, row: row, before: before})
	return nil
}

// NoteNew keeps that a row was not there before.
func (j *Journal) NoteNew(table Table, row int64) {
	if j != nil && !j.noted(table, row) {
		j.changes = append(j.changes, change{table: table, row: row})
	}
}

func (j *Journal) noted(table Table, row int64) bool {
	return slices.ContainsFunc(j.changes, func(c change) bool { return c.table == table && c.row == row })
}

// Save writes the action of a day and its rows as they are by now. It is the
// last that the action's transaction does.
func (j *Journal) Save(ctx context.Context, tx sqlrow.Tx, day count.Day, at time.Time) error {
	no, err := sqlrow.Insert(ctx, tx, `INSERT INTO action (day, at_ms, deed, by, person, band, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		day, at.UnixMilli(), j.Kind, j.By, sqlrow.NullRef(j.Person), sqlrow.NullText(j.Band), j.Number)
	for place, c := range j.changes {
		if err == nil {
			err = c.save(ctx, tx, no, place)
		}
	}
	if err != nil {
		return fmt.Errorf("note action: %w", err)
	}
	return nil
}

func (c change) save(ctx context.Context, tx sqlrow.Tx, action int64, place int) (err error) {
	if c.after, err = read(ctx, tx, c.table, c.row); err != nil {
		return err
	}
	before, err1 := c.before.text()
	after, err2 := c.after.text()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO image (action, place, relation, row, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		action, place, c.table, c.row, before, after)
	return err
}

// Rewrite lets fn change what is kept of the rows of a table, each as it was before and
// as it was after: a column changed its meaning, and what it said is to stand nowhere.
func Rewrite(ctx context.Context, tx sqlrow.Tx, table Table, fn func(no int64, row map[string]any) error) error {
	type kept struct {
		change
		action int64
	}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (k kept, err error) {
		var before, after []byte
		k.table = table
		if err := row.Scan(&k.action, &k.row, &before, &after); err != nil {
			return k, err
		}
		return k, k.read(before, after)
	}, `SELECT action, row, before, after FROM image WHERE relation = ?1`, table)
	if err != nil {
		return fmt.Errorf("read actions: %w", err)
	}
	for _, k := range all {
		if err := errors.Join(k.before.rewrite(k.row, fn), k.after.rewrite(k.row, fn)); err != nil {
			return fmt.Errorf("rewrite action: %w", err)
		}
		before, err1 := k.before.text()
		after, err2 := k.after.text()
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("rewrite action: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE image SET before = ?4, after = ?5 WHERE action = ?1 AND relation = ?2 AND row = ?3`,
			k.action, table, k.row, before, after); err != nil {
			return fmt.Errorf("rewrite action: %w", err)
		}
	}
	return nil
}

// rewrite changes a snapshot by fn.
func (s Snapshot) rewrite(no int64, fn func(int64, map[string]any) error) error {
	if s == nil {
		return nil
	}
	row := make(map[string]any, len(s))
	for name, c := range s {
		row[name] = c.v
	}
	if err := fn(no, row); err != nil {
		return err
	}
	for name, v := range row {
		if b, ok := v.([]byte); ok && b == nil {
			v = nil
		}
		s[name] = column{v}
	}
	return nil
}
