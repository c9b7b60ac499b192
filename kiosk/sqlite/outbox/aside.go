package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// future is the code of a count whose period was still to come for the centre: it
// passes by itself, and no rules of the centre have to change.
const future = "future"

func (t *Tx) setAside(ctx context.Context, c kiosk.Count, code string) error {
	_, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = max(refused_rev, min(rev, ?5)), refused = ?6 WHERE `+sameCell,
		c.Epoch, c.Period, c.Part, c.Measure, c.Rev, code)
	return err
}

// SetAside keeps a count from being sent again as it is, with the reason.
func (o *Outbox) SetAside(ctx context.Context, c kiosk.Count, code string) error {
	return o.do(ctx, "set count aside", func(ctx context.Context, t *Tx) error { return t.setAside(ctx, c, code) })
}

// OfferAgain has the counts that were set aside for a reason sent once more.
func (o *Outbox) OfferAgain(ctx context.Context, code string) error {
	return o.do(ctx, "offer counts again", func(ctx context.Context, t *Tx) error {
		_, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = 0 WHERE refused = ?1 AND `+aside, code)
		return err
	})
}

// offerBy has all that was set aside sent once more when the centre takes counts by
// other rules than it did, but for what waits for its day.
func (t *Tx) offerBy(ctx context.Context, rules string) error {
	if rules == "" {
		return nil // a centre that does not say
	}
	var same bool
	if err := t.QueryRowContext(ctx, `SELECT measures = ?1 FROM link`, rules).Scan(&same); err != nil || same {
		return err
	}
	if _, err := t.ExecContext(ctx, `UPDATE link SET measures = ?1`, rules); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = 0 WHERE refused <> ?1 AND `+aside, future)
	return err
}

// OfferDue has the counts sent once more that the centre refused because their
// period was still to come, and whose period has come by a time of the centre.
func (o *Outbox) OfferDue(ctx context.Context, now time.Time) error {
	db, err := o.read()
	if err != nil {
		return err
	}
	cells, err := sqlrow.Collect(ctx, db, scanCount, `SELECT `+countColumns+` FROM cell WHERE refused = ?1 AND `+aside, future)
	if err != nil {
		return fmt.Errorf("read what waits for its day: %w", err)
	}
	today := count.DayOf(now, o.zone)
	cells = slices.DeleteFunc(cells, func(c kiosk.Count) bool {
		first, _, err := c.Period.Span()
		return err != nil || first > today
	})
	if len(cells) == 0 {
		return nil
	}
	return o.do(ctx, "offer counts whose day has come", func(ctx context.Context, t *Tx) error {
		for _, c := range cells {
			if _, err := t.ExecContext(ctx, `UPDATE cell SET refused_rev = 0 WHERE refused = ?5 AND `+sameCell,
				c.Epoch, c.Period, c.Part, c.Measure, future); err != nil {
				return err
			}
		}
		return nil
	})
}
