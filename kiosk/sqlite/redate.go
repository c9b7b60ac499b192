package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// enter dates the transaction's moment and does first what the clock owes.
func (t *txn) enter(ctx context.Context, m kiosk.Moment) error {
	b, err := t.readBoot(ctx, m)
	if err != nil {
		return fmt.Errorf("find boot: %w", err)
	}
	bound := timeline.LowerBound(t.passed, t.s.cfg.Built)
	now, next := b.Read(m, bound, t.s.timetable())
	t.now, t.today = instant{now, b.No, b.Deletes(now.Day, t.s.timetable()), b.Source == timeline.SourceRTC}, t.s.timetable().Day(bound)
	if now.Dated() {
		t.today = now.Day
	}
	if next != b.Boot {
		if err := boots.Align(ctx, t, b.No, next.Alignment, 0, timeline.SourceRunning); err != nil {
			return err
		}
	}
	if next != b.Boot {
		// A clock that stepped was as wrong before: all of the boot goes by what
		// it says now, or half of it would stay on a day that was never proven.
		if err := t.redate(ctx, b.No, next.Alignment, kiosk.TrustBounded); err != nil {
			return fmt.Errorf("date this boot: %w", err)
		}
	}
	return t.closeDue(ctx)
}

// redate dates by a all rows of its boot that were trusted up to atMost. A
// visit that turns out to be of a part of a day that has one counts nothing.
func (t *txn) redate(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	left, err := t.redateVisits(ctx, boot, a, atMost)
	if err != nil {
		return err
	}
	if err := t.redateStays(ctx, boot, a, atMost); err != nil {
		return err
	}
	if err := t.redateUnknownBadges(ctx, boot, a, atMost); err != nil {
		return err
	}
	days, err := daybook.Redate(ctx, t, boot, a, t.s.timetable(), atMost)
	if err != nil {
		return err
	}
	for _, d := range days {
		if err := daybook.Moved(ctx, t.cells, t.s.plan(), d, t.today); err != nil {
			return err
		}
	}
	if err := t.recallVisits(ctx, `boot = ?1`, boot); err != nil {
		return err
	}
	for _, v := range left {
		if err := t.recallLeft(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// recallLeft recalls the visits that one stood in the way of, before it left its
// part of a day.
func (t *txn) recallLeft(ctx context.Context, v visitRow) error {
	if v.person == 0 || v.void || v.day == count.NoDay {
		return nil
	}
	return t.recallVisits(ctx, `person = ?1 AND day = ?2 AND part = ?3`, v.person, v.day, v.part)
}

// recallVisits adds the visit of each arrival that has none of its own, because a
// clock had put it into a part of a day in which its person had been already: a
// regular's tap on a clock that stands still at yesterday. which picks the stays.
func (t *txn) recallVisits(ctx context.Context, which string, args ...any) error {
	arrivals, err := sqlrow.Collect(ctx, t, t.s.scanStay, `SELECT `+stayColumns+` FROM stay WHERE `+which+` ORDER BY boot, bt_ns, no`, args...)
	if err != nil {
		return fmt.Errorf("look for arrivals without a visit: %w", err)
	}
	for _, s := range arrivals {
		if there, err := boots.Arrived(ctx, t, s.person, kiosk.DayPart{Day: s.day, Part: s.part}, s.boot, s.since, kiosk.UndatedPart); err != nil {
			return err
		} else if there {
			continue
		}
		v := visitRow{epoch: t.cells.Epoch, person: s.person, boot: s.boot, since: s.since, wall: s.wall, at: s.at, trust: s.trust,
			day: s.day, part: s.part, bounds: t.s.timetable().PartTimes, how: kiosk.VisitSourceBadge, assumed: s.assumed}
		if _, err := t.addVisit(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// redateVisits returns the visits as they stood before.
func (t *txn) redateVisits(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) (due []visitRow, err error) {
	due, err = sqlrow.Collect(ctx, t, t.s.scanVisit,
		`SELECT `+visitColumns+` FROM visit WHERE boot = ?1 AND trust <= ?2 AND bt_ns >= 0 ORDER BY bt_ns, no`, boot, atMost)
	if err != nil {
		return nil, err
	}
	// All of them step aside first, so that none stands in another's way.
	for _, v := range due {
		if err := t.touch(ctx, v.dayPart()); err != nil {
			return nil, err
		}
		if _, err := t.ExecContext(ctx, `UPDATE visit SET void = 1 WHERE no = ?1`, v.no); err != nil {
			return nil, fmt.Errorf("date visit: %w", err)
		}
	}
	for _, old := range due {
		v := old
		tt := t.s.timetable()
		tt.PartTimes = v.bounds
		now := a.Date(v.since, tt)
		double := false
		if v.person != 0 && !v.void && now.Dated() {
			if double, err = t.visited(ctx, v.person, now.Day, now.Part); err != nil {
				return nil, err
			}
		}
		err := t.changeVisit(ctx, v.no, func(v *visitRow) error {
			v.at, v.trust, v.day, v.part = now.At, now.Trust, now.Day, now.Part
			v.void = old.void || double
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return due, nil
}

func (t *txn) redateStays(ctx context.Context, boot int64, a timeline.Alignment, atMost kiosk.Trust) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanStay,
		`SELECT `+stayColumns+` FROM stay WHERE boot = ?1 AND trust <= ?2 AND bt_ns >= 0 ORDER BY bt_ns, no`, boot, atMost)
	if err != nil {
		return err
	}
	for _, s := range due {
		now := a.Date(s.since, t.s.timetable())
		s.at, s.trust, s.day, s.part = now.At, now.Trust, now.Day, now.Part
		for _, m := range []*mark{&s.last, &s.out} {
			if m.boot == boot && now.Dated() {
				m.at = a.Date(m.since, t.s.timetable()).At
			}
		}
		if s.closes = t.s.timetable().Closes(s.last.at); !now.Dated() {
			s.closes = time.Time{}
			if s.end == kiosk.StayEndNone { // no clock will close it any more
				s.end = kiosk.StayEndUntimed
			}
		}
		if err := t.changeStay(ctx, s); err != nil {
			return err
		}
	}
	return t.recallArrivals(ctx, boot, a)
}

// recallArrivals makes an arrival of each goodbye, and of each coming back, of a boot
// that turns out to be of another day than the stay that it was taken to be of: its
// clock had stood still, and the person came on a day that nobody had noticed begin.
func (t *txn) recallArrivals(ctx context.Context, boot int64, a timeline.Alignment) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanStay, `SELECT `+stayColumns+` FROM stay
		WHERE boot <> ?1 AND (out_boot = ?1 OR out_boot IS NULL AND last_boot = ?1) ORDER BY no`, boot)
	if err != nil {
		return err
	}
	for _, s := range due {
		came := s.last
		if s.out.boot == boot {
			came = s.out
		}
		now := a.Date(came.since, t.s.timetable())
		if now.Day == s.day {
			continue
		}
		s.end, s.out, s.last = kiosk.StayEndUntimed, mark{}, s.began()
		if err := t.changeStay(ctx, s); err != nil {
			return err
		}
		arrival := stayRow{person: s.person, boot: boot, since: came.since, wall: came.at, at: now.At, trust: now.Trust, day: now.Day, part: now.Part,
			last: came, end: kiosk.StayEndUntimed}
		if err := t.addStay(ctx, arrival); err != nil {
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
		now := a.Date(x.visit.since, t.s.timetable())
		if !now.Dated() { // no closing time will come for it: a guest of a day to be told
			if err := t.countUnknownBadge(ctx, x, now); err != nil {
				return err
			}
			continue
		}
		_, err := t.ExecContext(ctx, `UPDATE stranger SET at_ms = ?2, trust = ?3, day = ?4, part = ?5, closes_ms = ?6, last_ms = ?2 WHERE no = ?1`,
			x.no, now.At.UnixMilli(), now.Trust, now.Day, now.Part, t.s.timetable().Closes(now.At).UnixMilli())
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

// dateEnded dates the rows of boots that ended before their time was proven, as far
// as what is known before and after tells. The rest stays undated, or stops being
// dated by a clock that proves nothing: never silently today.
func (t *txn) dateEnded(ctx context.Context) error {
	ended, err := boots.Ended(ctx, t, t.now.boot)
	if err != nil {
		return err
	}
	for _, b := range ended {
		a, source := b.Around.Judge(b.Boot, t.s.timetable())
		if !b.Proven {
			ok := false
			if a, ok = b.Around.Align(t.s.timetable()); !ok {
				continue
			}
			source = timeline.SourceGuess
		}
		if a == b.Alignment && source == b.Source {
			continue
		}
		if err := boots.Align(ctx, t, b.No, a, 0, source); err != nil {
			return err
		}
		if a == b.Alignment {
			continue
		}
		if err := t.redate(ctx, b.No, a, max(kiosk.TrustBounded, b.Trust)); err != nil {
			return fmt.Errorf("date an earlier boot: %w", err)
		}
	}
	return nil
}
