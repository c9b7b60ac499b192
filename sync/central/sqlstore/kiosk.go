package sqlstore

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

// kioskRoom is where a kiosk's cells belong.
type kioskRoom struct {
	organisation, room int64
}

// Key returns a kiosk's public key. It is remembered, since it never changes
// and every request begins with it; whether the kiosk is revoked is looked up
// in Exchange, each time.
func (s *Store) Key(ctx context.Context, kiosk string) (ed25519.PublicKey, error) {
	if key, known := s.keys.Load(kiosk); known {
		return key.(ed25519.PublicKey), nil
	}
	var key []byte
	err := s.read.QueryRowContext(ctx, `SELECT public_key FROM kiosks WHERE id = ?1`, kiosk).Scan(&key)
	if err != nil {
		return nil, none(err, central.ErrNotFound)
	}
	s.keys.Store(kiosk, ed25519.PublicKey(key))
	return key, nil
}

// Exchange keeps what rule makes of a kiosk's report.
func (s *Store) Exchange(ctx context.Context, kiosk string, request []byte, rule func(central.CellMerger, central.Report) (central.Report, error)) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		was, room, err := s.report(ctx, tx, kiosk, request)
		if err != nil {
			return fmt.Errorf("read report: %w", err)
		}
		now, err := rule(merger{ctx, tx, s.engine, room}, was)
		if err != nil {
			return err
		}
		switch {
		case now.Token != was.Token:
			return saveReport(ctx, tx, now)
		case !now.Forked.Equal(was.Forked):
			return saveFork(ctx, tx, now)
		}
		return nil // its last request again
	})
}

// merger is a central.CellMerger for one exchange.
type merger struct {
	ctx    context.Context // of the transaction that it lives in
	tx     runner
	engine engine
	room   kioskRoom
}

var _ central.CellMerger = merger{}

// Merge takes the cells that are newer.
func (l merger) Merge(series int, cells []wire.Cell) ([]int64, error) {
	return l.engine.merge(l.ctx, l.tx, l.room, series, cells)
}

// Held reads cells of a stretch.
func (l merger) Held(series int, d wire.Checksum, limit int) ([]wire.Cell, error) {
	rows, err := l.tx.QueryContext(l.ctx, `
		SELECT room, series, epoch, period, measure, part, n, rev FROM cells
		WHERE organisation = ?1 AND room = ?2 AND series = ?3 AND epoch = ?4 AND period > ?5 AND (?6 = '' OR period <= ?6) LIMIT ?7`,
		l.room.organisation, l.room.room, series, d.Epoch, string(d.After), string(d.Until), limit)
	return collect(rows, err, func(scan func(...any) error) (wire.Cell, error) {
		c, err := scanCell(scan)
		return c.Cell, err
	})
}

func (s *Store) report(ctx context.Context, tx runner, kiosk string, request []byte) (r central.Report, k kioskRoom, err error) {
	r.Kiosk = kiosk
	var revoked time.Time
	var skew int64
	var lights, undated string
	var lost sql.Null[string]
	err = tx.QueryRowContext(ctx, `
		SELECT organisation, room, revoked, series, epoch, epoch_id, rev, token, request,
			CASE WHEN request = ?2 THEN answer END, reported, trust, skew, lights, undated, lost, forked, seq, past, former
		FROM kiosks WHERE id = ?1`+s.engine.lock(), kiosk, request).Scan(
		&k.organisation, &k.room, instant{&revoked}, &r.Epoch.Series, &r.Epoch.Ordinal, &r.Epoch.ID, &r.Epoch.Rev,
		&r.Token, &r.Request, &r.Answer, instant{&r.Time}, &r.Trust, &skew, &lights, &undated, &lost, instant{&r.Forked}, &r.Seq, (*[]byte)(&r.Past), &r.Former)
	if err != nil {
		return r, k, none(err, central.ErrNotFound)
	}
	r.Revoked, r.Skew = !revoked.IsZero(), time.Duration(skew)*time.Millisecond
	if err := json.Unmarshal([]byte(lights), &r.Health); err != nil {
		return r, k, fmt.Errorf("lights: %w", err)
	}
	if r.Undated, err = readUndated(undated); err != nil {
		return r, k, err
	}
	if r.Lost, err = readLost(lost); err != nil {
		return r, k, err
	}
	if r.Epoch.Series == 0 {
		if r.LastEpoch, r.Series, err = lastEpoch(ctx, tx, k, kiosk); err != nil {
			return r, k, fmt.Errorf("find the kiosk's last epoch: %w", err)
		}
	}
	return r, k, nil
}

// lastEpoch returns the last epoch in the room of any kiosk with this one's key,
// zero for none, with the highest revision of its series, and the last series
// of the room.
func lastEpoch(ctx context.Context, tx runner, k kioskRoom, kiosk string) (l central.Epoch, series int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT coalesce(max(series), 0) FROM kiosks WHERE organisation = ?1 AND room = ?2`,
		k.organisation, k.room).Scan(&series)
	if err != nil {
		return l, 0, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT series, epoch, epoch_id, (SELECT max(rev) FROM kiosks same
			WHERE same.organisation = kiosks.organisation AND same.room = kiosks.room AND same.series = kiosks.series)
		FROM kiosks WHERE organisation = ?1 AND room = ?2 AND series > 0
			AND public_key = (SELECT public_key FROM kiosks WHERE id = ?3)
		ORDER BY series DESC, epoch DESC LIMIT 1`, k.organisation, k.room, kiosk).Scan(&l.Series, &l.Ordinal, &l.ID, &l.Rev)
	return l, series, none(err, nil)
}

func saveReport(ctx context.Context, tx runner, r central.Report) error {
	lights, err := json.Marshal(r.Health)
	if err != nil {
		return fmt.Errorf("encode lights: %w", err)
	}
	undated, err := json.Marshal(append([]wire.Undated{}, r.Undated...))
	if err != nil {
		return fmt.Errorf("encode undated visits: %w", err)
	}
	var lost sql.Null[string]
	if r.Lost != nil {
		told, err := json.Marshal(r.Lost)
		if err != nil {
			return fmt.Errorf("encode lost days: %w", err)
		}
		lost = sql.Null[string]{V: string(told), Valid: true}
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE kiosks SET series = ?2, epoch = ?3, epoch_id = ?4, rev = ?5, token = ?6, request = ?7, answer = ?8,
			reported = ?9, trust = ?10, skew = ?11, lights = ?12, forked = ?13, seq = ?14, past = ?15, former = ?16, undated = ?17, lost = ?18, changes = changes + 1
		WHERE id = ?1`,
		r.Kiosk, r.Epoch.Series, r.Epoch.Ordinal, r.Epoch.ID, r.Epoch.Rev, r.Token, r.Request, r.Answer,
		millis(r.Time), r.Trust, r.Skew.Milliseconds(), string(lights), millis(r.Forked), r.Seq, []byte(r.Past), r.Former, string(undated), lost)
	if err != nil {
		return fmt.Errorf("save report: %w", err)
	}
	return nil
}

// readUndated reads the column undated: nil for none.
func readUndated(column string) (all []wire.Undated, err error) {
	if column == "[]" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(column), &all); err != nil {
		return nil, fmt.Errorf("undated visits: %w", err)
	}
	return all, nil
}

// readLost reads the column lost: nil when the kiosk never told.
func readLost(column sql.Null[string]) (all []wire.LostDays, err error) {
	if !column.Valid {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(column.V), &all); err != nil {
		return nil, fmt.Errorf("lost days: %w", err)
	}
	return all, nil
}

func saveFork(ctx context.Context, tx runner, r central.Report) error {
	if _, err := tx.ExecContext(ctx, `UPDATE kiosks SET forked = ?2, changes = changes + 1 WHERE id = ?1`, r.Kiosk, millis(r.Forked)); err != nil {
		return fmt.Errorf("note a fork: %w", err)
	}
	return nil
}
