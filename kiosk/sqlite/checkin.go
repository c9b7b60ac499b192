package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// CheckIn writes down what a tap means, in one transaction, and returns what
// was committed. A phone or bank card leaves no trace at all, and a doubted
// badge or one whose counter does not grow is answered as an unknown one
// without any. A badge that only lies there still since before the start of the
// program is no tap: nothing is kept and nobody greeted. Any error but a
// kiosk.ErrUnread means that nothing was kept: ReasonFor tells what a volunteer is to
// be told of it. After an error in doubt it is not tried again within the same tap:
// the file has to be renewed first, which may take longer than a visitor waits.
func (s *Store) CheckIn(ctx context.Context, tap kiosk.Tap) (r kiosk.Receipt, err error) {
	switch {
	case tap.UID.Random():
		return untraced(kiosk.BadgeRandomUID), nil
	case tap.Doubt:
		return untraced(kiosk.BadgeUnknown), nil
	}
	err = s.file.Turn(ctx, func(turn dbfile.Turn) error {
		no, kept, err := s.checkIn(ctx, turn, tap)
		if err != nil {
			return err
		}
		if r, err = s.receipt(ctx, turn, no); err != nil {
			r, err = kept, fmt.Errorf("%w: %w", kiosk.ErrUnread, err)
		}
		return err
	})
	if errors.Is(err, errReplay) {
		return untraced(kiosk.BadgeUnknown), nil
	}
	if errors.Is(err, errStillThere) {
		return kiosk.Receipt{}, nil
	}
	if errors.Is(err, errOnceMore) {
		return kiosk.Receipt{Greeting: kiosk.Greeting{Kind: kiosk.GreetingUnread}}, nil
	}
	if err != nil {
		return r, fmt.Errorf("check in: %w", err)
	}
	return r, nil
}

// untraced is the answer to a card of which nothing is kept. A doubted badge
// is none that could be given to somebody: it may be a copy of one that is.
func untraced(card kiosk.BadgeKind) kiosk.Receipt {
	out := kiosk.Meaning(kiosk.Situation{Badge: card})
	return kiosk.Receipt{Greeting: kiosk.Greeting{Kind: out.Greeting}}
}

// checkIn is CheckIn's transaction; it returns the number of its tap row, and as
// much of the receipt as needs no reading back.
func (s *Store) checkIn(ctx context.Context, turn dbfile.Turn, tap kiosk.Tap) (no int64, kept kiosk.Receipt, err error) {
	err = s.write(ctx, turn, tap.At, func(ctx context.Context, t *txn) error {
		c, err := t.whose(ctx, tap.UID)
		if err != nil {
			return err
		}
		if err := t.presented(ctx, c, tap); err != nil {
			return err
		}
		if err := t.prove(ctx, c, tap.Counter); err != nil {
			return err
		}
		sit, stay, err := t.situation(ctx, c)
		if err != nil {
			return err
		}
		out := kiosk.Meaning(sit)
		if err := t.apply(ctx, c, stay, out.Effect); err != nil {
			return err
		}
		no, err = sqlrow.Insert(ctx, t, `INSERT INTO tap (boot, bt_ns, kind, person, volunteer, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			t.now.boot, int64(tap.At.Since), out.Greeting, sqlrow.NullRef(c.greeted()), sqlrow.NullRef(c.volunteer), c.mac)
		if err != nil {
			return fmt.Errorf("note greeting: %w", err)
		}
		kept = kiosk.Receipt{Greeting: kiosk.Greeting{Kind: out.Greeting}, Volunteer: c.volunteer}
		return nil
	})
	return no, kept, err
}

// receipt reads back what was committed for a tap, on another connection than
// the one that wrote it.
func (s *Store) receipt(ctx context.Context, turn dbfile.Turn, no int64) (r kiosk.Receipt, err error) {
	db, err := turn.Reader()
	if err != nil {
		return r, err
	}
	var volunteer sql.NullInt64
	var p profile.Sealed
	// The tap is safe by now: a caller that went away changes nothing.
	row := db.QueryRowContext(context.WithoutCancel(ctx), `
		SELECT `+profile.Columns+`, tap.kind, tap.volunteer
		FROM tap LEFT JOIN person p ON p.no = tap.person WHERE tap.no = CAST(?1 AS INTEGER)`, no)
	if err := row.Scan(append(p.Dest(), &r.Greeting.Kind, &volunteer)...); err != nil {
		return r, fmt.Errorf("read greeting: %w", err)
	}
	r.Volunteer = volunteer.Int64
	who, err := p.Greeted(s.names.Open)
	r.Greeting.Sign, r.Greeting.Language, r.Greeting.Name = who.Sign, who.Language, who.Name
	return r, err
}

// situation gathers all that decides what the tap means, and the stay that it
// is about.
func (t *txn) situation(ctx context.Context, c card) (sit kiosk.Situation, s stayRow, err error) {
	sit = kiosk.Situation{Badge: c.kind, Now: t.now.Moment(), Today: c.today}
	sit.Day, sit.Part = t.now.Day, t.now.Part
	switch {
	case c.kind == kiosk.BadgeGuestPass:
		err = t.QueryRowContext(ctx, `SELECT count(*) FROM visit WHERE boot = ?1 AND bt_ns > ?2 AND how = 'guest_pass'`,
			t.now.boot, int64(t.now.Read.Since-kiosk.GuestBurst)).Scan(&sit.Guests)
	case c.kind == kiosk.BadgeResident && c.stay != 0:
		s, err = t.s.scanStay(t.QueryRowContext(ctx, `SELECT `+stayColumns+` FROM stay WHERE no = CAST(?1 AS INTEGER)`, c.stay))
		sit.Stay, sit.Last = t.stay(s), t.lastOf(s)
	}
	if err != nil {
		return sit, s, fmt.Errorf("look up situation: %w", err)
	}
	return sit, s, nil
}
