package salvage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile"
)

const (
	pageSize = 4096    // as SQLite makes a file, and this program with it
	maxPages = 1 << 20 // 4 GB: a number above it is damaged
)

// Damaged is a damaged database, made readable as far as that goes.
type Damaged struct {
	db *sql.DB
	// Whole is set when all rows can be read, and what is damaged is in what is
	// made of them: indexes, and pages that nothing uses.
	Whole bool
	// Missing is set when something is known to be lost, or may be.
	Missing bool
}

// Read makes one file, in the folder dir, of the database at path and its log, and
// opens it. The two are only read.
func Read(ctx context.Context, path, dir string) (*Damaged, error) {
	file := filepath.Join(dir, "damaged.db")
	whole, err := image(path, file)
	if err != nil {
		return nil, fmt.Errorf("copy the damaged database: %w", err)
	}
	s := &Damaged{db: dbfile.Peek(file)}
	tables, sure := s.tablesWhole(ctx)
	s.Whole, s.Missing = whole && tables, !sure
	return s, nil
}

// Ours tells how much of what is sealed, as far as it can be read, opens with these
// keys, and how much does not. The key's own check is part of it.
func (s *Damaged) Ours(ctx context.Context, keys keyring.Keys) (well, ill int, err error) {
	count := func(opens bool) {
		if opens {
			well++
		} else {
			ill++
		}
	}
	_, _, err = s.each(ctx, func(v []any) error {
		mac, _ := v[0].([]byte)
		count(keys.Checks(mac))
		return nil
	}, 1, `SELECT 0, key_check FROM meta`)
	for _, t := range tables() {
		for _, column := range t.sealed {
			if err != nil {
				return 0, 0, err
			}
			_, _, err = s.each(ctx, func(v []any) error {
				if sealed, ok := v[1].([]byte); ok {
					count(t.opens(keys, column, v[0], sealed))
				}
				return nil
			}, 2, `SELECT 0, `+t.place()+`, `+column+` FROM `+t.name)
		}
	}
	return well, ill, err
}

// Close ends the reading.
func (s *Damaged) Close() error { return s.db.Close() }

// image copies the database, writes the sound frames of its log over it, and
// mends a header by which SQLite would not know it.
func image(path, file string) (whole bool, err error) {
	from, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer from.Close() //nolint:errcheck // only read
	to, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, err := io.Copy(to, from); err != nil {
		return false, err
	}
	whole = true
	l, err := readLog(path + "-wal")
	if err != nil {
		return false, err
	}
	if l != nil {
		log, err := os.Open(path + "-wal")
		if err != nil {
			return false, err
		}
		defer log.Close() //nolint:errcheck // only read
		if whole, err = l.writeInto(to, log); err != nil {
			return false, err
		}
	}
	mended, err := mendHeader(to)
	return whole && !mended, err
}

// header is how a file of this program begins (https://sqlite.org/fileformat2.html, 1.3);
// it is read without a log.
const header = "SQLite format 3\x00" + "\x10\x00" + "\x01\x01" + "\x00\x40\x20\x20"

// mendHeader makes the header one that SQLite knows, and tells whether it was not.
func mendHeader(f *os.File) (mended bool, err error) {
	info, err := f.Stat()
	if err != nil || info.Size() < 100 {
		return false, err
	}
	head := make([]byte, 100)
	if _, err := f.ReadAt(head, 0); err != nil {
		return false, err
	}
	known := string(head[:18]) == header[:18] && string(head[20:24]) == header[20:] && head[18] <= 2 && head[19] <= 2 &&
		binary.BigEndian.Uint32(head[44:]) == 4 && binary.BigEndian.Uint32(head[56:]) == 1
	copy(head, header)
	if !known {
		pages := uint32((info.Size() + pageSize - 1) / pageSize)
		binary.BigEndian.PutUint32(head[28:], pages)
		clear(head[32:40])                       // pages that nothing uses: none that is known
		binary.BigEndian.PutUint32(head[44:], 4) // the schema's format
		clear(head[52:56])                       // no vacuum by itself
		binary.BigEndian.PutUint32(head[56:], 1) // UTF-8
		clear(head[64:68])                       // nor bit by bit
		copy(head[92:96], head[24:28])           // the number of pages is to be believed
	}
	_, err = f.WriteAt(head, 0)
	return !known, err
}

// treeFault finds in what SQLite says of a fault whose pages it is about.
var treeFault = regexp.MustCompile(`^Tree (\d+) `)

// tablesWhole tells whether SQLite finds nothing wrong but with indexes, and whether
// it is sure that these and not the tables are what was damaged: a row that its index
// does not have may be another one than it was.
func (s *Damaged) tablesWhole(ctx context.Context) (whole, sure bool) {
	tables := make(map[string]bool) // by the root of their pages
	read, _, err := s.each(ctx, func(v []any) error {
		tables[fmt.Sprint(v[0])] = true
		return nil
	}, 1, `SELECT 0, rootpage FROM sqlite_schema WHERE type = 'table'`)
	if err != nil || !read {
		return false, false
	}
	n := 0
	whole, sure = true, true
	read, _, err = s.each(ctx, func(v []any) error {
		text, ok := v[0].(string)
		index, certain := ofIndex(text, tables)
		whole, sure, n = whole && ok && index, sure && certain, n+1
		return nil
	}, 1, `SELECT 0, integrity_check FROM pragma_integrity_check(`+maxFaults+`)`)
	return whole && read && err == nil && n < 1000, sure
}

// maxFaults is how many are told of one database.
const maxFaults = "1000"

// ofIndex tells whether a fault is one of an index, or none, and whether that is
// certain.
func ofIndex(text string, tables map[string]bool) (index, certain bool) {
	certain = true
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		tree := treeFault.FindStringSubmatch(line)
		switch {
		case line == "ok", line == "*** in database main ***", tree != nil && !tables[tree[1]]:
		case tree != nil:
			return false, false
		case strings.HasPrefix(line, "row ") && strings.Contains(line, " missing from index "),
			strings.HasPrefix(line, "wrong # of entries in index "), strings.HasPrefix(line, "non-unique entry in index "):
			certain = false
		default:
			return false, false
		}
	}
	return true, certain
}
