package undo

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestReadSnapshot(t *testing.T) {
	mac := []byte{0, 1, 0xFF}
	whole := Snapshot{"no": {int64(3)}, "mac": {mac}, "kind": {"pass"}, "person": {nil}, "volunteer": {nil}, "lost": {int64(0)}, "tails": {nil}}
	object, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want Snapshot
	}{
		"no row":                            {"", nil},
		"an object":                         {string(object), whole},
		"an array of the first release":     {`[3,{"blob":"AAH/"},"pass",null,null,0,null]`, whole},
		"an array before the last column":   {`[3,{"blob":"AAH/"}]`, Snapshot{"no": {int64(3)}, "mac": {mac}}},
		"a number beyond those of a float":  {`{"no":9007199254740993}`, Snapshot{"no": {int64(9007199254740993)}}},
		"a text that looks like an object":  {`{"kind":"{\"blob\":1}"}`, Snapshot{"kind": {`{"blob":1}`}}},
		"a column that this program lacks":  {`{"later":"so"}`, Snapshot{"later": {"so"}}},
		"an empty object is an unread row":  {`{}`, Snapshot{}},
		"an empty array is an unread row":   {`[]`, Snapshot{}},
		"null values are kept as they were": {`{"tails":null}`, Snapshot{"tails": {nil}}},
	} {
		got, err := readSnapshot(TableBadges, []byte(c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v (%v), want %v", name, got, err, c.want)
		}
	}
	for name, text := range map[string]string{"more columns than there were": `[1,2,3,4,5,6,7,8]`, "no JSON": `{`, "a number that is not whole": `{"no":1.5}`} {
		if got, err := readSnapshot(TableBadges, []byte(text)); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		}
	}
}

func TestSnapshot_EqualsInTheColumnsThatBothKnow(t *testing.T) {
	was := Snapshot{"no": {int64(1)}, "sign": {"cat.pink"}}
	for name, c := range map[string]struct {
		was, now Snapshot
		want     bool
	}{
		"as it was":          {was, Snapshot{"no": {int64(1)}, "sign": {"cat.pink"}}, true},
		"changed":            {was, Snapshot{"no": {int64(1)}, "sign": {nil}}, false},
		"a column came":      {was, Snapshot{"no": {int64(1)}, "sign": {"cat.pink"}, "later": {"so"}}, true},
		"a column went":      {was, Snapshot{"no": {int64(1)}}, true},
		"the row went":       {was, nil, false},
		"a row came":         {nil, was, false},
		"no row, and no row": {nil, nil, true},
	} {
		if got := c.was.equals(c.now); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
