package sqlite

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
)

// Intake keeps what a resident's answers come to, sealed, with the quarter,
// the version of the consent's text and the day; the answers themselves reach
// no table. Without consent only the route is kept. ErrIntake for an answer
// that is none of the choices, ErrNotFound when there is no such person.
func (s *Store) Intake(ctx context.Context, person int64, in kiosk.Intake) error {
	outcome, err := in.Outcome()
	if err != nil {
		return fmt.Errorf("intake: %w", err)
	}
	return s.doing(ctx, "intake", func(ctx context.Context, t *txn) error {
		if err := t.known(ctx, person); err != nil {
			return err
		}
		return t.putIntake(ctx, person, in, outcome)
	})
}

func (t *txn) putIntake(ctx context.Context, person int64, in kiosk.Intake, outcome kiosk.Isolation) error {
	var sealed []byte
	version := ""
	if in.Consent {
		var err error
		if sealed, err = t.s.rows().SealOutcome(outcome, person); err != nil {
			return err
		}
		version = kiosk.ConsentText
	}
	route, err := t.s.cfg.Keys.SealText(string(in.Route), "intake", "route_sealed", person)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO intake (person, outcome, quarter, consent, day, route_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (person) DO UPDATE SET outcome = excluded.outcome, quarter = excluded.quarter,
			consent = excluded.consent, day = excluded.day, route_sealed = excluded.route_sealed`,
		person, sealed, t.today.Quarter(), version, t.today, route)
	return err
}

// ForgetIntake withdraws a resident's answers; having none is fine.
func (s *Store) ForgetIntake(ctx context.Context, person int64) error {
	return s.doing(ctx, "forget intake", func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `DELETE FROM intake WHERE person = ?1`, person)
		return err
	})
}
