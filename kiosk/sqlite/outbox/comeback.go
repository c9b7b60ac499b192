package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Standing returns how far the room stands with its centre.
func (o *Outbox) Standing(ctx context.Context) (s kiosk.Standing, err error) {
	err = o.link(ctx, `
		SELECT coalesce(held_key = server_key, 0), held_rev, held_seq, (SELECT rev FROM meta),
			(SELECT reason FROM epoch ORDER BY ordinal DESC LIMIT 1) <> '`+string(OriginRestored)+`' OR token <> ''
		FROM link`, &s.Known, &s.Held, &s.Seq, &s.Rev, &s.Continued)
	if err != nil {
		return s, err
	}
	db, err := o.read()
	if err != nil {
		return s, err
	}
	s.Epochs, err = sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (e kiosk.Epoch, err error) {
		var id []byte
		err = row.Scan(&e.Ordinal, &id)
		copy(e.ID[:], id)
		return e, err
	}, `SELECT ordinal, id FROM epoch ORDER BY ordinal`)
	if err != nil {
		return s, fmt.Errorf("read epochs: %w", err)
	}
	return s, nil
}

// hold notes what a signed answer says of the centre: the room has been heard up
// to now, whatever is put back later.
func (t *Tx) hold(ctx context.Context, a kiosk.Ack) error {
	_, err := t.ExecContext(ctx, `UPDATE link SET held_rev = ?1, held_seq = ?2, held_key = server_key`, a.Rev, a.Seq)
	if err == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM start WHERE no <> (SELECT min(no) FROM start WHERE no <= ?1)`, answered)
	}
	if err == nil {
		_, err = t.ExecContext(ctx, `UPDATE start SET no = ?2 WHERE no = ?1`, begun, answered)
	}
	if err != nil {
		return fmt.Errorf("note what the centre holds: %w", err)
	}
	return nil
}

// CentreBack takes it that the centre was put back from a backup and holds nothing
// above rev any more: everything above it is sent again, in the same epoch. The
// request on its way is forgotten.
func (o *Outbox) CentreBack(ctx context.Context, rev int64) error {
	return o.do(ctx, "send again what the centre lost", func(ctx context.Context, t *Tx) error {
		if _, err := t.ExecContext(ctx, `UPDATE cell SET acked_rev = 0 WHERE rev > ?1`, rev); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE link SET held_rev = ?1`, rev); err != nil {
			return err
		}
		return t.requeue(ctx)
	})
}

// TakeOver begins another epoch because a person said that it is this kiosk that
// goes on: above was, with nothing taken for lost.
func (o *Outbox) TakeOver(ctx context.Context, was Former) error {
	err := o.write(ctx, func(ctx context.Context, t *Tx, now kiosk.Moment) error {
		t.Epoch = max(t.Epoch, was.Epoch)
		if err := t.raiseRevision(ctx, was.Rev); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE link SET held_rev = max(held_rev, ?1)`, was.Rev); err != nil {
			return err
		}
		return t.NewEpoch(ctx, OriginTakenOver, now.Wall)
	})
	if err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	return nil
}

// Start is how far the numbers had come when the program started.
type Start struct {
	Day            count.Day // count.NoDay when it was not known
	Change         int64     // the last number of changes
	Visit, Unknown int64     // the last visit, and the last unknown badge
}

// Numbers of the rows of table start that are no start of the program.
const (
	begun    = -1 // when the request left that is on its way
	answered = 0  // when the one left that the centre answered last
)

// startNow is a row of table start of this number, the next one for NULL.
const startNow = `
	INSERT OR REPLACE INTO start (no, day, rev, visit, stranger)
	SELECT ?1, ?2, change, (SELECT coalesce(max(no), 0) FROM visit), (SELECT coalesce(max(no), 0) FROM stranger) FROM meta`

// NoteStart notes that the program started: what is counted from now on is of the
// time after the file was put back, if it was.
func NoteStart(ctx context.Context, tx sqlrow.Tx, day count.Day) error {
	if _, err := tx.ExecContext(ctx, startNow, nil, day); err != nil {
		return fmt.Errorf("note start: %w", err)
	}
	return nil
}

// noteRequest notes how far the numbers have come when a request leaves. When the
// last one that was answered left with the same ones, and nothing was noted since,
// that says it already: an idle room writes one page less at each request.
func (t *Tx) noteRequest(ctx context.Context) error {
	_, err := t.ExecContext(ctx, startNow+`
		WHERE (SELECT max(no) <> ?3 OR min(no) <> ?3 OR max(rev) <> meta.change
			OR max(visit) <> (SELECT coalesce(max(no), 0) FROM visit)
			OR max(stranger) <> (SELECT coalesce(max(no), 0) FROM stranger) FROM start) IS NOT FALSE`, begun, count.NoDay, answered)
	if err != nil {
		return fmt.Errorf("note request: %w", err)
	}
	return nil
}

// firstStart returns the first start since the centre answered last. A program that
// was not started since was not put back: a copy of it went on elsewhere, and new
// is what it counted since the last request that was answered. kiosk.ErrNotFound
// when none ever was.
func firstStart(ctx context.Context, q sqlrow.Querier) (s Start, err error) {
	err = q.QueryRowContext(ctx, `SELECT day, rev, visit, stranger FROM start WHERE no >= ?1 ORDER BY no = ?1, no LIMIT 1`, answered).Scan(&s.Day, &s.Change, &s.Visit, &s.Unknown)
	if err != nil {
		return s, fmt.Errorf("read start: %w", sqlrow.Missing(err))
	}
	return s, nil
}

// lastHeard returns the day on which the centre answered last, or the one on which
// the first epoch began.
func lastHeard(ctx context.Context, q sqlrow.Querier, zone *time.Location) (count.Day, error) {
	var ms sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT coalesce(last_ms, (SELECT min(began_ms) FROM epoch)) FROM link`).Scan(&ms)
	if err != nil {
		return count.NoDay, fmt.Errorf("read last answer: %w", err)
	}
	return count.DayOf(time.UnixMilli(ms.Int64), zone), nil
}

// passOver forgets what earlier epochs say of the days after taken because nobody
// came: since the start all of them were written by a room that did not know of
// those who did.
func (t *Tx) passOver(ctx context.Context, taken count.Day, start Start) error {
	_, err := t.ExecContext(ctx, `DELETE FROM cell WHERE epoch < ?1 AND change > ?2 AND `+ofDay+` AND period > ?3`, t.Epoch, start.Change, taken.String())
	if err == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM start`)
	}
	if err != nil {
		return fmt.Errorf("pass over lost days: %w", err)
	}
	return nil
}

// sinceBack returns the start after which all that was counted is new to the centre:
// the first one since it answered last. Without one nothing is; of a database that
// never heard from a centre, everything.
func sinceBack(ctx context.Context, q sqlrow.Querier, foreign bool) (Start, error) {
	const none = 1 << 62
	s, err := firstStart(ctx, q)
	if errors.Is(err, kiosk.ErrNotFound) {
		s, err = Start{Change: none, Visit: none, Unknown: none}, nil
	}
	if err != nil || !foreign {
		return s, err
	}
	var heard bool
	if err := q.QueryRowContext(ctx, `SELECT held_key IS NOT NULL FROM link`).Scan(&heard); err != nil {
		return s, fmt.Errorf("read link: %w", err)
	}
	if !heard {
		s = Start{}
	}
	return s, nil
}
