package names_test

import (
	"errors"
	"testing"

	"example.org/inloop/kiosk/sqlite/names"
)

// A text is opened once, and again when other bytes stand in its place, when it stands
// in another place, and when all was forgotten.
func TestMemory_OpensOnceWhatDidNotChange(t *testing.T) {
	opened := 0
	m := names.New(func(sealed []byte, table, column string, _ int64) (string, error) {
		opened++
		if string(sealed) == "torn" {
			return "", errors.New("torn")
		}
		return table + "." + column + " " + string(sealed), nil
	})
	for _, step := range []struct {
		sealed, column string
		person         int64
		want           string
		opened         int
	}{
		{"a", "name", 1, "person.name a", 1},
		{"a", "name", 1, "person.name a", 1},
		{"a", "label", 1, "person.label a", 2},
		{"a", "name", 2, "person.name a", 3},
		{"b", "name", 1, "person.name b", 4},
		{"torn", "name", 1, "", 5},
		{"b", "name", 1, "person.name b", 5},
	} {
		got, err := m.Open([]byte(step.sealed), step.column, step.person)
		if got != step.want || opened != step.opened || (err != nil) != (step.want == "") {
			t.Errorf("%+v: %q, %v, opened %d times", step, got, err, opened)
		}
	}
	if got, err := m.Open(nil, "name", 1); got != "" || err != nil {
		t.Errorf("no text: %q, %v", got, err)
	}
	m.Forget()
	if _, err := m.Open([]byte("b"), "name", 1); err != nil || opened != 6 {
		t.Errorf("after forgetting: %v, opened %d times, want it opened anew", err, opened)
	}
}
