package answers

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// RoomRows is what a room's store lends.
type RoomRows struct {
	Write func(context.Context, func(context.Context, sqlrow.Tx, count.Day) error) error // one transaction of a day
	Read  func() (*sql.DB, error)
	Rows  func() ledger.Rows
}

// Register is the answers of one room.
type Register struct{ m RoomRows }

// New returns the answers of a room.
func New(m RoomRows) *Register { return &Register{m} }

// Intake keeps what a resident's answers come to, with the quarter and the version of the
// consent's text; the answers themselves reach no table, nor does the day. Without
// consent, and when they come to nothing, only the route is kept. ErrIntake for an answer
// that is none of the choices, ErrNotFound when there is no such person.
func (b *Register) Intake(ctx context.Context, person int64, in kiosk.Intake) error {
	outcome, err := in.Outcome()
	if err != nil {
		return fmt.Errorf("intake: %w", err)
	}
	if !in.Consent {
		outcome = kiosk.IsolationUnknown
	}
	return b.change(ctx, "intake", person, func(a reach.PersonAnswers, today count.Day) reach.PersonAnswers {
		if in.Route != "" {
			a.Route, a.Asked = in.Route, today.Quarter()
		}
		return a.With(reach.GivenAnswer{State: outcome, Given: today.Quarter(), Text: kiosk.ConsentText})
	})
}

// ForgetIntake withdraws all answers of a resident; having none is fine.
func (b *Register) ForgetIntake(ctx context.Context, person int64) error {
	return b.change(ctx, "forget intake", person, func(a reach.PersonAnswers, today count.Day) reach.PersonAnswers {
		return a.Withdrawn(today.Year())
	})
}

func (b *Register) change(ctx context.Context, doing string, person int64, fn func(reach.PersonAnswers, count.Day) reach.PersonAnswers) error {
	err := b.m.Write(ctx, func(ctx context.Context, tx sqlrow.Tx, today count.Day) error {
		var there bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM person WHERE no = ?1)`, person).Scan(&there); err != nil {
			return err
		}
		if !there {
			return kiosk.ErrNotFound
		}
		was, err := b.m.Rows().Answers(ctx, tx, person)
		if err != nil {
			return err
		}
		return b.m.Rows().KeepAnswers(ctx, tx, person, fn(was, today))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// answers reads those of a person.
func (b *Register) answers(ctx context.Context, person int64) (reach.PersonAnswers, error) {
	db, err := b.m.Read()
	if err != nil {
		return reach.PersonAnswers{}, err
	}
	a, err := b.m.Rows().Answers(ctx, db, person)
	if err != nil {
		return a, fmt.Errorf("read own answers: %w", err)
	}
	return a, nil
}

// AnsweredIn returns the quarter in which a resident consented and answered last;
// ErrNotFound for one of whom no answer is kept. What the answers come to is for the
// quarter's figures, and for the file of the person.
func (b *Register) AnsweredIn(ctx context.Context, person int64) (quarter count.Period, err error) {
	a, err := b.answers(ctx, person)
	if err == nil && a.Last() == "" {
		err = fmt.Errorf("look up intake: %w", kiosk.ErrNotFound)
	}
	return a.Last(), err
}

// OwnAnswers returns what a person's last answers came to, for the file that they take
// along when they ask for it; ErrNotFound for one who gave none.
func (b *Register) OwnAnswers(ctx context.Context, person int64) (own kiosk.OwnAnswers, err error) {
	a, err := b.answers(ctx, person)
	if err != nil {
		return own, err
	}
	if a.Last() == "" && a.Route == "" {
		return own, fmt.Errorf("read own answers: %w", kiosk.ErrNotFound)
	}
	own.Route = a.Route
	if n := len(a.Given); n > 0 {
		own.Isolation = a.Given[n-1].State
	}
	return own, nil
}
