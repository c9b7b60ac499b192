package sqlite

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
)

// readBoot returns the moment's boot. The time that has certainly passed, and what
// the clock closes next, come along in t.passed and t.due, the present epoch and the
// last day that was cut while it ran.
func (t *txn) readBoot(ctx context.Context, m kiosk.Moment) (boots.Stored, error) {
	b, now, err := boots.Read(ctx, t, m)
	t.passed, t.due, t.cells.Epoch, t.cut = now.Passed, now.Due, now.Epoch, now.Cut
	return b, err
}

// believes tells whether the moment is sure enough for what nothing takes back.
func (t *txn) believes(ctx context.Context) (bool, error) {
	return boots.Believed(ctx, t, t.now.Instant, t.s.timetable())
}

// pass raises the time below which no clock is trusted any more, for one who
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

// bestTime returns the time it is for one who only reads.
func (s *Store) bestTime(ctx context.Context, q sqlrow.Querier) (time.Time, error) {
	return boots.BestTime(ctx, q, s.cfg.Clock.Now())
}
