package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// unsent are the cells that the centre does not hold as they are now, without
// those that it refused as they are now.
const unsent = `rev > acked_rev AND rev > refused_rev`

// Unsent returns at most limit counts that the centre does not hold yet, the
// longest waiting first.
func (s *Store) Unsent(ctx context.Context, limit int) ([]kiosk.Count, error) {
	db, err := s.reader()
	if err != nil {
		return nil, err
	}
	counts, err := sqlrow.Collect(ctx, db, scanCount,
		`SELECT epoch, period, measure, part, n, rev FROM cell WHERE `+unsent+` ORDER BY rev, epoch, period, part, measure LIMIT ?1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read unsent counts: %w", err)
	}
	return counts, nil
}

func scanCount(row sqlrow.Scanner) (c kiosk.Count, err error) {
	return c, row.Scan(&c.Epoch, &c.Period, &c.Measure, &c.Part, &c.N, &c.Rev)
}

// Begin remembers a request before it leaves. ErrAlready while another one is
// on its way.
func (s *Store) Begin(ctx context.Context, u kiosk.Upload) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `INSERT INTO pending (one, seq, nonce, body) VALUES (1, ?1, ?2, ?3)`, u.Seq, u.Nonce, u.Body)
		if sqlrow.Conflicts(err) {
			return kiosk.ErrAlready
		}
		if err != nil {
			return err
		}
		for place, c := range u.Counts {
			if _, err := t.ExecContext(ctx, `INSERT INTO sent (place, epoch, period, measure, part, n, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
				place, c.Epoch, c.Period, c.Measure, c.Part, c.N, c.Rev); err != nil {
				return err
			}
		}
		return sqlrow.One(ctx, t, `UPDATE link SET seq = max(seq, ?1)`, u.Seq)
	})
	if err != nil {
		return fmt.Errorf("begin upload: %w", err)
	}
	return nil
}

// Pending returns the request that is on its way, or kiosk.ErrNotFound.
func (s *Store) Pending(ctx context.Context) (kiosk.Upload, error) {
	var u kiosk.Upload
	db, err := s.reader()
	if err != nil {
		return u, err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return u, fmt.Errorf("read upload: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // only reads
	if err := tx.QueryRowContext(ctx, `SELECT seq, nonce, body FROM pending`).Scan(&u.Seq, &u.Nonce, &u.Body); err != nil {
		return u, fmt.Errorf("read upload: %w", sqlrow.Missing(err))
	}
	u.Counts, err = sqlrow.Collect(ctx, tx, scanCount, `SELECT epoch, period, measure, part, n, rev FROM sent ORDER BY place`)
	if err != nil {
		return u, fmt.Errorf("read upload: %w", err)
	}
	return u, nil
}

// Acknowledge closes the request that is on its way. A count is acknowledged up to
// the revision that was sent, so what changed meanwhile is still to be sent.
// ErrNotFound when another request, or none, is on its way.
func (s *Store) Acknowledge(ctx context.Context, x kiosk.Ack) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		var seq int64
		if err := t.QueryRowContext(ctx, `SELECT seq FROM pending`).Scan(&seq); err != nil {
			return sqlrow.Missing(err)
		}
		counts, err := sqlrow.Collect(ctx, t, scanCount, `SELECT epoch, period, measure, part, n, rev FROM sent ORDER BY place`)
		if err != nil {
			return err
		}
		if seq != x.Seq || len(x.States) != len(counts) {
			return fmt.Errorf("%w: request %d with %d counts", kiosk.ErrNotFound, x.Seq, len(x.States))
		}
		for i, c := range counts {
			if err := t.meet(ctx, c, x, i); err != nil {
				return err
			}
		}
		if _, err := t.ExecContext(ctx, `UPDATE meta SET rev = max(rev, ?1)`, x.Rev); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE link SET token = ?1, last_ms = ?2`, x.Token, sqlrow.Millis(x.At)); err != nil {
			return err
		}
		return t.requeue(ctx)
	})
	if err != nil {
		return fmt.Errorf("settle upload: %w", err)
	}
	return nil
}

// meet notes the fate of the i-th count of a request.
func (t *txn) meet(ctx context.Context, c kiosk.Count, x kiosk.Ack, i int) error {
	if x.States[i] == kiosk.AckRefused {
		code := ""
		if i < len(x.Codes) {
			code = x.Codes[i]
		}
		return t.setAside(ctx, c, code)
	}
	_, err := t.ExecContext(ctx, `UPDATE cell SET acked_rev = max(acked_rev, min(rev, ?5)), refused = ''
		WHERE epoch = ?1 AND period = ?2 AND part = ?3 AND measure = ?4`, c.Epoch, c.Period, c.Part, c.Measure, c.Rev)
	return err
}

func (t *txn) setAside(ctx context.Context, c kiosk.Count, code string) error {
	_, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = max(refused_rev, min(rev, ?5)), refused = ?6
		WHERE epoch = ?1 AND period = ?2 AND part = ?3 AND measure = ?4`, c.Epoch, c.Period, c.Part, c.Measure, c.Rev, code)
	return err
}

// SetAside keeps a count from being sent again as it is, with the reason.
func (s *Store) SetAside(ctx context.Context, c kiosk.Count, code string) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error { return t.setAside(ctx, c, code) })
	if err != nil {
		return fmt.Errorf("set count aside: %w", err)
	}
	return nil
}

// OfferAgain has the counts that were set aside for a reason sent once more.
func (s *Store) OfferAgain(ctx context.Context, code string) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = 0 WHERE refused = ?1 AND refused_rev = rev AND acked_rev < rev`, code)
		return err
	})
	if err != nil {
		return fmt.Errorf("offer counts again: %w", err)
	}
	return nil
}

// Requeue forgets the request that was on its way; its counts stay unsent.
func (s *Store) Requeue(ctx context.Context) error {
	if err := s.withTx(ctx, func(ctx context.Context, t *txn) error { return t.requeue(ctx) }); err != nil {
		return fmt.Errorf("requeue: %w", err)
	}
	return nil
}

func (t *txn) requeue(ctx context.Context) error {
	_, err := t.ExecContext(ctx, `DELETE FROM pending`)
	if err == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM sent`)
	}
	return err
}

// Token returns what is to be sent with the next request, empty for the first
// of an epoch.
func (s *Store) Token(ctx context.Context) (token string, err error) {
	return token, s.link(ctx, `SELECT token FROM link`, &token)
}

// NextSeq returns the number of the next request of this epoch, from 1.
func (s *Store) NextSeq(ctx context.Context) (seq int64, err error) {
	return seq, s.link(ctx, `SELECT seq + 1 FROM link`, &seq)
}

func (s *Store) link(ctx context.Context, query string, dest ...any) error {
	db, err := s.reader()
	if err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, query).Scan(dest...); err != nil {
		return fmt.Errorf("read link: %w", sqlrow.Missing(err))
	}
	return nil
}

// Sending returns how the uploads are doing. The pairing code and its check
// are not kept here.
func (s *Store) Sending(ctx context.Context) (kiosk.Sending, error) {
	var x kiosk.Sending
	var last sql.NullInt64
	err := s.link(ctx, `
		SELECT kiosk <> '', last_ms, (SELECT count(*) FROM cell WHERE `+unsent+`),
		       (SELECT count(*) FROM cell WHERE refused <> '' AND refused_rev = rev AND acked_rev < rev) FROM link`,
		&x.Paired, &last, &x.Waiting, &x.Refused)
	x.Last = s.fromMillis(last)
	return x, err
}
