package outbox

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// KioskBack lets a room go on whose database was put back: an image of its card, or
// a folder that was copied. The room itself cannot see it; the centre can, which
// holds more than the room knows it to. What was counted since then goes into an
// epoch of its own, above was; what was counted before stays where it is, and the
// centre knows it better than the room. foreign tells that the centre names an epoch
// that this database never had.
func (o *Outbox) KioskBack(ctx context.Context, was Former, foreign bool) error {
	err := o.write(ctx, func(ctx context.Context, t *Tx, now kiosk.Moment) error {
		f, err := find(ctx, t, o.zone, foreign)
		if err != nil {
			return err
		}
		for _, p := range f.parts {
			for _, p.Epoch = range []int{p.Epoch, max(t.Epoch, was.Epoch) + 1} {
				if err := t.touch(ctx, p); err != nil {
					return err
				}
			}
		}
		return f.begin(ctx, t, now.Wall, was)
	})
	if err != nil {
		return fmt.Errorf("begin anew after a backup was put back: %w", err)
	}
	return nil
}

// found is what a room counted since its database was put back: since the first
// start of the program after the last answer of the centre. Without a start since
// then it is a copy that went on, and new is what was counted since that answer.
// Where the program was
// started more than once between that answer and the making of the image, with no
// network at all, what it counted between those starts is taken for new too.
type found struct {
	parts []kiosk.DayPart // that visits since then are of
	start Start
	taken count.Day
}

// find looks for it; foreign tells that the centre names an epoch that this
// database never had.
func find(ctx context.Context, q sqlrow.Querier, zone *time.Location, foreign bool) (f found, err error) {
	if f.start, err = sinceBack(ctx, q, foreign); err != nil {
		return f, err
	}
	if f.taken, err = lastHeard(ctx, q, zone); err != nil {
		return f, err
	}
	f.parts, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (p kiosk.DayPart, err error) {
		return p, row.Scan(&p.Epoch, &p.Day, &p.Part)
	}, `SELECT DISTINCT epoch, day, part FROM visit WHERE no > ?1 AND day IS NOT NULL`, f.start.Visit)
	if err != nil {
		return f, fmt.Errorf("read visits since a backup was put back: %w", err)
	}
	return f, nil
}

// begin begins the epoch of what was counted since, above was.
func (f found) begin(ctx context.Context, t *Tx, at time.Time, was Former) error {
	if err := t.Restore(ctx, at, f.taken, was); err != nil {
		return err
	}
	for _, query := range []string{`UPDATE visit SET epoch = ?1 WHERE no > ?2`, `UPDATE stranger SET epoch = ?1 WHERE no > ?3`} {
		if _, err := t.ExecContext(ctx, query, t.Epoch, f.start.Visit, f.start.Unknown); err != nil {
			return fmt.Errorf("move to a new epoch: %w", err)
		}
	}
	if err := t.passOver(ctx, f.taken, f.start); err != nil {
		return err
	}
	// The days that ended since then are closed out again, in the new epoch.
	if f.start.Day != count.NoDay {
		if _, err := t.ExecContext(ctx, `UPDATE meta SET ended_day = ?1 WHERE ended_day >= ?1`, f.start.Day-1); err != nil {
			return fmt.Errorf("close days out again: %w", err)
		}
	}
	return undo.ForgetAll(ctx, t) // its rows are of the epoch of before
}
