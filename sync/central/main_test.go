package central_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/sync/central/sqlstore/pgtest"
)

// cluster is the PostgreSQL server of this package's tests.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// onBoth runs a test with a centre on each engine.
func onBoth(t *testing.T, test func(t *testing.T, s *server)) {
	t.Helper()
	for name, dsn := range map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "central.db") },
		"PostgreSQL": cluster.Database,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, replica(t, dsn(t), &clock{now: tuesday}))
		})
	}
}

// table returns the rows of a query, their columns joined: what a thief of the
// database would read.
func (s *server) table(t testing.TB, query string) (rows []string) {
	t.Helper()
	driver := "sqlite3"
	if strings.HasPrefix(s.dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, s.dsn)
	must(t, err)
	defer db.Close()
	all, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer all.Close()
	columns, err := all.Columns()
	must(t, err)
	for all.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(t, all.Scan(into...))
		texts := make([]string, len(row))
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			texts[i] = fmt.Sprint(v)
		}
		rows = append(rows, strings.Join(texts, " "))
	}
	must(t, all.Err())
	return rows
}
