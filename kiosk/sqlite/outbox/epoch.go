package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Origin is why an epoch began. It stands in the table as it is.
type Origin string

// Why epochs begin.
const (
	OriginCreated  Origin = "created"
	OriginRestored Origin = "restored" // from a backup: visits may be missing
	OriginUnpaired Origin = "unpaired"
	// Another holder of the key went on, and a person said that it is this one.
	OriginTakenOver Origin = "taken_over"
)

// Epoch returns the present epoch of the database.
func (o *Outbox) Epoch(ctx context.Context) (e kiosk.Epoch, err error) {
	db, err := o.read()
	if err != nil {
		return e, err
	}
	var id []byte
	err = db.QueryRowContext(ctx, `SELECT ordinal, id FROM epoch ORDER BY ordinal DESC LIMIT 1`).Scan(&e.Ordinal, &id)
	if err != nil {
		return e, fmt.Errorf("read epoch: %w", sqlrow.Missing(err))
	}
	copy(e.ID[:], id)
	return e, nil
}

// NewEpoch begins another epoch at a time. Requests are numbered anew, the one on its
// way is forgotten, and what has ended is released in it at once: no tap begins one.
func (t *Tx) NewEpoch(ctx context.Context, why Origin, at time.Time) error {
	return t.begin(ctx, why, at, sql.NullInt64{})
}

// begin is NewEpoch for one that may follow a backup of the day frozen.
func (t *Tx) begin(ctx context.Context, why Origin, at time.Time, frozen sql.NullInt64) error {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails (crypto/rand)
	t.Epoch++
	_, err := t.ExecContext(ctx, `INSERT INTO epoch (ordinal, id, reason, began_ms, frozen) VALUES (?1, ?2, ?3, ?4, ?5)`,
		t.Epoch, id, why, at.UnixMilli(), frozen)
	if err == nil {
		_, err = t.ExecContext(ctx, `UPDATE link SET token = '', seq = 0, held_seq = 0, ended_day = 0`)
	}
	if err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	return t.requeue(ctx)
}

// Former is what a restored database goes on above: the last epoch that there
// was, and the last revision that was given out.
type Former struct {
	Epoch int
	Rev   int64
}

// ReadFormer reads it from a database that is to be replaced.
func ReadFormer(ctx context.Context, q sqlrow.Querier) (f Former, err error) {
	err = q.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(ordinal), 0) FROM epoch), (SELECT rev FROM meta)`).Scan(&f.Epoch, &f.Rev)
	if err != nil {
		return Former{}, fmt.Errorf("read former epoch: %w", err)
	}
	return f, nil
}

// Restore begins the epoch of a database that was put back from a backup of the
// day taken. Of that day and later ones the centre knows better than the backup:
// their cells are frozen, which means that they count as released and acknowledged, now
// and whenever a correction writes them; but not those of which it cannot have heard.
func (t *Tx) Restore(ctx context.Context, at time.Time, taken count.Day, was Former) error {
	t.Epoch = max(t.Epoch, was.Epoch) // no ordinal is ever used twice
	if err := t.begin(ctx, OriginRestored, at, sql.NullInt64{Int64: int64(taken), Valid: true}); err != nil {
		return err
	}
	// While nothing was released since, the centre can hold none of what still waits.
	_, err := t.ExecContext(ctx, `UPDATE cell SET acked_rev = rev,
		stage = CASE WHEN stage = ?2 AND ?4 NOT BETWEEN 1 AND (SELECT rev FROM meta) THEN ?3 ELSE stage END WHERE `+ofDay+` AND period >= ?1`,
		taken.String(), stageWaits, stageReleased, was.Rev)
	if err != nil {
		return fmt.Errorf("freeze old cells: %w", err)
	}
	return t.raiseRevision(ctx, was.Rev)
}

// isFrozen is frozen of a row.
const isFrozen = ofDay + ` AND EXISTS (SELECT 1 FROM epoch e WHERE e.ordinal > cell.epoch AND e.frozen <= unixepoch(cell.period) / 86400)`

// frozen tells whether a cell is one of those that the centre alone knows since
// a backup was restored: of an earlier epoch, and of the backup's day or later.
func (t *Tx) frozen(ctx context.Context, c kiosk.Cell) (frozen bool, err error) {
	if c.Epoch == t.Epoch {
		return false, nil
	}
	day, err := count.ParseDay(string(c.Period))
	if err != nil {
		return false, nil // no day: persons are counted in the newest epoch alone
	}
	err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM epoch WHERE ordinal > ?1 AND frozen <= ?2)`, c.Epoch, day).Scan(&frozen)
	if err != nil {
		return false, fmt.Errorf("look for restores: %w", err)
	}
	return frozen, nil
}

// Lost returns the days of which visits may be missing, as LostDays.
func (o *Outbox) Lost(ctx context.Context) ([]count.Days, error) {
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	return LostDays(ctx, db, o.zone)
}

// LostDays returns, for each backup that was restored, the days from it to its
// restoring, of which visits may be missing; and for each other holder of the key that
// went on beside this room, the day on which it ended.
func LostDays(ctx context.Context, q sqlrow.Querier, zone *time.Location) ([]count.Days, error) {
	lost, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (d count.Days, err error) {
		var began int64
		err = row.Scan(&d.First, &began)
		d.Last = count.DayOf(time.UnixMilli(began), zone)
		return d, err
	}, `SELECT coalesce(frozen, 0), began_ms FROM epoch
		WHERE reason = ?1 AND frozen IS NOT NULL OR reason = ?2 ORDER BY ordinal`, OriginRestored, OriginTakenOver)
	if err != nil {
		return nil, fmt.Errorf("read epochs: %w", err)
	}
	for i := range lost {
		if lost[i].First == count.NoDay {
			lost[i].First = lost[i].Last
		}
	}
	return slices.DeleteFunc(lost, func(d count.Days) bool { return d.First > d.Last }), nil // all was saved of some
}
