// Package sqlrowtest gives the tests of one part of a room's store a database with
// the tables of all of it. Only tests may import it.
package sqlrowtest

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	_ "example.org/inloop/kiosk/sqlite/sqlrow" // which brings the driver
)

// Tables returns a room's database as the migrations make it, on a file that the
// test ends with. It is for packages that lie in the store's folder.
func Tables(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "room.db")+"?_txlock=immediate&_journal_mode=WAL&_foreign_keys=on&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // its folder goes too
	files, err := filepath.Glob("../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	slices.Sort(files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return db
}
