package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// picture returns a row as it stands, nil when there is none.
func (t *txn) picture(ctx context.Context, relation string, row int64) ([]byte, error) {
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
		return nil, err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	if err := rows.Scan(values...); err != nil {
		return nil, fmt.Errorf("look at %s: %w", relation, err)
	}
	for i, v := range values {
		values[i] = column{*v.(*any)}
	}
	return json.Marshal(values)
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

// Places of columns in the tables of the first migration.
const (
	visitEpoch, visitDay, visitPart = 1, 8, 9
	stayOutBoot, stayOutMS, stayEnd = 13, 15, 16
)

// slotOf returns the slot of a pictured visit.
func slotOf(picture []byte) (sl slot, err error) {
	var values []column
	if err := json.Unmarshal(picture, &values); err != nil {
		return sl, fmt.Errorf("read image: %w", err)
	}
	epoch, _ := values[visitEpoch].v.(int64)
	day, _ := values[visitDay].v.(int64) // NULL is no day
	part, _ := values[visitPart].v.(string)
	return slot{int(epoch), count.Day(day), count.Part(part)}, nil
}

// closedSince tells whether a stay differs from what the deed left only
// because the clock has closed it meanwhile, which no deed depends on.
func (i image) closedSince(now []byte) bool {
	var was, is []column
	if i.relation != stays || json.Unmarshal(i.after, &was) != nil || json.Unmarshal(now, &is) != nil {
		return false
	}
	if was[stayEnd].v != string(kiosk.StayEndNone) || is[stayEnd].v != string(kiosk.StayEndEstimated) {
		return false
	}
	is[stayEnd] = was[stayEnd]
	for k := stayOutBoot; k <= stayOutMS; k++ {
		is[k] = was[k]
	}
	return reflect.DeepEqual(was, is)
}

// putRow writes a row as it was before the deed, if there was one.
func (t *txn) putRow(ctx context.Context, i image) error {
	if i.before == nil {
		return nil
	}
	var values []column
	if err := json.Unmarshal(i.before, &values); err != nil {
		return fmt.Errorf("read image: %w", err)
	}
	args, marks := make([]any, len(values)), make([]string, len(values))
	for k, v := range values {
		args[k], marks[k] = v.v, fmt.Sprintf("?%d", k+1)
	}
	_, err := t.exec(ctx, `INSERT INTO `+i.relation+` VALUES (`+strings.Join(marks, ", ")+`)`, args...)
	return err
}
