package sqlite

import (
	"context"
	"errors"
	"fmt"
)

// note keeps a row as it is before a volunteer's action changes it.
func (t *txn) note(ctx context.Context, relation string, row int64) error {
	if t.action == nil || t.action.noted(relation, row) {
		return nil
	}
	before, err := t.snapshot(ctx, relation, row)
	if err != nil {
		return err
	}
	t.action.changes = append(t.action.changes, rowChange{relation: relation, row: row, before: before})
	return nil
}

// noteNew keeps that a row was not there before the action.
func (t *txn) noteNew(relation string, row int64) {
	if t.action != nil && !t.action.noted(relation, row) {
		t.action.changes = append(t.action.changes, rowChange{relation: relation, row: row})
	}
}

// snapshot returns a row as it stands, nil when there is none.
func (t *txn) snapshot(ctx context.Context, relation string, row int64) (rowSnapshot, error) {
	rows, err := t.QueryContext(ctx, `SELECT * FROM `+relation+` WHERE no = ?1`, row)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	if !rows.Next() {
		return nil, rows.Err()
	}
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	if err := rows.Scan(values...); err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	s := make(rowSnapshot, len(names))
	for i, name := range names {
		s[name] = column{*values[i].(*any)}
	}
	return s, nil
}

// columns returns the names of a table's columns as they are today.
func (t *txn) columns(ctx context.Context, relation string) ([]string, error) {
	rows, err := t.QueryContext(ctx, `SELECT * FROM `+relation+` LIMIT 0`)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	defer rows.Close() //nolint:errcheck // it reads no row
	names, err := rows.Columns()
	if err = errors.Join(err, rows.Err()); err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	return names, nil
}
