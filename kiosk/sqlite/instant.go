package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
)

// bootRow is a row of table boot.
type bootRow struct {
	timeline.Boot
	no int64
}

// readBoot returns the moment's boot, noting a boot never seen before. The time
// that has certainly passed, and what the clock closes next, come along in
// t.passed and t.due, and the present epoch.
func (t *txn) readBoot(ctx context.Context, m kiosk.Moment) (b bootRow, err error) {
	var at, since sql.NullInt64
	var bound, passed int64
	row := t.QueryRowContext(ctx, `
		SELECT no, line_ms, line_ns, trust, source, first_ns, floor_ms,
		       coalesce((SELECT floor_ms FROM meta), 0), coalesce((SELECT max(ordinal) FROM epoch), 0),
		       (SELECT min(closes_ms) FROM (
		          SELECT min(closes_ms) AS closes_ms FROM stay WHERE ended = '' AND closes_ms IS NOT NULL
		          UNION ALL SELECT min(closes_ms) FROM stranger WHERE state = 'open'))
		FROM boot WHERE boot_id = CAST(?1 AS TEXT)`, m.Boot)
	err = row.Scan(&b.no, &at, &since, &b.Trust, &b.Source, &b.First, &bound, &passed, &t.cells.Epoch, &t.due)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.ExecContext(ctx, `
			INSERT INTO boot (boot_id, first_ns, floor_ms) VALUES (?1, ?2, coalesce((SELECT floor_ms FROM meta), 0))`, m.Boot, int64(m.Since))
		if err != nil {
			return b, err
		}
		return t.readBoot(ctx, m)
	}
	if err != nil {
		return b, err
	}
	if at.Valid {
		b.At, b.Since = time.UnixMilli(at.Int64), time.Duration(since.Int64)
	}
	b.LowerBound, t.passed = time.UnixMilli(bound), time.UnixMilli(passed)
	return b, nil
}

// align notes the alignment of a boot, how far it may be off and who says so.
func (t *txn) align(ctx context.Context, boot int64, a timeline.Alignment, errMS int64, source string) error {
	_, err := t.ExecContext(ctx, `UPDATE boot SET line_ms = ?2, line_ns = ?3, trust = ?4, error_ms = ?5, source = ?6 WHERE no = ?1`,
		boot, a.At.UnixMilli(), int64(a.Since), a.Trust, errMS, source)
	if err != nil {
		return fmt.Errorf("note boot's time: %w", err)
	}
	return nil
}

// pass raises the time below which no clock is believed any more, for one who
// writes it into the file.
func (t *txn) pass() time.Time {
	t.wrote = true
	t.passed = timeline.Raise(t.passed, t.now.Instant, t.wrote)
	return t.passed
}

// notePassed notes in the file that time has passed, if nobody did.
func (t *txn) notePassed(ctx context.Context) error {
	passed := timeline.Raise(t.passed, t.now.Instant, t.wrote)
	if passed.Equal(t.passed) {
		return nil
	}
	return t.setPassed(ctx, passed)
}

func (t *txn) setPassed(ctx context.Context, passed time.Time) error {
	if _, err := t.ExecContext(ctx, `UPDATE meta SET floor_ms = ?1`, passed.UnixMilli()); err != nil {
		return fmt.Errorf("note time: %w", err)
	}
	t.passed = passed
	return nil
}

// believed returns the time it is for one who only reads.
func (s *Store) believed(ctx context.Context, q sqlrow.Querier) (time.Time, error) {
	m := s.cfg.Clock.Now()
	var passed int64
	var at, since sql.NullInt64
	var boot timeline.Alignment
	err := q.QueryRowContext(ctx, `
		SELECT meta.floor_ms, boot.line_ms, boot.line_ns, coalesce(boot.trust, 0) FROM meta LEFT JOIN boot ON boot.boot_id = ?1`, m.Boot).
		Scan(&passed, &at, &since, &boot.Trust)
	if err != nil {
		return m.Wall, fmt.Errorf("read clock: %w", err)
	}
	boot.At, boot.Since = s.fromMillis(at), time.Duration(since.Int64)
	return timeline.Believed(m, boot, time.UnixMilli(passed)), nil
}
