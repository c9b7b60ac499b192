package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/timeline"
)

// enter dates the transaction's moment and does first what the clock owes.
func (t *txn) enter(ctx context.Context, m kiosk.Moment) error {
	b, err := t.readBoot(ctx, m)
	if err != nil {
		return fmt.Errorf("find boot: %w", err)
	}
	bound := timeline.LowerBound(t.passed, t.s.cfg.Built)
	now, next := b.Read(m, bound, t.s.cfg.Timetable)
	t.now, t.today = instant{now, b.no, b.Proven()}, t.s.cfg.Timetable.Day(bound)
	if now.Dated() {
		t.today = now.Day
	}
	if next != b.Boot {
		if err := t.align(ctx, b.no, next.Alignment, 0, "clock"); err != nil {
			return err
		}
	}
	if next != b.Boot {
		// A clock that stepped was as wrong before: all of the boot goes by what
		// it says now, or half of it would stay on a day that was never proven.
		if err := t.redate(ctx, b.no, next.Alignment, kiosk.TrustBounded); err != nil {
			return fmt.Errorf("date this boot: %w", err)
		}
	}
	return t.closeDue(ctx)
}

// confirm notes that the anchor agrees with what dated a boot. It covers the rows
// that stand where the confirmed alignment puts them, to a few seconds.
func (t *txn) confirm(ctx context.Context, boot int64, a timeline.Alignment) error {
	for _, table := range []undo.Table{undo.TableVisits, undo.TableStays, undo.TableUnknownBadges} {
		if _, err := t.ExecContext(ctx, `UPDATE `+string(table)+` SET trust = 2
			WHERE boot = ?1 AND trust = 1 AND abs(at_ms - ?2 - bt_ns / 1000000) <= ?3`,
			boot, a.When(0).UnixMilli(), timeline.Close.Milliseconds()); err != nil {
			return fmt.Errorf("confirm %s: %w", table, err)
		}
	}
	return nil
}

// redate dates by a all rows of its boot that were trusted up to atMost. A
// visit that turns out to be of a part of a day that has one counts nothing.
func (t *txn) redate(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	if err := t.redateVisits(ctx, boot, a, atMost); err != nil {
		return err
	}
	if err := t.redateStays(ctx, boot, a, atMost); err != nil {
		return err
	}
	return t.redateUnknownBadges(ctx, boot, a, atMost)
}

func (t *txn) redateVisits(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanVisit,
		`SELECT `+visitColumns+` FROM visit WHERE boot = ?1 AND trust <= ?2 ORDER BY bt_ns, no`, boot, atMost)
	if err != nil {
		return err
	}
	// All of them step aside first, so that none stands in another's way.
	for _, v := range due {
		if err := t.touch(ctx, v.dayPart()); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE visit SET void = 1 WHERE no = ?1`, v.no); err != nil {
			return fmt.Errorf("date visit: %w", err)
		}
	}
	for _, old := range due {
		v := old
		tt := t.s.cfg.Timetable
		tt.PartTimes = v.bounds
		now := a.Date(v.since, tt)
		double := false
		if v.person != 0 && !v.void {
			if double, err = t.visited(ctx, v.person, now.Day, now.Part); err != nil {
				return err
			}
		}
		err := t.changeVisit(ctx, v.no, func(v *visitRow) error {
			v.at, v.trust, v.day, v.part = now.At, now.Trust, now.Day, now.Part
			v.void = old.void || double
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) redateStays(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanStay,
		`SELECT `+stayColumns+` FROM stay WHERE boot = ?1 AND trust <= ?2 ORDER BY bt_ns, no`, boot, atMost)
	if err != nil {
		return err
	}
	for _, s := range due {
		now := a.Date(s.since, t.s.cfg.Timetable)
		s.at, s.trust, s.day, s.part = now.At, now.Trust, now.Day, now.Part
		for _, m := range []*mark{&s.last, &s.out} {
			if m.boot == boot {
				m.at = a.Date(m.since, t.s.cfg.Timetable).At
			}
		}
		s.closes = t.s.cfg.Timetable.Closes(s.last.at)
		if err := t.changeStay(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) redateUnknownBadges(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanUnknownBadge,
		`SELECT `+unknownBadgeColumns+` FROM stranger WHERE boot = ?1 AND trust <= ?2 AND state = 'open' ORDER BY bt_ns, no`, boot, atMost)
	if err != nil {
		return err
	}
	for _, x := range due {
		now := a.Date(x.visit.since, t.s.cfg.Timetable)
		_, err := t.ExecContext(ctx, `UPDATE stranger SET at_ms = ?2, trust = ?3, day = ?4, part = ?5, closes_ms = ?6, last_ms = ?2 WHERE no = ?1`,
			x.no, now.At.UnixMilli(), now.Trust, now.Day, now.Part, t.s.cfg.Timetable.Closes(now.At).UnixMilli())
		if errors.Is(sqlrow.Already(err), kiosk.ErrAlready) {
			// The same badge was noted that day before: later taps count nothing.
			_, err = t.ExecContext(ctx, `DELETE FROM stranger WHERE no = ?1`, x.no)
		}
		if err != nil {
			return fmt.Errorf("date unknown badge: %w", err)
		}
	}
	return nil
}

// dateEnded dates the rows of boots that ended before their time was known,
// where what is known before and after leaves no choice. The rest stays undated:
// never silently today.
func (t *txn) dateEnded(ctx context.Context) error {
	type endedBoot struct {
		timeline.PastBoot
		no int64
	}
	boots, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (b endedBoot, err error) {
		var bound, next, last sql.NullInt64
		err = row.Scan(&b.no, &bound, &next, &last)
		b.LowerBound, b.Next, b.Last = t.s.fromMillis(bound), t.s.fromMillis(next), time.Duration(last.Int64)
		return b, err
	}, `
		SELECT b.no, nullif(b.floor_ms, 0),
		       (SELECT min(n.line_ms - n.line_ns / 1000000) FROM boot n WHERE n.no > b.no AND n.trust > 0),
		       (SELECT max(v.bt_ns) FROM visit v WHERE v.boot = b.no)
		FROM boot b WHERE b.trust = 0 AND b.no IN (SELECT boot FROM visit WHERE day IS NULL)`)
	if err != nil {
		return fmt.Errorf("look for undated boots: %w", err)
	}
	for _, b := range boots {
		a, ok := b.Align(t.s.cfg.Timetable)
		if !ok {
			continue
		}
		if err := t.align(ctx, b.no, a, 0, "bounds"); err != nil {
			return err
		}
		if err := t.redate(ctx, b.no, a, kiosk.TrustUnknown); err != nil {
			return fmt.Errorf("date an earlier boot: %w", err)
		}
	}
	return nil
}
