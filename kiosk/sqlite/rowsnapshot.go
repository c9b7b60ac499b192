package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"example.org/inloop/kiosk"
)

// The tables whose rows an action can change.
const (
	persons       = "person"
	badges        = "badge"
	visits        = "visit"
	stays         = "stay"
	unknownBadges = "stranger"
)

// action is what a volunteer does, with the rows that it changed as they were:
// undoing puts them back, whatever the action was.
type action struct {
	kind    kiosk.ActionKind
	by      int64
	person  int64
	band    kiosk.Band
	number  int
	changes []rowChange
}

// rowChange is one row before and after an action.
type rowChange struct {
	relation string
	row      int64
	before   rowSnapshot
	after    rowSnapshot
}

func (a *action) noted(relation string, row int64) bool {
	return slices.ContainsFunc(a.changes, func(c rowChange) bool { return c.relation == relation && c.row == row })
}

// rowSnapshot is a row as it stood, by the names of its columns; nil when there
// was no such row. Kept as a JSON object, it outlives columns that come later.
type rowSnapshot map[string]column

// firstColumns are the columns of each table in the order in which they stood
// when the first release kept its snapshots as JSON arrays, by place alone. The
// disks of rooms hold such arrays: this list is never changed, whatever becomes
// of the tables.
func firstColumns(relation string) []string {
	switch relation {
	case persons: // noted came with the second migration
		return []string{"no", "sign", "name", "on_screen", "language", "first_day", "last_day", "label_mac", "label", "noted"}
	case badges:
		return []string{"no", "mac", "kind", "person", "volunteer", "lost", "tails"}
	case visits:
		return []string{
			"no", "epoch", "person", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "afternoon", "evening",
			"how", "band", "assumed", "void", "held",
		}
	case stays:
		return []string{
			"no", "person", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "closes_ms", "last_boot", "last_ns", "last_ms",
			"out_boot", "out_ns", "out_ms", "ended", "assumed", "seen_boot",
		}
	case unknownBadges:
		return []string{
			"no", "epoch", "mac", "tails", "lost", "boot", "bt_ns", "wall_ms", "at_ms", "trust", "day", "part", "afternoon", "evening",
			"closes_ms", "last_ms", "state",
		}
	}
	return nil
}

// readSnapshot reads what was kept of a row of a table: an object, or the array
// of the first release. No text is no row.
func readSnapshot(relation string, text []byte) (s rowSnapshot, err error) {
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
		names := firstColumns(relation)
		if len(values) > len(names) {
			return nil, fmt.Errorf("read snapshot of %s: want at most %d columns, got %d", relation, len(names), len(values))
		}
		s = make(rowSnapshot, len(values))
		for i, v := range values {
			s[names[i]] = v
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot of %s: %w", relation, err)
	}
	return s, nil
}

// equals tells whether a row is still as it was, in all columns that both
// know: one that a migration added says nothing about what came before it.
func (s rowSnapshot) equals(now rowSnapshot) bool {
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

// closedSince tells whether a stay differs from what the action left only
// because the clock has closed it meanwhile, which no action depends on.
func (c rowChange) closedSince(now rowSnapshot) bool {
	if c.relation != stays || c.after["ended"].v != string(kiosk.StayEndNone) || now["ended"].v != string(kiosk.StayEndEstimated) {
		return false
	}
	open := maps.Clone(now)
	for _, name := range []string{"out_boot", "out_ns", "out_ms", "ended"} {
		open[name] = c.after[name]
	}
	return c.after.equals(open)
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
