package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/sync/central"
)

// maxGroup is how many transactions are committed with one flush.
const maxGroup = 64

// writer is the one connection that writes to a SQLite file. Its goroutine runs
// the transactions one after another, each in a savepoint, and commits those
// that wait at the same time together: a transaction is reported done only when
// the commit that holds it is durable.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // by their text
	jobs  chan *job            // without a buffer: what is taken is run
	quit  chan struct{}        // closed by close
	done  chan struct{}        // closed when the goroutine has ended
}

// job is one transaction waiting to be run.
type job struct {
	ctx      context.Context
	do       func(context.Context, runner) error
	err      error
	panicked any
	done     chan struct{} // closed when the outcome stands
}

var errClosed = errors.New("store is closed")

// openWriter opens the connection, makes sure that it is as durable as asked
// for, and starts the goroutine that close ends.
func openWriter(ctx context.Context, address string) (_ *writer, err error) {
	db, err := sql.Open("sqlite3", address)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var synchronous int
	if err := conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return nil, fmt.Errorf("read synchronous: %w", err)
	}
	if synchronous != 2 {
		return nil, fmt.Errorf("synchronous is %d, want 2 (FULL): what is acknowledged would be lost in a power cut", synchronous)
	}
	// The log may hold what an earlier run could not flush, and the page cache shows it
	// all the same: a kiosk would be told that it is kept. It is written anew, into the
	// file, and that is flushed.
	if _, err := conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return nil, fmt.Errorf("write back the log: %w", err)
	}
	w := &writer{
		db: db, conn: conn, stmts: map[string]*sql.Stmt{},
		jobs: make(chan *job), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// write runs do and returns when it is durable or undone. A ctx that ends
// before do was begun makes it central.ErrOverloaded; one that ends later does
// not stop it, because SQLite would undo the others of its group too.
func (w *writer) write(ctx context.Context, do func(context.Context, runner) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan struct{})}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", central.ErrOverloaded, ctx.Err())
	case <-w.quit:
		return errClosed
	}
	<-j.done
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			return
		case j := <-w.jobs:
			group := w.waiting([]*job{j})
			w.commit(group)
			for _, j := range group {
				close(j.done)
			}
		}
	}
}

// waiting adds to the group those that wait now.
func (w *writer) waiting(group []*job) []*job {
	for len(group) < maxGroup {
		select {
		case j := <-w.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit runs the group in one transaction. When that cannot be begun, kept
// whole or committed, all of it fails.
func (w *writer) commit(group []*job) {
	ctx := context.Background()
	err := w.exec(ctx, "BEGIN IMMEDIATE")
	for _, j := range group {
		if err == nil {
			err = w.savepoint(j)
		}
	}
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err == nil {
		return
	}
	err = fmt.Errorf("write to store: %w", err)
	if e := w.exec(ctx, "ROLLBACK"); e != nil {
		// SQLite has undone it already after a full disk or an I/O error, and
		// says that there is nothing to undo.
		err = errors.Join(err, fmt.Errorf("rollback: %w", e))
	}
	for _, j := range group {
		if j.err == nil && j.panicked == nil {
			j.err = err
		}
	}
}

// savepoint runs one job and undoes it alone when it fails. Its error means
// that the whole transaction is lost.
func (w *writer) savepoint(j *job) error {
	if err := j.ctx.Err(); err != nil {
		j.err = fmt.Errorf("%w: %w", central.ErrOverloaded, err)
		return nil
	}
	ctx := context.WithoutCancel(j.ctx)
	if err := w.exec(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	w.try(ctx, j)
	if j.err != nil || j.panicked != nil {
		if err := w.exec(ctx, "ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return w.exec(ctx, "RELEASE one")
}

func (w *writer) try(ctx context.Context, j *job) {
	defer func() { j.panicked = recover() }() // write panics with it, in the goroutine it belongs to
	j.err = j.do(ctx, w)
}

func (w *writer) exec(ctx context.Context, query string) error {
	_, err := w.ExecContext(ctx, query)
	return err
}

// stmt returns the prepared statement of this text: there are few texts, and
// each is run often.
func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	w.stmts[query] = s
	return s, nil
}

var _ runner = (*writer)(nil)

// ExecContext runs a statement in the open transaction.
func (w *writer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := w.stmt(ctx, query) //nolint:sqlclosecheck // kept until the writer is closed
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext runs a query in the open transaction.
func (w *writer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := w.stmt(ctx, query) //nolint:sqlclosecheck // kept until the writer is closed
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext runs a query for one row in the open transaction.
func (w *writer) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := w.stmt(ctx, query) //nolint:sqlclosecheck // kept until the writer is closed
	if err != nil {
		return w.conn.QueryRowContext(ctx, query, args...) // tells the same fault from Scan
	}
	return s.QueryRowContext(ctx, args...)
}

// close ends the goroutine when the group in hand is done.
func (w *writer) close() error {
	close(w.quit)
	<-w.done
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}
