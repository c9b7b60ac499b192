// Package owner answers residents about what is kept of them: [Owners.OwnData]
// reads it, [Owners.OwnAnswers] what their answers came to, [Owners.ShowBadge] says
// whose badge is shown to the desk, and [Owners.AskAlone] remembers that a room's
// only volunteer asked something for somebody who has no badge.
package owner

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// askedFor is how many days the first of two askings counts.
const askedFor = 31

// errNotTheirs undoes the reading of a badge that is not the one asked for.
var errNotTheirs = errors.New("another badge")

// Store is what a room's store lends: a transaction at the moment that is trusted,
// a handle that reads, and how sure the time is.
type Store struct {
	Write func(context.Context, func(context.Context, sqlrow.Tx, kiosk.Moment) error) error
	Read  func() (*sql.DB, error)
	Trust func() kiosk.Trust
	Keys  keyring.Keys
	Zone  *time.Location
}

// Owners are the residents, each as the owner of what is kept of them.
type Owners struct{ s Store }

// New returns the owners of what is in a store.
func New(s Store) *Owners { return &Owners{s} }

// ShowBadge returns whose badge a tap shows that the desk asked for: person's, or
// with person 0 that of any resident. It is 0 for every other card, for one that is
// doubted, and for one that lay there since before a start: such a tap means what
// it always does. A tap that is taken keeps nothing but the counter of its proof.
func (o *Owners) ShowBadge(ctx context.Context, tap kiosk.Tap, person int64) (int64, error) {
	if tap.Doubt || tap.AtStart || tap.UID.Random() {
		return 0, nil
	}
	var owner int64
	err := o.s.Write(ctx, func(ctx context.Context, tx sqlrow.Tx, _ kiosk.Moment) error {
		var badge int64
		row := tx.QueryRowContext(ctx, `SELECT no, person FROM badge WHERE mac = ?1 AND kind = 'resident' AND lost = 0`, o.s.Keys.UID(tap.UID))
		switch err := row.Scan(&badge, &owner); {
		case errors.Is(err, sql.ErrNoRows), err == nil && person != 0 && owner != person:
			return errNotTheirs
		case err != nil:
			return err
		}
		return proven(ctx, tx, badge, tap.Counter)
	})
	if errors.Is(err, errNotTheirs) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("show badge: %w", err)
	}
	return owner, nil
}

// proven keeps the counter of a badge's proof, which has to have grown.
func proven(ctx context.Context, tx sqlrow.Tx, badge int64, counter uint32) error {
	if counter == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO proof (badge, counter) VALUES (?1, ?2)
		ON CONFLICT (badge) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > proof.counter`, badge, counter)
	if err != nil {
		return err
	}
	if grown, err := result.RowsAffected(); err != nil || grown == 0 {
		return errors.Join(err, errNotTheirs)
	}
	return nil
}

// OwnData returns all that is kept of a person but what their answers came to;
// ErrNotFound when there is no such person.
func (o *Owners) OwnData(ctx context.Context, person int64) (d kiosk.OwnData, err error) {
	db, err := o.s.Read()
	if err != nil {
		return d, err
	}
	var said []byte
	var asked sql.NullInt64
	var p profile.Sealed
	err = db.QueryRowContext(ctx, `
		SELECT `+profile.Columns+`, p.alone_day,
		       (SELECT said FROM answer WHERE person = p.no),
		       (SELECT count(*) FROM badge WHERE person = p.no AND lost = 0),
		       (SELECT count(*) FROM badge WHERE person = p.no AND lost = 1)
		FROM person p WHERE p.no = ?1`, person).
		Scan(append(p.Dest(), &asked, &said, &d.Badges, &d.Lost)...)
	if err != nil {
		return d, fmt.Errorf("read own data: %w", sqlrow.Missing(err))
	}
	answers, err := (ledger.Rows{Keys: o.s.Keys}).OpenAnswers(said, person)
	if err != nil {
		return d, fmt.Errorf("read own data: %w", err)
	}
	d.Answered, d.AskedAlone = cmp.Or(answers.Last(), answers.Asked), count.Day(asked.Int64)
	d.Resident, err = p.Open(func(sealed []byte, column string, no int64) (string, error) {
		return o.s.Keys.OpenText(sealed, "person", column, no)
	})
	if err != nil {
		return d, fmt.Errorf("read own data: %w", err)
	}
	d.Visits, err = o.visits(ctx, db, person)
	return d, err
}

func (o *Owners) visits(ctx context.Context, db sqlrow.Querier, person int64) ([]kiosk.Visit, error) {
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (v kiosk.Visit, err error) {
		var in, out sql.NullInt64
		err = row.Scan(&v.ID, &v.Day, &v.Part, &in, &v.Source, &v.Assumed, &out)
		v.Person, v.In, v.Out = person, sqlrow.Time(in, o.s.Zone), sqlrow.Time(out, o.s.Zone)
		return v, err
	}, `
		SELECT v.no, v.day, v.part, v.at_ms, v.how, v.assumed,
		       (SELECT CASE s.ended WHEN 'measured' THEN s.out_ms END FROM stay s
		        WHERE s.person = v.person AND s.day = v.day AND s.part = v.part ORDER BY s.no DESC LIMIT 1)
		FROM attendance v WHERE v.person = ?1 AND v.day IS NOT NULL AND v.void = 0 ORDER BY v.day DESC, v.no DESC`, person)
	if err != nil {
		return nil, fmt.Errorf("read own visits: %w", err)
	}
	return all, nil
}

// AskAlone notes that a volunteer who is the room's only one vouches for a person
// without a badge, and tells whether that is enough: the same volunteer did on a day
// before, and not long ago. kiosk.ErrNoDay while nobody knows what day it is.
func (o *Owners) AskAlone(ctx context.Context, by, person int64) (ready bool, err error) {
	if o.s.Trust() == kiosk.TrustUnknown {
		return false, kiosk.ErrNoDay
	}
	err = o.s.Write(ctx, func(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
		var day, volunteer sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT alone_day, alone_by FROM person WHERE no = ?1`, person).Scan(&day, &volunteer)
		if err != nil {
			return sqlrow.Missing(err)
		}
		today := count.DayOf(now.Wall, o.s.Zone)
		ago := today - count.Day(day.Int64)
		if day.Valid && volunteer.Int64 == by && ago >= 0 && ago <= askedFor {
			ready = ago > 0
			return nil
		}
		return sqlrow.One(ctx, tx, `UPDATE person SET alone_day = ?2, alone_by = ?3 WHERE no = ?1`, person, today, by)
	})
	if err != nil {
		return false, fmt.Errorf("ask alone: %w", err)
	}
	return ready, nil
}
