package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Anchor notes a true time of the running boot, good to errMS milliseconds:
// at.Wall is the true time and at.Since the same instant since the boot. It
// dates what could not be dated in this boot and corrects what was dated by
// the unproven clock.
func (s *Store) Anchor(ctx context.Context, at kiosk.Moment, errMS int64, source string) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		old, _, err := t.boot(ctx, at)
		if err != nil {
			return err
		}
		next := line{boot: old.boot, at: at.Wall, since: at.Since, trust: kiosk.TrustAnchored}
		off := at.Wall.Sub(old.when(at.Since)).Abs()
		if old.trust == kiosk.TrustAnchored && off <= smallStep {
			return nil
		}
		if err := t.setLine(ctx, next, errMS, source); err != nil {
			return err
		}
		// The anchor is the better judge of what is past: a floor that ran
		// ahead of it would leave every later boot without a day.
		if _, err := t.exec(ctx, `UPDATE meta SET floor_ms = ?1`, at.Wall.UnixMilli()); err != nil {
			return fmt.Errorf("note time: %w", err)
		}
		t.now.at, t.now.trust = s.local(next.when(t.now.read.Since)), kiosk.TrustAnchored
		t.now.day, t.now.part = s.cfg.Timetable.Day(t.now.at), s.cfg.Timetable.Part(t.now.at)
		t.today = t.now.day
		if old.trust == kiosk.TrustAnchored {
			return nil
		}
		if old.trust == kiosk.TrustBounded && off <= smallStep {
			if err := t.confirm(ctx, next.boot); err != nil {
				return err
			}
			return t.redate(ctx, next, kiosk.TrustUnknown)
		}
		return t.redate(ctx, next, kiosk.TrustBounded)
	})
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	return nil
}

// confirm notes that the anchor agrees with how a boot was dated.
func (t *txn) confirm(ctx context.Context, boot int64) error {
	for _, table := range []string{visits, stays, strangers} {
		if _, err := t.exec(ctx, `UPDATE `+table+` SET trust = 2 WHERE boot = ?1 AND trust = 1`, boot); err != nil {
			return fmt.Errorf("confirm %s: %w", table, err)
		}
	}
	return nil
}

// redate dates by l all rows of its boot that were trusted up to atMost. A
// visit that turns out to be of a part of a day that has one counts nothing.
func (t *txn) redate(ctx context.Context, l line, atMost kiosk.Trust) error {
	if err := t.redateVisits(ctx, l, atMost); err != nil {
		return err
	}
	if err := t.redateStays(ctx, l, atMost); err != nil {
		return err
	}
	return t.redateStrangers(ctx, l, atMost)
}

func (t *txn) redateVisits(ctx context.Context, l line, atMost kiosk.Trust) error {
	due, err := collect(ctx, t, t.s.scanVisit,
		`SELECT `+visitColumns+` FROM visit WHERE boot = ?1 AND trust <= ?2 ORDER BY bt_ns, no`, l.boot, atMost)
	if err != nil {
		return err
	}
	// All of them step aside first, so that none stands in another's way.
	for _, v := range due {
		if err := t.touch(ctx, v.slot()); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE visit SET void = 1 WHERE no = ?1`, v.no); err != nil {
			return fmt.Errorf("date visit: %w", err)
		}
	}
	for _, old := range due {
		v := old
		zone := t.s.cfg.Timetable.Zone
		at := t.s.local(l.when(v.since))
		day, part := count.DayOf(at, zone), v.bounds.Part(count.ClockOf(at, zone))
		double := false
		if v.person != 0 && !v.void {
			if double, err = t.visited(ctx, v.person, day, part); err != nil {
				return err
			}
		}
		err := t.changeVisit(ctx, v.no, func(v *visitRow) error {
			v.at, v.trust, v.day, v.part = at, l.trust, day, part
			v.void = old.void || double
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) redateStays(ctx context.Context, l line, atMost kiosk.Trust) error {
	due, err := collect(ctx, t, t.s.scanStay,
		`SELECT `+stayColumns+` FROM stay WHERE boot = ?1 AND trust <= ?2 ORDER BY bt_ns, no`, l.boot, atMost)
	if err != nil {
		return err
	}
	for _, s := range due {
		s.at, s.trust = t.s.local(l.when(s.since)), l.trust
		s.day, s.part = t.s.cfg.Timetable.Day(s.at), t.s.cfg.Timetable.Part(s.at)
		for _, m := range []*mark{&s.last, &s.out} {
			if m.boot == l.boot {
				m.at = t.s.local(l.when(m.since))
			}
		}
		s.closes = t.s.cfg.Timetable.Closes(s.last.at)
		if err := t.changeStay(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) redateStrangers(ctx context.Context, l line, atMost kiosk.Trust) error {
	due, err := collect(ctx, t, t.s.scanStranger,
		`SELECT `+strangerColumns+` FROM stranger WHERE boot = ?1 AND trust <= ?2 AND state = 'open' ORDER BY bt_ns, no`, l.boot, atMost)
	if err != nil {
		return err
	}
	for _, x := range due {
		at := t.s.local(l.when(x.visit.since))
		_, err := t.exec(ctx, `UPDATE stranger SET at_ms = ?2, trust = ?3, day = ?4, part = ?5, closes_ms = ?6, last_ms = ?2 WHERE no = ?1`,
			x.no, at.UnixMilli(), l.trust, t.s.cfg.Timetable.Day(at), t.s.cfg.Timetable.Part(at), t.s.cfg.Timetable.Closes(at).UnixMilli())
		if errors.Is(already(err), kiosk.ErrAlready) {
			// The same badge was noted that day before: later taps count nothing.
			_, err = t.exec(ctx, `DELETE FROM stranger WHERE no = ?1`, x.no)
		}
		if err != nil {
			return fmt.Errorf("date unknown badge: %w", err)
		}
	}
	return nil
}
