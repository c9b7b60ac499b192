package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.org/inloop/kiosk/keyring"
)

// notesName is the file beside the database of what a restored backup must not
// undo: a line "erased HMAC" for each erased person, and "epoch N" for each epoch
// that a restore began. It is in no backup.
const notesName = "outlive.log"

// farthest is how many persons may have been enrolled after a backup and still
// be told from the persons enrolled after its restoring.
const farthest = 100_000

// Notes are what a restored backup must not undo.
type Notes struct {
	Epoch  int // the highest that a restore began, 0 when none did
	erased map[string]bool
}

// NoteErased writes into dir that a person was erased. It comes before the
// database's commit: a line too many harms nobody, as no number is given twice.
func NoteErased(disk Disk, dir string, keys keyring.Keys, person int64) error {
	return note(disk, dir, "erased "+keys.Erased(person))
}

// NoteEpoch writes into dir that a restore began an epoch.
func NoteEpoch(disk Disk, dir string, ordinal int) error {
	return note(disk, dir, "epoch "+strconv.Itoa(ordinal))
}

func note(disk Disk, dir, line string) error {
	path := filepath.Join(dir, notesName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note for restores: %w", err)
	}
	// The line feed in front ends a line that a power cut left half.
	_, err = f.WriteString("\n" + line + "\n")
	if err = errors.Join(err, f.Close(), disk.Sync(path), disk.Sync(dir)); err != nil {
		return fmt.Errorf("note for restores: %w", err)
	}
	return nil
}

// ReadNotes reads those in dir. Lines that are not whole are passed over.
func ReadNotes(dir string) (Notes, error) {
	n := Notes{erased: make(map[string]bool)}
	f, err := os.Open(filepath.Join(dir, notesName))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("read notes for restores: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "erased":
			n.erased[rest] = true
		case "epoch":
			if ordinal, err := strconv.Atoi(rest); err == nil {
				n.Epoch = max(n.Epoch, ordinal)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("read notes for restores: %w", err)
	}
	return n, nil
}

// Erased returns the numbers, up to the last that a backup knows, of persons who
// were erased since it was taken or before, and the highest number ever erased:
// no new person may get it. Without any erased person that is last itself.
func (n Notes) Erased(keys keyring.Keys, last int64) (known []int64, highest int64) {
	highest = last
	if len(n.erased) == 0 {
		return nil, highest
	}
	for no := int64(1); no <= last+farthest; no++ {
		switch {
		case !n.erased[keys.Erased(no)]:
		case no > last:
			highest = no
		default:
			known = append(known, no)
		}
	}
	return known, highest
}
