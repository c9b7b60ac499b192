package undo_test

import (
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk/sqlite/undo"
)

// TestFirstColumns_AreInTheTables holds the list against the tables that the
// migrations make: its columns come first there, in the same order.
func TestFirstColumns_AreInTheTables(t *testing.T) {
	db := tables(t)
	for _, table := range []undo.Table{undo.Persons, undo.Badges, undo.Visits, undo.Stays, undo.UnknownBadges} {
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

// tables returns a room's empty database, made by the migrations.
func tables(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "room.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := fs.Glob(os.DirFS(".."), "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		if _, err := db.ExecContext(t.Context(), up); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return db
}
