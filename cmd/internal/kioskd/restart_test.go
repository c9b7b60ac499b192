package kioskd

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// A card that was left lying is one tap over three restarts, and who comes right
// after each of them is not lost.
func TestRun_WhatLiesThereOverThreeRestarts(t *testing.T) {
	dir, field := t.TempDir(), sim.NewField()
	taps := func() (n int) {
		t.Helper()
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "data", "kiosk.db")+"?mode=ro&_busy_timeout=2000")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM tap`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	lying := simtest.Card(t, "04a1b2c3d4e5f6")
	for start := range 4 {
		t.Run(fmt.Sprintf("start %d", start), func(t *testing.T) {
			var log quietLog
			runRoom(t, BadgeProofUID, &log, func(c *Config) {
				c.Data, c.Key, c.Field = filepath.Join(dir, "data"), filepath.Join(dir, "key"), field
			})
			field.Lay(lying) // before the first look of the first start
			<-time.After(600 * time.Millisecond)
			if err := field.Tap(t.Context(), simtest.Card(t, fmt.Sprintf("04010203%02x0506", start)), 400*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			want := 1 + start + 1 // the card that lies there once, and who came
			for deadline := time.Now().Add(30 * time.Second); taps() < want && time.Now().Before(deadline); {
				<-time.After(20 * time.Millisecond)
			}
			if got := taps(); got != want {
				t.Errorf("%d taps are kept, want %d", got, want)
			}
		})
	}
}
