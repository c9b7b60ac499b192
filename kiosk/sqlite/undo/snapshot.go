package undo

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"

	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Table is one whose rows an action can change.
type Table string

// The tables that actions change.
const (
	TablePersons       Table = "person"
	TableBadges        Table = "badge"
	TableVisits        Table = "visit"
	TableStays         Table = "stay"
	TableUnknownBadges Table = "stranger"
)

// Snapshot is a row as it stood, by the names of its columns; nil when there
// was no such row. Kept as a JSON object, it outlives columns that come later.
type Snapshot map[string]column

// firstColumns are the columns of each table in the order in which they stood
// when the first release kept its snapshots as JSON arrays, by place alone. The
// disks of rooms hold such arrays: this list is never changed, whatever becomes
// of the tables.
func firstColumns(table Table) []string {
	switch table {
	case TablePersons: // noted came with the second migration
		return []string{"no", "sign", "name", "on_screen", "language", "first_day", "last_day", "label_mac", "label", "noted"}
	case TableBadges:
		return []string{"no", "mac", "kind", "person", "volunteer", "lost", "tails"}
	case TableVisits:
		return []string{
			"no", "epoch", "person", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "afternoon", "evening",
			"how", "band", "assumed", "void", "held",
		}
	case TableStays:
		return []string{
			"no", "person", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "closes_ms", "last_boot", "last_ns", "last_ms",
			"out_boot", "out_ns", "out_ms", "ended", "assumed", "seen_boot",
		}
	case TableUnknownBadges:
		return []string{
			"no", "epoch", "mac", "tails", "lost", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "afternoon", "evening",
			"closes_ms", "last_ms", "state",
		}
	}
	return nil
}

// readSnapshot reads what was kept of a row of a table: an object, or the array
// of the first release. No text is no row.
func readSnapshot(table Table, text []byte) (s Snapshot, err error) {
	switch {
	case len(text) == 0:
		return nil, nil
	case text[0] != '[':
		err = json.Unmarshal(text, &s)
	default:
		var values []column
		if err = json.Unmarshal(text, &values); err != nil {
			break
		}
		names := firstColumns(table)
		if len(values) > len(names) {
			return nil, fmt.Errorf("read snapshot of %s: want at most %d columns, got %d", table, len(names), len(values))
		}
		s = make(Snapshot, len(values))
		for i, v := range values {
			s[names[i]] = v
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot of %s: %w", table, err)
	}
	return s, nil
}

// equals tells whether a row is still as it was, in all columns that both
// know: one that a migration added says nothing about what came before it.
func (s Snapshot) equals(now Snapshot) bool {
	if (s == nil) != (now == nil) {
		return false
	}
	for name, was := range s {
		if is, known := now[name]; known && !reflect.DeepEqual(was, is) {
			return false
		}
	}
	return true
}

// column is one value of a row that goes through JSON and back unchanged: a
// BLOB becomes an object, so that it is not taken for text.
type column struct{ v any }

// MarshalJSON writes the value.
func (c column) MarshalJSON() ([]byte, error) {
	if b, ok := c.v.([]byte); ok {
		return json.Marshal(map[string][]byte{"blob": b})
	}
	return json.Marshal(c.v)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *column) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		var b map[string][]byte
		if err := json.Unmarshal(data, &b); err != nil {
			return err
		}
		c.v = b["blob"]
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&c.v); err != nil {
		return err
	}
	if n, ok := c.v.(json.Number); ok {
		i, err := n.Int64() // the tables hold no other numbers
		c.v = i
		return err
	}
	return nil
}

// read returns a row as it stands, nil when there is none.
func read(ctx context.Context, q sqlrow.Querier, table Table, row int64) (Snapshot, error) {
	s, err := readColumns(ctx, q, table, row)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", table, err)
	}
	return s, nil
}

func readColumns(ctx context.Context, q sqlrow.Querier, table Table, row int64) (Snapshot, error) {
	rows, err := q.QueryContext(ctx, `SELECT * FROM `+string(table)+` WHERE no = ?1`, row)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	if !rows.Next() {
		return nil, rows.Err()
	}
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	if err := rows.Scan(values...); err != nil {
		return nil, err
	}
	s := make(Snapshot, len(names))
	for i, name := range names {
		s[name] = column{*values[i].(*any)}
	}
	return s, nil
}

// columnsOf returns the names of a table's columns as they are today.
func columnsOf(ctx context.Context, q sqlrow.Querier, table Table) ([]string, error) {
	return sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (name string, err error) {
		return name, row.Scan(&name)
	}, `SELECT name FROM pragma_table_info(?1)`, table)
}

// text returns a snapshot for a column that is NULL when there was no such row.
func (s Snapshot) text() (sql.NullString, error) {
	if s == nil {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(s)
	return sql.NullString{String: string(text), Valid: true}, err
}
