package undo_test

import (
	"slices"
	"testing"

	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/sqlrow/sqlrowtest"
	"example.org/inloop/kiosk/sqlite/undo"
)

// A table that comes to name a person is one that who is taken away may have rows in.
func TestFits_KnowsEveryTableThatNamesAPerson(t *testing.T) {
	got, err := sqlrow.Collect(t.Context(), sqlrowtest.Tables(t), func(row sqlrow.Scanner) (s string, err error) { return s, row.Scan(&s) }, `
		SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND f."table" = 'person' AND f.on_delete = 'NO ACTION' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	want := undo.Owned()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the tables name a person in %v, the rule in %v", got, want)
	}
}
