package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"example.org/inloop/sync/wire"
)

// connectTimeout is how long the server may take to answer at the start.
const connectTimeout = 10 * time.Second

// postgres is the engine on a PostgreSQL server.
type postgres struct {
	db      *sql.DB
	queries sync.Map // see dollars
}

func openPostgres(ctx context.Context, dsn string) (_ *Store, err error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, errors.New("open store: malformed postgres address") // err may quote a password
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	db.SetConnMaxIdleTime(5 * time.Minute)
	reach, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := db.PingContext(reach); err != nil {
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	// Every second, not goose's five: servers that start together wait less.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, fmt.Errorf("lock for migration: %w", err)
	}
	if err := migrate(ctx, goose.DialectPostgres, db, inPostgres(), goose.WithSessionLocker(locker)); err != nil {
		return nil, err
	}
	e := &postgres{db: db}
	return &Store{engine: e, read: dollars{db, &e.queries}}, nil
}

func (e *postgres) write(ctx context.Context, do func(context.Context, runner) error) (err error) {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback() // the panic says more
			panic(p)
		}
		if err == nil {
			err = tx.Commit()
		} else if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("rollback: %w", e))
		}
	}()
	return do(ctx, dollars{tx, &e.queries})
}

// merge takes all cells with one statement: a round trip each would cost ten
// times as much. In whatever order they come, no two batches wait for each
// other's rows in turn: a room has one kiosk that may report, and its row is
// locked by the exchange.
func (e *postgres) merge(ctx context.Context, tx runner, k kioskRoom, series int, cells []wire.Cell) ([]int64, error) {
	held := make([]int64, len(cells))
	if len(cells) == 0 {
		return held, nil
	}
	c := columnsOf(cells)
	r, err := tx.ExecContext(ctx, `
		INSERT INTO cells (organisation, room, series, period, measure, part, epoch, n, rev)
		SELECT ?1, ?2, ?3, period, measure, part, epoch, nullif(n, -1), rev
		FROM unnest(?4::text[], ?5::text[], ?6::text[], ?7::bigint[], ?8::bigint[], ?9::bigint[]) AS given (period, measure, part, epoch, n, rev)
		ON CONFLICT (organisation, room, period, measure, part, series, epoch) DO UPDATE
		SET n = excluded.n, rev = excluded.rev WHERE excluded.rev > cells.rev`,
		k.organisation, k.room, series, c.periods, c.measures, c.parts, c.epochs, c.ns, c.revs)
	if err != nil {
		return nil, fmt.Errorf("merge: %w", err)
	}
	copy(held, c.revs)
	if n, err := r.RowsAffected(); err == nil && n == int64(len(cells)) {
		return held, nil // every one was taken
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT given.place, cells.rev
		FROM unnest(?4::text[], ?5::text[], ?6::text[], ?7::bigint[]) WITH ORDINALITY AS given (period, measure, part, epoch, place)
		JOIN cells ON cells.organisation = ?1 AND cells.room = ?2 AND cells.series = ?3
			AND cells.period = given.period AND cells.measure = given.measure AND cells.part = given.part AND cells.epoch = given.epoch`,
		k.organisation, k.room, series, c.periods, c.measures, c.parts, c.epochs)
	_, err = collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var place, rev int64
		if err := scan(&place, &rev); err != nil {
			return struct{}{}, err
		}
		held[place-1] = rev
		return struct{}{}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	return held, nil
}

// columns are cells as arrays, a column each.
type columns struct {
	periods, measures, parts []string
	epochs, ns, revs         []int64 // n is -1 for one that is withdrawn: an array of pointers is slow
}

func columnsOf(cells []wire.Cell) columns {
	n := len(cells)
	c := columns{make([]string, n), make([]string, n), make([]string, n), make([]int64, n), make([]int64, n), make([]int64, n)}
	for i, cell := range cells {
		c.periods[i], c.measures[i], c.parts[i] = string(cell.Period), string(cell.Measure), string(cell.Part)
		c.epochs[i], c.ns[i], c.revs[i] = int64(cell.Epoch), -1, cell.Rev
		if cell.N != nil {
			c.ns[i] = *cell.N
		}
	}
	return c
}

func (e *postgres) lock() string { return " FOR UPDATE" }

func (e *postgres) close() error { return e.db.Close() }

// dollars runs our ?1 placeholders as PostgreSQL's $1. SQLite gets them as they
// are: it would bind $1 by its first place, not by its number.
type dollars struct {
	runner
	queries *sync.Map // by our text, PostgreSQL's: there are as many as places in this package
}

var question = regexp.MustCompile(`\?(\d+)`)

func (d dollars) translate(query string) string {
	if known, ok := d.queries.Load(query); ok {
		return known.(string)
	}
	text := question.ReplaceAllString(query, `$$$1`)
	d.queries.Store(query, text)
	return text
}

// ExecContext runs a statement.
func (d dollars) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.runner.ExecContext(ctx, d.translate(query), args...)
}

// QueryContext runs a query.
func (d dollars) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.runner.QueryContext(ctx, d.translate(query), args...)
}

// QueryRowContext runs a query for one row.
func (d dollars) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return d.runner.QueryRowContext(ctx, d.translate(query), args...)
}
