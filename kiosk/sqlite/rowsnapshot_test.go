package sqlite

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
)

func TestReadSnapshot(t *testing.T) {
	mac := []byte{0, 1, 0xFF}
	whole := rowSnapshot{"no": {int64(3)}, "mac": {mac}, "kind": {"pass"}, "person": {nil}, "volunteer": {nil}, "lost": {int64(0)}, "tails": {nil}}
	object, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want rowSnapshot
	}{
		"no row":                            {"", nil},
		"an object":                         {string(object), whole},
		"an array of the first release":     {`[3,{"blob":"AAH/"},"pass",null,null,0,null]`, whole},
		"an array before the last column":   {`[3,{"blob":"AAH/"}]`, rowSnapshot{"no": {int64(3)}, "mac": {mac}}},
		"a number beyond those of a float":  {`{"no":9007199254740993}`, rowSnapshot{"no": {int64(9007199254740993)}}},
		"a text that looks like an object":  {`{"kind":"{\"blob\":1}"}`, rowSnapshot{"kind": {`{"blob":1}`}}},
		"a column that this program lacks":  {`{"later":"so"}`, rowSnapshot{"later": {"so"}}},
		"an empty object is an unread row":  {`{}`, rowSnapshot{}},
		"an empty array is an unread row":   {`[]`, rowSnapshot{}},
		"null values are kept as they were": {`{"tails":null}`, rowSnapshot{"tails": {nil}}},
	} {
		got, err := readSnapshot(badges, []byte(c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v (%v), want %v", name, got, err, c.want)
		}
	}
	for name, text := range map[string]string{"more columns than there were": `[1,2,3,4,5,6,7,8]`, "no JSON": `{`, "a number that is not whole": `{"no":1.5}`} {
		if got, err := readSnapshot(badges, []byte(text)); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		}
	}
}

// TestFirstColumns_AreInTheTables holds the list against the tables that the
// migrations make: its columns come first there, in the same order.
func TestFirstColumns_AreInTheTables(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	for _, relation := range []string{persons, badges, visits, stays, unknownBadges} {
		first := firstColumns(relation)
		var names []string
		r.must(r.withTx(t.Context(), func(ctx context.Context, tx *txn) (err error) {
			names, err = tx.columns(ctx, relation)
			return err
		}))
		if len(names) < len(first) || !reflect.DeepEqual(names[:len(first)], first) {
			t.Errorf("%s has %v, the list %v", relation, names, first)
		}
	}
}

func TestRowSnapshot_EqualsInTheColumnsThatBothKnow(t *testing.T) {
	was := rowSnapshot{"no": {int64(1)}, "sign": {"cat.pink"}}
	for name, c := range map[string]struct {
		was, now rowSnapshot
		want     bool
	}{
		"as it was":          {was, rowSnapshot{"no": {int64(1)}, "sign": {"cat.pink"}}, true},
		"changed":            {was, rowSnapshot{"no": {int64(1)}, "sign": {nil}}, false},
		"a column came":      {was, rowSnapshot{"no": {int64(1)}, "sign": {"cat.pink"}, "later": {"so"}}, true},
		"a column went":      {was, rowSnapshot{"no": {int64(1)}}, true},
		"the row went":       {was, nil, false},
		"a row came":         {nil, was, false},
		"no row, and no row": {nil, nil, true},
	} {
		if got := c.was.equals(c.now); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
