package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow/sqlrowtest"
	"example.org/inloop/sync/count"
)

// box is the outbox of a room of which there is nothing else, on a database file.
type box struct {
	*outbox.Outbox
	t      *testing.T
	db     *sql.DB
	now    time.Time
	since  time.Duration
	heard  count.Day
	passed int // how often changes were numbered
}

// newBox begins the first epoch at ten o'clock of a day.
func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{t: t, db: sqlrowtest.Tables(t), now: time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC)}
	_, err := b.db.ExecContext(t.Context(), `INSERT INTO meta (one, key_check) VALUES (1, zeroblob(32))`)
	b.must(err)
	b.Outbox = outbox.New(b.write, func() (*sql.DB, error) { return b.db, nil }, time.UTC)
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.NewEpoch(ctx, outbox.OriginCreated, b.now) })
	return b
}

// write is what a store hands to its outbox.
func (b *box) write(ctx context.Context, fn func(context.Context, *outbox.Tx, kiosk.Moment) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	cells := outbox.NewTx(tx, func() time.Time { b.passed++; return b.now }, func(context.Context, kiosk.DayPart) error { return nil })
	err = tx.QueryRowContext(ctx, `SELECT coalesce(max(ordinal), 0) FROM epoch`).Scan(&cells.Epoch)
	if err == nil {
		err = fn(ctx, cells, kiosk.Moment{Wall: b.now, Boot: "one", Since: b.since})
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// in runs fn in one transaction.
func (b *box) in(fn func(context.Context, *outbox.Tx) error) {
	b.t.Helper()
	b.must(b.write(b.t.Context(), func(ctx context.Context, tx *outbox.Tx, _ kiosk.Moment) error { return fn(ctx, tx) }))
}

// visits counts n visits in the morning of a day, in the present epoch.
func (b *box) visits(day string, n int64) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *outbox.Tx) error { return tx.Write(ctx, morning(tx.Epoch, day), &n) })
}

// morning is the cell of the visits of a day's morning.
func morning(epoch int, day string) kiosk.Cell {
	return kiosk.Cell{Epoch: epoch, Period: count.Period(day), Measure: count.MeasureBadgeVisits, Part: count.PartMorning}
}

func (b *box) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// number reads one number of the database.
func (b *box) number(query string, args ...any) (n int64) {
	b.t.Helper()
	b.must(b.db.QueryRowContext(b.t.Context(), query, args...).Scan(&n))
	return n
}

// release lets all go that says something new, as when all its days had ended.
func (b *box) release() {
	b.t.Helper()
	const far = 1 << 20
	b.in(func(ctx context.Context, tx *outbox.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE link SET heard = ?1`, far); err != nil {
			return err
		}
		return tx.Release(ctx, kiosk.Ended{Day: far}, nil)
	})
}

// unsent returns the numbers that wait to be sent, all days having ended.
func (b *box) unsent() map[kiosk.Cell]int64 {
	b.t.Helper()
	b.release()
	counts, err := b.Unsent(b.t.Context(), 100)
	b.must(err)
	all := make(map[kiosk.Cell]int64)
	for _, c := range counts {
		all[c.Cell] = -1 // withdrawn
		if c.N != nil {
			all[c.Cell] = *c.N
		}
	}
	return all
}

// send begins a request with all that is unsent, all days having ended.
func (b *box) send() kiosk.Upload {
	b.t.Helper()
	b.release()
	ctx := b.t.Context()
	seq, err := b.NextSeq(ctx)
	b.must(err)
	counts, err := b.Unsent(ctx, 100)
	b.must(err)
	u := kiosk.Upload{Seq: seq, Nonce: "00ff", Body: []byte(`{"cells":[]}`), Counts: counts}
	b.must(b.Begin(ctx, u))
	return u
}

// answer acknowledges a request in which every count has the same state.
func (b *box) answer(u kiosk.Upload, state kiosk.AckState, code string) {
	b.t.Helper()
	a := kiosk.Ack{Seq: u.Seq, Token: "token", At: b.now}
	for range u.Counts {
		a.States, a.Codes = append(a.States, state), append(a.Codes, code)
	}
	b.acknowledge(a)
}

func (b *box) acknowledge(a kiosk.Ack) {
	b.t.Helper()
	_, err := b.Acknowledge(b.t.Context(), a)
	b.must(err)
}
