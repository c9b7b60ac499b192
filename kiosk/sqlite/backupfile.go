package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// outliveName is the file beside the database of what a restored backup must
// not undo: a line "erased HMAC" for each erased person, and "epoch N" for each
// epoch that a restore began.
const outliveName = "outlive.log"

// farthest is how many persons may have been enrolled after a backup and still
// be told from the persons enrolled after its restoring.
const farthest = 100_000

type outlive struct {
	erased map[string]bool
	epoch  int // the highest, 0 when there is none
}

// noteErased writes, outside the database, that a person was erased. It comes
// before the commit: a line too many harms nobody, as no number is given twice.
func (s *Store) noteErased(person int64) error {
	return appendOutlive(s.cfg.Dir, "erased "+s.cfg.Keys.Erased(person))
}

func appendOutlive(dir, line string) error {
	f, err := os.OpenFile(filepath.Join(dir, outliveName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note for restores: %w", err)
	}
	// A line that a power cut left half begins none of ours.
	_, err = f.WriteString("\n" + line + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(dir)); err != nil {
		return fmt.Errorf("note for restores: %w", err)
	}
	return nil
}

func readOutlive(dir string) (outlive, error) {
	o := outlive{erased: make(map[string]bool)}
	f, err := os.Open(filepath.Join(dir, outliveName))
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("read notes for restores: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "erased":
			o.erased[rest] = true
		case "epoch":
			if n, err := strconv.Atoi(rest); err == nil {
				o.epoch = max(o.epoch, n)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return o, fmt.Errorf("read notes for restores: %w", err)
	}
	return o, nil
}

// eraseAgain erases from a restored book whom it must not bring back, and
// keeps the numbers of all others erased from being given again.
func (o outlive) eraseAgain(ctx context.Context, t *txn) error {
	if len(o.erased) == 0 {
		return nil
	}
	var seq int64
	if err := t.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person'`).Scan(&seq); err != nil {
		return fmt.Errorf("read last person: %w", err)
	}
	last := seq
	var back []int64
	for no := int64(1); no <= seq+farthest; no++ {
		if !o.erased[t.s.cfg.Keys.Erased(no)] {
			continue
		}
		if no > seq {
			last = no
			continue
		}
		var there bool
		if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM person WHERE no = ?1)`, no).Scan(&there); err != nil {
			return fmt.Errorf("look for erased person: %w", err)
		}
		if there {
			back = append(back, no)
		}
	}
	if err := t.skipPersons(ctx, last); err != nil {
		return err
	}
	if len(back) == 0 {
		return nil
	}
	return t.leavingClosed(ctx, func() error {
		for _, no := range back {
			if err := t.erase(ctx, no); err != nil {
				return fmt.Errorf("erase again: %w", err)
			}
		}
		return nil
	})
}

// skipPersons makes the next new person's number higher than last.
func (t *txn) skipPersons(ctx context.Context, last int64) error {
	if _, err := t.exec(ctx, `INSERT INTO sqlite_sequence (name, seq) SELECT 'person', 0
		WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'person')`); err != nil {
		return fmt.Errorf("skip persons' numbers: %w", err)
	}
	if _, err := t.exec(ctx, `UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'person'`, last); err != nil {
		return fmt.Errorf("skip persons' numbers: %w", err)
	}
	return nil
}
