package sqlstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"example.org/inloop/sync/central/sqlstore"
)

// TestMigrations_AreThoseReleased compares the first migration, as each engine
// gets it, with the files of the first release: it must never change.
func TestMigrations_AreThoseReleased(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		want, err := os.ReadFile(filepath.Join("testdata/released", engine, "00001_office.sql"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := sqlstore.Migration(engine, "00001_office.sql")
		if err != nil {
			t.Fatal(err)
		}
		// To SQLite the text is part of the schema, to PostgreSQL it is not.
		same := got == string(want)
		if engine == "postgres" {
			same = slices.Equal(strings.Fields(got), strings.Fields(string(want)))
		}
		if !same {
			t.Errorf("%s: the first migration is not that of the release:\n%s", engine, got)
		}
	}
}

// onReleased is a database as the first release made it, on each engine.
func onReleased(t *testing.T, dialect goose.Dialect, driver, dsn string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	folder := map[goose.Dialect]string{goose.DialectSQLite3: "sqlite", goose.DialectPostgres: "postgres"}[dialect]
	p, err := goose.NewProvider(dialect, db, os.DirFS(filepath.Join("testdata/released", folder)), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		`INSERT INTO organisations (name) VALUES ('Stichting Zonnebloem')`,
		`INSERT INTO rooms (organisation, name, since) VALUES (1, 'Hobbemaplein', 1)`,
		`INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev) VALUES (1, 1, '2026-11-24', 'guests_18_64', 'middag', 1, 1, 7, 3)`,
		`INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev) VALUES (1, 1, '2026', 'unique', '', 1, 1, NULL, 4)`,
	} {
		if _, err := db.ExecContext(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMigrations_DatabaseOfTheReleaseGoesOn opens a database of the first
// release: it keeps its rows, has the schema of a new one, and takes a measure
// whose name the release had no room for.
func TestMigrations_DatabaseOfTheReleaseGoesOn(t *testing.T) {
	for _, e := range schemaEngines(t) {
		t.Run(e.name, func(t *testing.T) {
			onReleased(t, e.dialect, e.driver, e.released)
			old, fresh := open(t, e.released), open(t, e.fresh)
			if got, want := schemaOf(t, old, e.query), schemaOf(t, fresh, e.query); !slices.Equal(got, want) || len(got) < 9 {
				t.Errorf("schema of the old one\n%s\nof a new one\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			cells := schemaOf(t, old, `SELECT period || ' ' || measure || ' ' || part || ' ' || coalesce(CAST(n AS TEXT), 'none') FROM cells ORDER BY rev`)
			if want := []string{"2026-11-24 guests_18_64 middag 7", "2026 unique  none"}; !slices.Equal(cells, want) {
				t.Errorf("cells %q, want %q", cells, want)
			}
			err := old.Exec(t.Context(), `INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev)
				VALUES (1, 1, '2026-11-24', 'visits_of_evenings_in_the_garden', '', 1, 1, 2, 5)`)
			if err != nil {
				t.Errorf("a long name: %v", err)
			}
		})
	}
}

// schemaEngine is one of the databases, as a test of the schema needs it.
type schemaEngine struct {
	name            string
	dialect         goose.Dialect
	driver          string
	released, fresh string // addresses of two empty databases
	query           string // that lists the schema
}

func schemaEngines(t *testing.T) []schemaEngine {
	all := []schemaEngine{{
		name: "SQLite", dialect: goose.DialectSQLite3, driver: "sqlite3",
		released: filepath.Join(t.TempDir(), "old.db"), fresh: filepath.Join(t.TempDir(), "new.db"),
		query: `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE '%goose%' ORDER BY 1`,
	}}
	if !testing.Short() {
		all = append(all, schemaEngine{
			name: "PostgreSQL", dialect: goose.DialectPostgres, driver: "pgx",
			released: cluster.Database(t), fresh: cluster.Database(t),
			query: `SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
				FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '%goose%'
				UNION SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%goose%'
				UNION SELECT tablename || ' ' || regexp_replace(indexdef, 'INDEX \S+', 'INDEX') FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '%goose%' ORDER BY 1`,
		})
	}
	return all
}

func schemaOf(t *testing.T, s *sqlstore.Store, query string) []string {
	t.Helper()
	all, err := s.Lines(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
