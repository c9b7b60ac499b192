package keyring_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.org/inloop/kiosk/keyring"
)

func TestPeriod_MadeOnceAndErased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.key")
	keys, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Period("2026Q3"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before it is made: %v", err)
	}
	first, err := keys.MakePeriod("2026Q4+2026")
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.MakePeriod("2026Q4+2026")
	if err != nil || !again.Equal(first) {
		t.Errorf("the same period has another key, %v", err)
	}
	other, err := keys.MakePeriod("2027Q1")
	if err != nil || other.Equal(first) {
		t.Errorf("another period has the same key, %v", err)
	}
	info, err := os.Stat(path + ".pool-2027Q1")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v: want it for its owner alone", info, err)
	}
	// A link keeps what the file holds in sight.
	seen := filepath.Join(t.TempDir(), "seen")
	if err := os.Link(path+".pool-2027Q1", seen); err != nil {
		t.Fatal(err)
	}
	if err := keys.ErasePeriod("2027Q1"); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(seen); err != nil || slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) {
		t.Errorf("what the file held is not overwritten (%v)", err)
	}
	if periods, err := keys.Periods(); err != nil || !slices.Equal(periods, []string{"2026Q4+2026"}) {
		t.Errorf("%q, %v", periods, err)
	}
	if err := keys.ErasePeriod("2027Q1"); err != nil {
		t.Errorf("once more: %v", err)
	}
}

func TestPeriod_ADamagedFileIsToldAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.key")
	keys, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".pool-2027Q1", []byte("zz"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.MakePeriod("2027Q1"); !errors.Is(err, keyring.ErrUnusable) {
		t.Errorf("%v", err)
	}
}
