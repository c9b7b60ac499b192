package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// View returns all that the volunteers' page shows of today, at one moment.
// Lights and Sending are left for the caller.
func (s *Store) View(ctx context.Context) (v kiosk.View, err error) {
	err = s.glance(ctx, "view", func(g glance) error {
		tt := s.timetable()
		v = kiosk.View{
			Capacity: int(s.seats.Load()), Guests: make(map[kiosk.Band]int),
			Day: tt.Day(g.now), Part: tt.Part(g.now), Open: tt.OpenAt(g.now),
		}
		for _, part := range []func(context.Context, *kiosk.View) error{g.present, g.today, g.waiting, g.actions, g.newcomers} {
			if err := part(ctx, &v); err != nil {
				return err
			}
		}
		v.Room, err = daybook.Today(ctx, g, v.Day, tt.Zone)
		return err
	})
	return v, err
}

// glance reads all of one moment.
type glance struct {
	*sql.Tx
	s   *Store
	now time.Time // for who only reads
}

// glance runs fn in one transaction that reads. An error says what was being
// done.
func (s *Store) glance(ctx context.Context, doing string, fn func(glance) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", doing, err)
		}
	}()
	db, err := s.reader()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // only reads
	g := glance{Tx: tx, s: s}
	if g.now, err = s.bestTime(ctx, g); err != nil {
		return err
	}
	return fn(g)
}

// present reads who is in.
func (g *glance) present(ctx context.Context, v *kiosk.View) (err error) {
	boot := g.s.cfg.Clock.Now().Boot
	v.Present, err = sqlrow.Collect(ctx, g, func(row sqlrow.Scanner) (p kiosk.Present, err error) {
		var since int64
		p.Resident, err = g.s.scanResident(row, &since, &p.New, &p.Before)
		p.Since = time.UnixMilli(since).In(g.s.timetable().Zone)
		return p, err
	}, `
		SELECT `+profile.Columns+`, coalesce(s.at_ms, s.wall_ms),
		       p.first_day IS NULL AND NOT EXISTS (SELECT 1 FROM list_seen WHERE person = p.no)
		       AND NOT EXISTS (SELECT 1 FROM attendance v WHERE v.person = p.no AND v.day < s.day AND v.void = 0),
		       b.boot_id <> ?1 AND coalesce(k.boot_id, '') <> ?1
		FROM stay s JOIN person p ON p.no = s.person JOIN boot b ON b.no = s.last_boot LEFT JOIN boot k ON k.no = s.seen_boot
		WHERE s.ended = '' ORDER BY s.boot DESC, s.bt_ns DESC, s.no DESC`, boot)
	v.In = len(v.Present)
	return err
}

// today reads the numbers of today and the guests of a moment ago.
func (g *glance) today(ctx context.Context, v *kiosk.View) error {
	rows, err := sqlrow.Collect(ctx, g, g.s.scanVisit, `SELECT `+visitColumns+` FROM attendance
		WHERE (day = ?1 OR day IS NULL) AND void = 0 AND held = 0 ORDER BY no DESC`, v.Day)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.day == count.NoDay {
			v.Undated++
			continue
		}
		v.Visits++
		if row.person != 0 {
			continue
		}
		v.Guests[row.band]++
		if !row.at.IsZero() && g.now.Sub(row.at) < kiosk.RecentGuests {
			v.Recent = append(v.Recent, g.s.kioskVisit(row))
		}
	}
	lost, err := outbox.LostDays(ctx, g, g.s.timetable().Zone)
	if err != nil {
		return err
	}
	v.AtLeast = slices.ContainsFunc(lost, func(d count.Days) bool { return d.First <= v.Day && v.Day <= d.Last })
	return g.QueryRowContext(ctx, `SELECT count(*) FROM `+boots.Unsure).Scan(&v.Unsure)
}

// kioskVisit returns a stored visit without its end.
func (s *Store) kioskVisit(v visitRow) kiosk.Visit {
	return kiosk.Visit{
		ID: v.no, Person: v.person, Day: v.day, Part: v.part, In: v.at, Source: v.how, Band: v.band,
		Assumed: v.assumed, Void: v.void, Epoch: v.epoch,
	}
}

// waiting reads what waits for a volunteer: held guests and unknown badges.
func (g *glance) waiting(ctx context.Context, v *kiosk.View) (err error) {
	v.Held, err = sqlrow.Collect(ctx, g, func(row sqlrow.Scanner) (h kiosk.HeldGuest, err error) {
		var at int64
		err = row.Scan(&h.Visit, &at)
		h.At = time.UnixMilli(at).In(g.s.timetable().Zone)
		return h, err
	}, `SELECT no, coalesce(at_ms, wall_ms) FROM visit WHERE held = 1 AND void = 0 ORDER BY no DESC`)
	if err != nil {
		return err
	}
	v.Badges, err = sqlrow.Collect(ctx, g, func(row sqlrow.Scanner) (b kiosk.NewBadge, err error) {
		x, err := g.s.scanUnknownBadge(row)
		b = kiosk.NewBadge{No: x.no, At: x.visit.at, Last: x.last, Lost: x.lost}
		if b.At.IsZero() {
			b.At = x.visit.wall.In(g.s.timetable().Zone)
		}
		return b, err
	}, `SELECT `+unknownBadgeColumns+` FROM stranger WHERE state = 'open' ORDER BY last_ms DESC, no DESC`)
	return err
}

// actions reads what can be undone.
func (g *glance) actions(ctx context.Context, v *kiosk.View) (err error) {
	v.Actions, err = undo.Last(ctx, g, v.Day, g.s.timetable().Zone)
	for i := range v.Actions {
		who := &v.Actions[i].Person
		if err == nil && who.No != 0 {
			*who, err = g.s.scanResident(g.QueryRowContext(ctx, `SELECT `+profile.Columns+` FROM person p WHERE p.no = ?1`, who.No))
		}
	}
	return err
}

// newcomers counts who came for the first time a moment ago and is in: people whose
// first visit it is, badges that are nobody's yet, and who took the guest pass.
func (g *glance) newcomers(ctx context.Context, v *kiosk.View) error {
	return g.QueryRowContext(ctx, `
		SELECT (SELECT count(DISTINCT v.person) FROM attendance v JOIN person p ON p.no = v.person
		        WHERE v.day = ?1 AND v.at_ms > ?2 AND v.void = 0 AND p.first_day IS NULL
		          AND EXISTS (SELECT 1 FROM stay s WHERE s.person = v.person AND s.ended = '')
		          AND NOT EXISTS (SELECT 1 FROM list_seen WHERE person = p.no)
		          AND NOT EXISTS (SELECT 1 FROM attendance e WHERE e.person = v.person AND e.void = 0 AND e.no <> v.no AND (e.day < v.day OR e.at_ms < v.at_ms)))
		     + (SELECT count(*) FROM stranger WHERE state = 'open' AND lost IS NULL AND at_ms > ?2)
		     + (SELECT count(*) FROM visit WHERE day = ?1 AND at_ms > ?2 AND void = 0 AND held = 0 AND person IS NULL AND how = ?3)`,
		v.Day, g.now.Add(-kiosk.RecentNewcomers).UnixMilli(), kiosk.VisitSourceGuestPass).Scan(&v.Newcomers)
}

// scanResident reads profile.Columns and what follows them.
func (s *Store) scanResident(row sqlrow.Scanner, more ...any) (kiosk.Resident, error) {
	var p profile.Sealed
	if err := row.Scan(append(p.Dest(), more...)...); err != nil {
		return kiosk.Resident{}, err
	}
	return p.Open(s.names.Open)
}

// residents reads all whom no list hides, each with the arrival of who is in.
const residents = `SELECT ` + profile.Columns + `, coalesce(s.at_ms, s.wall_ms)
	FROM person p LEFT JOIN stay s ON s.person = p.no AND s.ended = ''
	WHERE (p.batch IS NULL OR p.batch NOT IN (SELECT no FROM hidden))`

// scanPresent reads a row of residents.
func (s *Store) scanPresent(row sqlrow.Scanner) (p kiosk.Present, err error) {
	var since sql.NullInt64
	p.Resident, err = s.scanResident(row, &since)
	p.Since = s.fromMillis(since)
	return p, err
}

// Residents returns everybody by name and sign, with the time of
// arrival, zero for those who are not in.
func (s *Store) Residents(ctx context.Context) ([]kiosk.Present, error) {
	db, err := s.reader()
	if err != nil {
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, s.scanPresent, residents)
	if err != nil {
		return nil, fmt.Errorf("read residents: %w", err)
	}
	slices.SortFunc(all, kiosk.Present.Compare)
	return all, nil
}

// Resident returns one of them; ErrNotFound when there is none of that number.
func (s *Store) Resident(ctx context.Context, no int64) (p kiosk.Present, err error) {
	db, err := s.reader()
	if err != nil {
		return p, err
	}
	if p, err = s.scanPresent(db.QueryRowContext(ctx, residents+` AND p.no = ?1`, no)); errors.Is(err, sql.ErrNoRows) {
		err = kiosk.ErrNotFound
	}
	if err != nil {
		return kiosk.Present{}, fmt.Errorf("read resident: %w", err)
	}
	return p, nil
}

// FreeSigns returns the signs that nobody holds, in the order of the desk.
func (s *Store) FreeSigns(ctx context.Context) ([]kiosk.Sign, error) {
	db, err := s.reader()
	if err != nil {
		return nil, err
	}
	held, err := profile.Signs(ctx, db, s.names.Open)
	if err != nil {
		return nil, err
	}
	return kiosk.FreeSigns(held), nil
}
