package outbox

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// ReadSignedTime returns how late it is by what the room's centre has signed: what a clock
// alone may not send, settle or delete has to have ended by its Day.
func ReadSignedTime(ctx context.Context, q sqlrow.Querier) (h timeline.SignedTime, err error) {
	var ms int64
	err = q.QueryRowContext(ctx, `SELECT heard, doubt_boot, doubt_ms, doubt_ns FROM link`).Scan(&h.Day, &h.Boot, &ms, &h.Told.Since)
	if err != nil {
		return h, fmt.Errorf("read last signed time: %w", err)
	}
	if h.Boot != "" {
		h.Told.At, h.Told.Trust = time.UnixMilli(ms), kiosk.TrustBounded
	}
	return h, nil
}

// hear takes the time of a signed answer that came at now, and tells whether days lie
// between it and the last one of which something may have been sent.
func (t *Tx) hear(ctx context.Context, said time.Time, now kiosk.Moment, zone *time.Location) (gap bool, err error) {
	was, err := ReadSignedTime(ctx, t)
	if err != nil {
		return false, err
	}
	var ended count.Day // by the room's own clock, when that is believed
	if err := t.QueryRowContext(ctx, `SELECT coalesce(ended_day + 1, 0) FROM meta`).Scan(&ended); err != nil {
		return false, fmt.Errorf("read last day: %w", err)
	}
	now.Wall = said
	h := was.Hear(now, ended, zone)
	if h == was {
		return false, nil
	}
	_, err = t.ExecContext(ctx, `UPDATE link SET heard = ?1, doubt_boot = ?2, doubt_ms = ?3, doubt_ns = ?4`,
		h.Day, h.Boot, sqlrow.NullMillis(h.Told.At).Int64, int64(h.Told.Since))
	if err != nil {
		return false, fmt.Errorf("note signed time: %w", err)
	}
	return h.Day > was.Day+1, nil
}
