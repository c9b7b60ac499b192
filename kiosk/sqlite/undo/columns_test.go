package undo_test

import (
	"slices"
	"testing"

	"example.org/inloop/kiosk/sqlite/sqlrow/sqlrowtest"
	"example.org/inloop/kiosk/sqlite/undo"
)

// TestFirstColumns_AreInTheTables holds the list against the tables that the
// migrations make: its columns come first there, in the same order.
func TestFirstColumns_AreInTheTables(t *testing.T) {
	db := sqlrowtest.Tables(t)
	for _, table := range []undo.Table{undo.TablePersons, undo.TableBadges, undo.TableVisits, undo.TableStays, undo.TableUnknownBadges} {
		first := undo.FirstColumns(table)
		names, err := undo.ColumnsOf(t.Context(), db, table)
		if err != nil {
			t.Fatal(err)
		}
		if len(names) < len(first) || !slices.Equal(names[:len(first)], first) {
			t.Errorf("%s has %v, the list %v", table, names, first)
		}
	}
}
