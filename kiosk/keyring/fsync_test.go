package keyring_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
)

// What is sealed by a key whose file was not flushed opens never again once the plug
// was pulled. A key is given out only when its file and its name were flushed, whichever
// flush fails, and however often the kiosk tries again or is started anew.
func TestLoad_NoKeyThatWasNotFlushed(t *testing.T) {
	disk := fsynctest.NewFolder(t)
	for from := range 8 {
		for _, fails := range []int{1, 2, 3, fsynctest.ForEver} {
			dir := filepath.Join(disk.Dir, "keys")
			path := filepath.Join(dir, "key")
			disk.Fail(0, 0)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			disk.Fail(from, fails)
			for range 5 {
				before := len(disk.Failed())
				_, err := keyring.LoadFor(filepath.Join(disk.Dir, "kiosk.db"), path)
				switch failed := len(disk.Failed()) > before; {
				case errors.Is(err, keyring.ErrAbsent):
					t.Fatalf("flush %d fails %d times: a first start is taken for an absence", from, fails)
				case failed && err == nil:
					t.Errorf("flush %d fails %d times: a key is given out after %v was not flushed", from, fails, disk.Failed())
				case !failed && err != nil && !errors.Is(err, fs.ErrNotExist):
					t.Errorf("flush %d fails %d times: %v", from, fails, err)
				}
			}
		}
	}
	// The name that was not flushed is not there after a power cut.
	disk.Fail(0, 0)
	path := filepath.Join(disk.Dir, "again", "key")
	first, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	disk.Fail(0, fsynctest.ForEver)
	if _, err := keyring.Load(path); err == nil {
		t.Error("a key of a room that has yet to begin is given out, and its name is perhaps not on the disk")
	}
	disk.Fail(0, 0)
	again, err := keyring.Load(path)
	if err != nil || !again.Checks(first.Check()) {
		t.Errorf("when it is over: other keys, %v", err)
	}
}
