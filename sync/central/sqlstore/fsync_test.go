package sqlstore_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
)

// What a centre could not flush is not told as kept: not by the call that failed, not by
// a later one, and not after a start of the program, to which the page cache shows it.
func TestSQLite_FlushesThatFail(t *testing.T) {
	if !fsynctest.Inside(t) {
		return
	}
	ctx, ends := t.Context(), noon.Add(time.Hour)
	dsn := filepath.Join(t.TempDir(), "central.db")
	s := open(t, dsn)
	must(t, s.Invite(ctx, "Stichting Een", "a@een.example", hash(1), noon, ends))
	for _, fails := range []int32{1, 2, 3, fsynctest.ForEver} {
		fsynctest.FailNext(t, fails)
		if err := s.Invite(ctx, "Stichting Een", "b@een.example", hash(2), noon, ends); err == nil {
			t.Fatalf("%d failures: a write is promised that was not flushed", fails)
		}
		_, err := s.Invited(ctx, hash(2), noon)
		wantError(t, "read after it", err, central.ErrNoInvitation)
	}
	// As a program that ends now leaves them, and the kernel goes on.
	left := filepath.Join(t.TempDir(), "central.db")
	for _, tail := range []string{"", "-wal"} {
		data, err := os.ReadFile(dsn + tail)
		must(t, err)
		must(t, os.WriteFile(left+tail, data, 0o600))
	}
	if again, err := sqlstore.Open(ctx, left); err == nil {
		t.Error("a store is opened whose log cannot be flushed")
		must(t, again.Close())
	}
	fsynctest.FailNext(t, 0)
	open(t, left)
	if log, err := os.Stat(left + "-wal"); err != nil || log.Size() > 0 {
		t.Errorf("the log that was not flushed is believed as it is: %v (%v)", log, err)
	}
	must(t, s.Invite(ctx, "Stichting Een", "b@een.example", hash(2), noon, ends))
}
