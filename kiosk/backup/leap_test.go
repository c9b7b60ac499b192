package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/sync/count"
)

// A backup before a leap stays for eight weeks, and one that a clock ahead has dated
// for eight weeks from the day on which the clock is right.
func TestDropOld_ABackupBeforeALeapAfterEightWeeks(t *testing.T) {
	today := count.Date(2026, 11, 24)
	dir := t.TempDir()
	for _, day := range []count.Day{today - 57, today - 56, today, today + 1200} {
		if err := os.WriteFile(backup.LeapFile(dir, day), []byte(day.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "leap-ofFaith.backup"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := backup.DropOld(backup.OS{}, dir, today); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{backup.LeapFile(dir, today-56), backup.LeapFile(dir, today), filepath.Join(dir, "leap-ofFaith.backup")}
	if !slices.Equal(files, want) {
		t.Errorf("left are %v, want %v", files, want)
	}
}
