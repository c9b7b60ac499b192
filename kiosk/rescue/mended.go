package rescue

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.org/inloop/kiosk/backup"
)

// mendedName is the file, in the data folder, that says so of a mended database.
const mendedName = "mended"

// Mended is what is to be told of a database that was damaged.
type Mended struct {
	Missing bool // rows are known, or have to be feared, to be lost
}

// noteMended writes it down, durably: it comes before the mended database is put in
// place, so that no power cut lets that pass in silence.
func noteMended(dir string, m Mended) error {
	text := "whole\n"
	if m.Missing {
		text = "missing\n"
	}
	path := filepath.Join(dir, mendedName)
	err := os.WriteFile(path, []byte(text), 0o600)
	if err = errors.Join(err, backup.OS{}.Sync(path), backup.OS{}.Sync(dir)); err != nil {
		return fmt.Errorf("note what was mended: %w", err)
	}
	return nil
}

// ReadMended returns what is to be told of the database in dir, and whether there
// is anything to tell.
func ReadMended(dir string) (m Mended, told bool) {
	text, err := os.ReadFile(filepath.Join(dir, mendedName))
	if err != nil {
		return Mended{}, false
	}
	// Half a note tells of what is worse.
	return Mended{Missing: strings.TrimSpace(string(text)) != "whole"}, true
}

// SeenMended ends the telling.
func SeenMended(dir string) error {
	if err := os.Remove(filepath.Join(dir, mendedName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget what was mended: %w", err)
	}
	return nil
}
