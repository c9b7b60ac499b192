package sqlstore

import (
	"context"
	"io/fs"
)

// Migration returns a migration as an engine gets it.
func Migration(engine, name string) (string, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return "", err
	}
	words := inSQLite()
	if engine == "postgres" {
		words = inPostgres()
	}
	text, err := fs.ReadFile(files, name)
	return words.Replace(string(text)), err
}

// Lines returns the one column of a query.
func (s *Store) Lines(ctx context.Context, query string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query)
	return collect(rows, err, func(scan func(...any) error) (line string, err error) { return line, scan(&line) })
}

// Exec runs a statement.
func (s *Store) Exec(ctx context.Context, query string) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	})
}
