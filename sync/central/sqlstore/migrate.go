package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// Numbered files, each run in a transaction of its own and never edited once
// released. They are the one source for both engines: what these spell
// differently stands in them as a <word>, see spelling.
//
//go:embed migrations/*.sql
var migrations embed.FS

// spelling is how an engine writes the words of the migrations: <id> a key that
// it counts up, <int> a whole number of 64 bits, <bytes> bytes and <size> how
// many, <word> text that is ordered by its bytes, <strict> and <strict_by_key>
// the end of a table whose rows lie by number or by their primary key.
type spelling = *strings.Replacer

func inSQLite() spelling {
	return strings.NewReplacer("<id>", "INTEGER PRIMARY KEY", "<int>", "INTEGER", "<bytes>", "BLOB", "<size>", "length",
		"<word>", "TEXT", " <strict>", " STRICT", " <strict_by_key>", " STRICT, WITHOUT ROWID")
}

func inPostgres() spelling {
	return strings.NewReplacer("<id>", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "<int>", "BIGINT", "<bytes>", "BYTEA", "<size>", "octet_length",
		"<word>", `TEXT COLLATE "C"`, " <strict>", "", " <strict_by_key>", "")
}

// migrate brings the tables up to date. Whatever goes wrong leaves them as the
// last whole migration made them.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, words spelling, options ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("find migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, spelled{files, words}, append(options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	return nil
}

// spelled is the migrations as one engine writes them.
type spelled struct {
	fs.FS
	words spelling
}

// Open opens a folder as it is, and a file with its words replaced and goose's
// marks around what is to be done and undone.
func (s spelled) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	text, err := fs.ReadFile(s.FS, name)
	if err != nil {
		return nil, err
	}
	return spelledFile{f, strings.NewReader(whole(s.words.Replace(string(text))))}, nil
}

// whole marks a migration as one statement each way, which both engines run as
// well. goose would look for the end of every statement with a buffer of four
// megabytes a line, which under the race detector is most of opening a store.
func whole(text string) string {
	const begin, end = "-- +goose StatementBegin\n", "\n-- +goose StatementEnd\n"
	text = strings.NewReplacer("-- +goose Up\n", "-- +goose Up\n"+begin, "-- +goose Down\n", end+"-- +goose Down\n"+begin).Replace(text)
	return text + end
}

// spelledFile is a file with another text.
type spelledFile struct {
	fs.File
	text *strings.Reader
}

// Read reads the text.
func (f spelledFile) Read(b []byte) (int, error) { return f.text.Read(b) }
