package imports

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// ErrBusy is attendancelist.ErrBusy.
var ErrBusy = attendancelist.ErrBusy

// LeanError says that a list cannot be taken back while later ones stand, which found
// there what it had brought. It is a kiosk.ErrUndone.
type LeanError struct{ Later []int64 }

func (e *LeanError) Error() string { return fmt.Sprintf("lists %v came later and lean on it", e.Later) }

// Is makes every LeanError a kiosk.ErrUndone.
func (*LeanError) Is(err error) bool { return err == kiosk.ErrUndone }

// How long is written before taps have their turn, and how long they have it: SQLite
// rests that long at most before it asks again.
const (
	portion = 20 * time.Millisecond
	rest    = 100 * time.Millisecond
)

const attempts = 20 // at telling figures that are corrected meanwhile

// Writing is one transaction of the room, and what it knows of the moment.
type Writing struct {
	*outbox.Tx
	Day    count.Day  // the present one, or the last that is known
	Part   count.Part // that runs, empty when nobody knows
	Boot   int64
	Moment kiosk.Moment
	// Settled is the day as of which figures may be told, and notes a clock that has leapt.
	Settled func(context.Context) (count.Day, error)
	// Shifted is told once the numbers of a list's days have been shifted.
	Shifted func(ctx context.Context, list int64) error
}

// Means are what lists need of the room.
type Means struct {
	Write     func(context.Context, func(context.Context, Writing) error) error
	Reader    func() (*sql.DB, error)
	Ledger    func() ledger.Rows
	Rules     reach.Rules
	PartTimes kiosk.PartTimes
	Lock      string // path of the file that one list at a time holds

	Portion time.Duration // of writing at once; 0 for the usual one
	Rest    time.Duration // between two portions; 0 for the usual one
}

// Lists are the lists of one room.
type Lists struct{ room Means }

// New returns the lists of a room.
func New(m Means) *Lists {
	m.Portion, m.Rest = cmp.Or(m.Portion, portion), cmp.Or(m.Rest, rest)
	return &Lists{m}
}

func (l *Lists) rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(l.room.Rest):
		return nil
	}
}

// Imports returns the lists that were taken in, the last one first.
func (l *Lists) Imports(ctx context.Context) ([]attendancelist.Batch, error) {
	db, err := l.room.Reader()
	if err != nil {
		return nil, err
	}
	if has, err := sqlrow.Has(ctx, db, "hidden"); err != nil || !has { // a file that is older than lists are
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (b attendancelist.Batch, err error) {
		var at int64
		err = row.Scan(&b.No, &at, &b.Rows, &b.Visits, &b.People, &b.Guests, &b.Undone)
		b.Day = count.DayOf(time.UnixMilli(at), l.room.Ledger().Timetable.Zone)
		return b, err
	}, `SELECT no, at_ms, lines, visits, people, guests, state <> 'in' FROM import WHERE state <> 'staged' ORDER BY no DESC`)
	for i := range all {
		if err == nil && !all[i].Undone {
			all[i].LeanOns, err = later(ctx, db, all[i].No)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	return all, nil
}

// later returns the lists that stand and lean on one.
func later(ctx context.Context, q sqlrow.Querier, list int64) ([]int64, error) {
	return sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		return no, row.Scan(&no)
	}, `SELECT l.batch FROM import_lean l JOIN import i ON i.no = l.batch WHERE l.earlier = ?1 AND i.state = 'in' ORDER BY 1`, list)
}

// alone holds the lock of lists until done is called; ErrBusy while another does.
func (l *Lists) alone() (done func(), err error) {
	lock, err := dbfile.Lock(l.room.Lock)
	if errors.Is(err, dbfile.ErrLocked) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Close() }, nil // the kernel lets it go
}

// now is a moment as the room knows it.
type now struct {
	day     count.Day
	part    count.Part
	settled count.Day // as of which figures are told
	epoch   int
}

// errLook ends a transaction that was to tell the moment alone.
var errLook = errors.New("only looked")

func (l *Lists) now(ctx context.Context) (n now, err error) {
	err = l.room.Write(ctx, func(ctx context.Context, w Writing) error {
		settled, err := w.Settled(ctx)
		if err != nil {
			return err
		}
		n = now{w.Day, w.Part, settled, w.Epoch}
		return errLook
	})
	if errors.Is(err, errLook) {
		err = nil
	}
	return n, err
}

// look runs fn on one snapshot, which keeps nobody waiting.
func (l *Lists) look(ctx context.Context, fn func(sqlrow.Querier) error) error {
	db, err := l.room.Reader()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // only reads
	return fn(tx)
}

// step writes a row or a few.
type step func(context.Context, Writing) error

// inPortions carries out steps in transactions that are short, with rests between.
func (l *Lists) inPortions(ctx context.Context, steps iter.Seq[step]) error {
	next, stop := iter.Pull(steps)
	defer stop()
	do, more := next()
	for more {
		err := l.room.Write(ctx, func(ctx context.Context, w Writing) error {
			for began, n := time.Now(), 1; more; n++ {
				if err := do(ctx, w); err != nil {
					return err
				}
				do, more = next()
				if n%8 == 0 && time.Since(began) > l.room.Portion {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if more {
			if err := l.rest(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// inBites runs a statement that changes at most ?2 rows of a list, ?1, until it has
// changed all of them.
func (l *Lists) inBites(ctx context.Context, list int64, query string) error {
	bite := int64(200)
	for {
		var changed int64
		var took time.Duration
		err := l.room.Write(ctx, func(ctx context.Context, w Writing) error {
			began := time.Now()
			res, err := w.ExecContext(ctx, query, list, bite)
			if err == nil {
				changed, err = res.RowsAffected()
			}
			took = time.Since(began)
			return err
		})
		if err != nil || changed < bite {
			return err
		}
		switch {
		case took < l.room.Portion/2:
			bite *= 2
		case took > l.room.Portion:
			bite = max(bite/2, 10)
		}
		if err := l.rest(ctx); err != nil {
			return err
		}
	}
}
