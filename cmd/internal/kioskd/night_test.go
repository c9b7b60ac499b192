package kioskd

import (
	"crypto/ed25519"
	"database/sql"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// A whole room with nobody in it finds, by its ordinary reports, that a number went
// wrong at the centre, and by the next morning it is right again.
func TestIdle_TheNightMendsANumberAtTheCentre(t *testing.T) {
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "central.db")
	// at runs a query on the centre's database behind its back.
	at := func(query string) (n int64) {
		t.Helper()
		db, err := sql.Open("sqlite3", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
	synctest.Test(t, func(t *testing.T) {
		tap := newWireTap()
		handler, pairing, closeCentre := idleCentreOn(t, keys.Signing().Public().(ed25519.PublicKey), file)
		network, hangUp := tap.serve(handler)
		room := openIdleRoom(t, network, pairing, keys, 0)
		time.Sleep(11 * time.Hour)
		if err := room.r.Store.AddGuest(t.Context(), 0, kiosk.BandAdult); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour + 15*time.Minute) // until the first report after the morning
		synctest.Wait()
		const guests = `WHERE measure = 'guests' AND part = 'ochtend' ORDER BY period LIMIT 1`
		if n := at(`SELECT n FROM cells ` + guests); n != 1 {
			t.Fatalf("the centre holds %d guests, want 1", n)
		}
		if n := at(`UPDATE cells SET n = 9 WHERE measure = 'guests' AND part = 'ochtend' RETURNING n`); n != 9 {
			t.Fatalf("the number is %d", n)
		}
		began := tap.requests.Load()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := at(`SELECT n FROM cells ` + guests); n != 1 {
			t.Errorf("the centre holds %d guests the next day, want 1", n)
		}
		if n := tap.requests.Load() - began; n != 96 {
			t.Errorf("%d reports in a day, want 96", n)
		}
		room.stop()
		hangUp()
		closeCentre()
	})
}
