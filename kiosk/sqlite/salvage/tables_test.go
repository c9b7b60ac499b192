package salvage_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/salvage"
)

type noon struct{}

func (noon) Now() kiosk.Moment {
	return kiosk.Moment{Wall: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Boot: "1", Since: time.Hour}
}

// A table that a migration adds is saved from a damaged database, or is named here as
// one that is of no use after it.
func TestTables_EachIsSavedOrOfNoUse(t *testing.T) {
	ofNoUse := []string{
		"meta", "sqlite_sequence", // numbers, which have a way of their own
		"goose_db_version",                   // of the tables that are there now
		"start",                              // of who was put back, which this one was
		"probe",                              // a row of no meaning
		"upgrade",                            // rows of a damaged database may be older: all is looked at once more
		"twin",                               // found again by the upgrade, and asked once more
		"undated",                            // what the centre was told: it is told anew
		"once",                               // of forms on pages that are open, which are read anew
		"image", "action", "pending", "sent", // what a restore forgets: it can be undone, or sent, no more
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "data")
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	must(err)
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Keys: keys, Clock: noon{}, Timetable: kiosk.Timetable{Zone: time.UTC}})
	must(err)
	must(s.Close())
	db, err := sql.Open("sqlite3", "file:"+sqlite.Path(dir)+"?mode=ro")
	must(err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'table'`)
	must(err)
	defer rows.Close()
	for rows.Next() {
		var name string
		must(rows.Scan(&name))
		if saved := slices.Contains(salvage.Tables(), name); saved == slices.Contains(ofNoUse, name) {
			t.Errorf("table %s: saved %t", name, saved)
		}
	}
	must(rows.Err())
}
