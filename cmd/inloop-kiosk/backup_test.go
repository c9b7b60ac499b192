package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/cmd/internal/kioskd"
)

// words runs the command line and returns what it prints.
func words(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(t.Context(), args, &out, &errs)
	return out.String() + errs.String(), err
}

// TestRestore_OnAnotherMachine puts a backup back where no room ever was: only
// with the room's own key, and none is made meanwhile.
func TestRestore_OnAnotherMachine(t *testing.T) {
	dir := t.TempDir()
	list, key, file := filepath.Join(dir, "list.csv"), filepath.Join(dir, "key"), filepath.Join(dir, "room.backup")
	must(t, os.WriteFile(list, []byte("person,day,part,guests\nBuur 1,2026-06-01,middag,\n"), 0o600))
	old := []string{"--data", filepath.Join(dir, "old"), "--key", key}
	for _, args := range [][]string{{"visits", "import", list}, {"backup", file}} {
		if said, err := words(t, append(args, old...)...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, said)
		}
	}
	fresh, lost := filepath.Join(dir, "new"), filepath.Join(dir, "lost")
	_, err := words(t, "restore", file, "--data", fresh, "--key", lost)
	if !errors.Is(err, kioskd.ErrConfig) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("restore without the key file: %v, want kioskd.ErrConfig", err)
	}
	if _, err := os.Stat(lost); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key was made that opens nothing: %v", err)
	}
	said, err := words(t, "restore", file, "--data", fresh, "--key", key)
	if err != nil || strings.Contains(said, "before") {
		t.Errorf("restore into an empty folder: %v\n%s", err, said)
	}
	said, err = words(t, "restore", file, "--data", fresh, "--key", key)
	if err != nil || !strings.Contains(said, "What stood there before is in "+filepath.Join(fresh, "replaced-")) {
		t.Errorf("restore over a room: %v\n%s", err, said)
	}
}
