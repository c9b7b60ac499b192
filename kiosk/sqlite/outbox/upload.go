package outbox

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

const (
	// unsent are the cells that the centre does not hold as they were released, without
	// those that it refused as they were. The table has an index of just these.
	unsent = `rev > acked_rev AND rev > refused_rev AND ` + told
	// aside are those that it refused as they were released.
	aside = `refused_rev = rev AND acked_rev < rev AND ` + told
	// told are those that were released. Nothing is taken back of a day: what is still to
	// come, that day itself will tell.
	told = `rev > 0 AND stage < 2`
)

// What scanCount reads: of a cell what was released, and of a request what was sent.
const (
	countColumns = `epoch, period, measure, part, told, rev`
	sentColumns  = `epoch, period, measure, part, n, rev`
)

func scanCount(row sqlrow.Scanner) (c kiosk.Count, err error) {
	return c, row.Scan(&c.Epoch, &c.Period, &c.Measure, &c.Part, &c.N, &c.Rev)
}

// Unsent returns at most limit counts that the centre does not hold yet, the
// longest waiting first.
func (o *Outbox) Unsent(ctx context.Context, limit int) ([]kiosk.Count, error) {
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	counts, err := sqlrow.Collect(ctx, db, scanCount,
		`SELECT `+countColumns+` FROM cell WHERE `+unsent+` ORDER BY rev, epoch, period, part, measure LIMIT ?1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read unsent counts: %w", err)
	}
	return counts, nil
}

// Begin remembers a request before it leaves. ErrAlready while another one is
// on its way.
func (o *Outbox) Begin(ctx context.Context, u kiosk.Upload) error {
	return o.do(ctx, "begin upload", func(ctx context.Context, t *Tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO pending (one, seq, nonce, body) VALUES (1, ?1, ?2, ?3)`, u.Seq, u.Nonce, u.Body)
		if sqlrow.Conflicts(err) {
			return kiosk.ErrAlready
		}
		if err != nil {
			return err
		}
		for place, c := range u.Counts {
			if _, err := t.ExecContext(ctx, `INSERT INTO sent (place, `+sentColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
				place, c.Epoch, c.Period, c.Measure, c.Part, c.N, c.Rev); err != nil {
				return err
			}
		}
		if err := t.noteRequest(ctx); err != nil {
			return err
		}
		return sqlrow.One(ctx, t, `UPDATE link SET seq = max(seq, ?1)`, u.Seq)
	})
}

// Pending returns the request that is on its way, or kiosk.ErrNotFound.
func (o *Outbox) Pending(ctx context.Context) (kiosk.Upload, error) {
	db, err := o.read()
	if err != nil {
		return kiosk.Upload{}, err
	}
	// One transaction, so that a request and its counts belong together.
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return kiosk.Upload{}, fmt.Errorf("read upload: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // only reads
	u, err := pending(ctx, tx)
	if err != nil {
		return kiosk.Upload{}, fmt.Errorf("read upload: %w", err)
	}
	return u, nil
}

func pending(ctx context.Context, q sqlrow.Querier) (u kiosk.Upload, err error) {
	if err := q.QueryRowContext(ctx, `SELECT seq, nonce, body FROM pending`).Scan(&u.Seq, &u.Nonce, &u.Body); err != nil {
		return u, sqlrow.Missing(err)
	}
	u.Counts, err = sqlrow.Collect(ctx, q, scanCount, `SELECT `+sentColumns+` FROM sent ORDER BY place`)
	return u, err
}

// Acknowledge closes the request that is on its way. A count is acknowledged up to
// the revision that was sent, so what changed meanwhile is still to be sent.
// ErrNotFound when another request, or none, is on its way. gap tells that days lie
// between this answer and the last one, of which nothing could be released before.
func (o *Outbox) Acknowledge(ctx context.Context, a kiosk.Ack) (gap bool, err error) {
	err = o.write(ctx, func(ctx context.Context, t *Tx, now kiosk.Moment) error {
		u, err := pending(ctx, t)
		if err != nil {
			return err
		}
		if u.Seq != a.Seq || len(a.States) != len(u.Counts) {
			return fmt.Errorf("%w: request %d with %d counts", kiosk.ErrNotFound, a.Seq, len(a.States))
		}
		if err := t.offerBy(ctx, a.Rules); err != nil {
			return err
		}
		for i, c := range u.Counts {
			if err := t.acknowledge(ctx, c, a, i); err != nil {
				return err
			}
		}
		if err := t.raiseRevision(ctx, a.Rev); err != nil {
			return err
		}
		if err := t.hold(ctx, a); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE link SET token = ?1, last_ms = ?2`, a.Token, sqlrow.NullMillis(a.At)); err != nil {
			return err
		}
		if !a.Said.IsZero() {
			if gap, err = t.hear(ctx, a.Said, now, o.zone); err != nil {
				return err
			}
		}
		return t.requeue(ctx)
	})
	if err != nil {
		return false, fmt.Errorf("acknowledge upload: %w", err)
	}
	return gap, nil
}

// acknowledge notes what became of the i-th count of a request.
func (t *Tx) acknowledge(ctx context.Context, c kiosk.Count, a kiosk.Ack, i int) error {
	if a.States[i] == kiosk.AckRefused {
		code := ""
		if i < len(a.Codes) {
			code = a.Codes[i]
		}
		return t.setAside(ctx, c, code)
	}
	_, err := t.ExecContext(ctx, `UPDATE cell SET acked_rev = max(acked_rev, min(rev, ?5)), refused = '' WHERE `+sameCell,
		c.Epoch, c.Period, c.Part, c.Measure, c.Rev)
	return err
}

// Requeue forgets the request that was on its way; its counts stay unsent.
func (o *Outbox) Requeue(ctx context.Context) error {
	return o.do(ctx, "requeue", func(ctx context.Context, t *Tx) error { return t.requeue(ctx) })
}

func (t *Tx) requeue(ctx context.Context) error {
	_, err := t.ExecContext(ctx, `DELETE FROM pending`)
	if err == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM sent WHERE place >= 0`) // by a condition: an empty table is left as it is
	}
	return err
}
