package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// stretchSize is about how many cells are compared with the centre's at once.
const stretchSize = 1000

// inStretch finds the cells of a stretch by the first three arguments.
const inStretch = `epoch = ?1 AND period > ?2 AND (?3 = '' OR period <= ?3)`

// day is that of a comparison: by what the centre has signed, for a clock of the room's
// own that is wrong would have it done again; by that clock until it has signed any.
func (o *Outbox) day(at time.Time, heard count.Day) count.Day {
	if heard == count.NoDay {
		return count.DayOf(at, o.zone)
	}
	return heard
}

// Stretches returns what is to be compared with the centre on the day of a moment:
// nothing when it was already. Of the days that the centre alone knows since a
// backup was put back, there is nothing to compare.
func (o *Outbox) Stretches(ctx context.Context, at time.Time) (all []kiosk.Stretch, err error) {
	var last, heard count.Day
	if err := o.link(ctx, `SELECT compared, heard FROM link`, &last, &heard); err != nil || last == o.day(at, heard) {
		return nil, err
	}
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	epochs, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (s kiosk.Stretch, err error) {
		var frozen sql.NullInt64
		err = row.Scan(&s.Epoch, &frozen)
		if frozen.Valid {
			s.Until = (count.Day(frozen.Int64) - 1).Period()
		}
		return s, err
	}, `SELECT ordinal, (SELECT min(frozen) FROM epoch later WHERE later.ordinal > epoch.ordinal) FROM epoch ORDER BY ordinal`)
	if err != nil {
		return nil, fmt.Errorf("read epochs: %w", err)
	}
	for _, s := range epochs {
		parts, err := o.part(ctx, s, stretchSize)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// Narrow returns the parts of a stretch of which each has about half of its cells;
// the stretch alone when it is of one period.
func (o *Outbox) Narrow(ctx context.Context, s kiosk.Stretch) ([]kiosk.Stretch, error) {
	cells, err := o.Believed(ctx, s)
	if err != nil {
		return nil, err
	}
	return o.part(ctx, s, len(cells)/2)
}

// part parts a stretch between periods, into stretches of about size cells that
// together leave out nothing.
func (o *Outbox) part(ctx context.Context, s kiosk.Stretch, size int) (parts []kiosk.Stretch, err error) {
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	var before count.Period
	n := 0 // cells since the last part
	_, err = sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (p count.Period, err error) {
		var more int
		if err := row.Scan(&p, &more); err != nil {
			return p, err
		}
		if n > 0 && n+more > size {
			parts = append(parts, kiosk.Stretch{Epoch: s.Epoch, After: s.After, Until: before})
			s.After, n = before, 0
		}
		before, n = p, n+more
		return p, nil
	}, `SELECT period, count(*) FROM cell WHERE `+inStretch+` AND `+told+` GROUP BY period ORDER BY period`, s.Epoch, s.After, s.Until)
	if err != nil {
		return nil, fmt.Errorf("part a stretch: %w", err)
	}
	return append(parts, s), nil
}

// refused are the cells that the centre refused as they are now. One without a
// reason is none: a note of it went wrong.
const refused = aside + ` AND refused <> ''`

// Believed returns the cells of a stretch that the centre holds as they are now,
// once it has taken all that is unsent.
func (o *Outbox) Believed(ctx context.Context, s kiosk.Stretch) ([]kiosk.Count, error) {
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	counts, err := sqlrow.Collect(ctx, db, scanCount,
		`SELECT `+countColumns+` FROM cell WHERE `+inStretch+` AND `+told+` AND NOT (`+refused+`)`, s.Epoch, s.After, s.Until)
	if err != nil {
		return nil, fmt.Errorf("read what the centre should hold: %w", err)
	}
	return counts, nil
}

// Compared notes that all cells were compared on the day of a moment. What was released
// is then what the centre holds: where the room's own number says otherwise, that is the
// fault, and it is counted again from the rows.
func (o *Outbox) Compared(ctx context.Context, at time.Time) error {
	return o.do(ctx, "note a comparison", func(ctx context.Context, t *Tx) error {
		wrong, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (c kiosk.Cell, err error) {
			return c, row.Scan(&c.Epoch, &c.Period, &c.Part)
		}, `UPDATE cell SET n = told WHERE stage = ?1 AND rev > 0 AND n IS NOT told AND NOT (`+isFrozen+`) RETURNING epoch, period, part`, stageReleased)
		if err != nil {
			return err
		}
		for _, c := range wrong {
			if day, err := count.ParseDay(string(c.Period)); err == nil {
				if err := t.touch(ctx, kiosk.DayPart{Epoch: c.Epoch, Day: day, Part: c.Part}); err != nil {
					return err
				}
			}
		}
		h, err := ReadSignedTime(ctx, t)
		if err != nil {
			return err
		}
		return sqlrow.One(ctx, t, `UPDATE link SET compared = ?1`, o.day(at, h.Day))
	})
}

// Mend has sent again what the centre holds of a stretch in another way than the
// room does, and nothing else, and returns how many cells those are: as they are
// where the centre holds less, and under a new revision where it holds another
// number. A day is then counted again from its rows, for the fault may be here.
func (o *Outbox) Mend(ctx context.Context, s kiosk.Stretch, held []kiosk.Count) (n int, err error) {
	err = o.write(ctx, func(ctx context.Context, t *Tx, now kiosk.Moment) (err error) {
		n, err = t.mend(ctx, s, held, count.DayOf(now.Wall, o.zone))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("mend what the centre holds: %w", err)
	}
	return n, nil
}

func (t *Tx) mend(ctx context.Context, s kiosk.Stretch, held []kiosk.Count, today count.Day) (int, error) {
	// In an epoch after which a backup was put back, the centre may know better.
	var frozen sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT min(frozen) FROM epoch WHERE ordinal > ?1`, s.Epoch).Scan(&frozen); err != nil {
		return 0, fmt.Errorf("look for restores: %w", err)
	}
	ours := !frozen.Valid
	if !ours { // it may have been put back after this was asked
		if last := (count.Day(frozen.Int64) - 1).Period(); s.Until == "" || s.Until > last {
			s.Until = last
		}
		held = slices.DeleteFunc(held, func(c kiosk.Count) bool { return c.Period > s.Until })
	}
	cells, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (c noted, err error) {
		return c, row.Scan(&c.Epoch, &c.Period, &c.Measure, &c.Part, &c.N, &c.Rev, &c.waits)
	}, `SELECT `+countColumns+`, NOT (`+told+`) OR (`+unsent+`) OR (`+refused+`) FROM cell WHERE `+inStretch, s.Epoch, s.After, s.Until)
	if err != nil {
		return 0, fmt.Errorf("read cells: %w", err)
	}
	d := differ(cells, held, ours, today)
	for _, c := range d.again {
		if _, err := t.ExecContext(ctx, `UPDATE cell SET acked_rev = 0, refused_rev = 0 WHERE `+sameCell, c.Epoch, c.Period, c.Part, c.Measure); err != nil {
			return 0, err
		}
	}
	if len(d.anew) > 0 {
		if err := t.raiseRevision(ctx, d.above); err != nil {
			return 0, err
		}
	}
	for _, c := range d.anew {
		if err := t.renew(ctx, c, today); err != nil {
			return 0, err
		}
		if day, err := count.ParseDay(string(c.Period)); err == nil && ours {
			if err := t.touch(ctx, kiosk.DayPart{Epoch: c.Epoch, Day: day, Part: c.Part}); err != nil {
				return 0, err
			}
		}
	}
	return len(d.again) + len(d.anew), nil
}

// renew has a cell sent again as it was released, under another revision. One that the
// room never had is written: of a day that still runs it goes with its part, for that
// nobody came yet is nobody's to know.
func (t *Tx) renew(ctx context.Context, c kiosk.Count, today count.Day) error {
	if c.Rev > 0 {
		return t.give(ctx, c)
	}
	if err := t.Write(ctx, c.Cell, c.N); err != nil {
		return err
	}
	if first, _, err := c.Period.Span(); err != nil || first >= today {
		return err
	}
	return t.release(ctx, c)
}

// noted is a cell of the room.
type noted struct {
	kiosk.Count
	waits bool // to be released or sent, or refused for a reason: nothing is believed of it
}

// difference is what a room has to send so that the centre holds the same.
type difference struct {
	again []kiosk.Count // as they are: the centre holds less
	anew  []kiosk.Count // under a new revision: another number is in the way
	above int64         // the highest of those
}

// differ tells what of a stretch the centre holds otherwise. Where the numbers are
// ours, one that the room never had is none; else the higher revision stands.
func differ(cells []noted, held []kiosk.Count, ours bool, today count.Day) (d difference) {
	there := make(map[kiosk.Cell]kiosk.Count, len(held))
	for _, c := range held {
		there[c.Cell] = c
	}
	for _, c := range cells {
		is, known := there[c.Cell]
		delete(there, c.Cell)
		switch {
		case c.waits, known && is.Rev == c.Rev && sameNumber(is.N, c.N), is.Rev > c.Rev && !ours:
		case !known || is.Rev < c.Rev:
			d.again = append(d.again, c.Count)
		default:
			d.renew(c.Count, is.Rev)
		}
	}
	for _, is := range held {
		if _, strange := there[is.Cell]; strange && ours && takeable(is.Cell, today) {
			n := new(int64)
			if len(is.Period) < len("2006-01-02") {
				n = nil
			}
			d.renew(kiosk.Count{Cell: is.Cell, N: n}, is.Rev)
		}
	}
	return d
}

func (d *difference) renew(c kiosk.Count, rev int64) {
	if rev < highest {
		d.anew, d.above = append(d.anew, c), max(d.above, rev)
	}
}

// takeable tells whether the centre takes a cell, of a period that has begun.
func takeable(c kiosk.Cell, today count.Day) bool {
	d, known := count.Standard().Find(c.Measure)
	kind, err := c.Period.Kind()
	if !known || err != nil || !d.CountedOver(kind) || d.ByPart != (c.Part != count.PartNone) {
		return false
	}
	first, _, err := c.Period.Span()
	return err == nil && first <= today
}
