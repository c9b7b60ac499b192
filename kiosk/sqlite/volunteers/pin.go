package volunteers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// SetPIN gives a volunteer a PIN that ValidatePIN takes, and returns the error of
// it otherwise. It spends their one-time code in the same commit, so that whoever is
// interrupted between the two goes on with the code that they have; kiosk.ErrOneTimeCode
// when it is not, or no longer, theirs. Waits for wrong PINs are over by it.
func (r *Roster) SetPIN(ctx context.Context, volunteer int64, code, pin string) error {
	if err := auth.ValidatePIN(pin); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	hash, err := r.hash(pin)
	if err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	err = r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, _ kiosk.Moment) error {
		if err := r.notOnBadge(ctx, tx, volunteer, pin); err != nil {
			return err
		}
		if err := resetAttempts(ctx, tx, volunteer); err != nil {
			return err
		}
		err := sqlrow.One(ctx, tx, `UPDATE volunteer SET pin = ?3, code = NULL, code_until = NULL WHERE no = ?1 AND code = ?2`,
			volunteer, auth.CodeHash(code), hash)
		if errors.Is(err, kiosk.ErrNotFound) {
			return kiosk.ErrOneTimeCode
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	return nil
}

// ValidatePIN returns nil for a PIN that the volunteer may choose:
// kiosk.ErrWeakPIN when it is too easy to guess, kiosk.ErrPINOnBadge when it stands
// on a badge of theirs.
func (r *Roster) ValidatePIN(ctx context.Context, volunteer int64, pin string) error {
	if err := auth.ValidatePIN(pin); err != nil {
		return err
	}
	db, err := r.read()
	if err != nil {
		return err
	}
	return r.notOnBadge(ctx, db, volunteer, pin)
}

func (r *Roster) notOnBadge(ctx context.Context, db sqlrow.Querier, volunteer int64, pin string) error {
	badges, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (b []byte, err error) {
		return b, row.Scan(&b)
	}, `SELECT tails FROM badge WHERE volunteer = ?1 AND tails IS NOT NULL`, volunteer)
	if err != nil {
		return fmt.Errorf("look up badges: %w", err)
	}
	for _, fragments := range badges {
		if auth.OnBadge(pin, fragments, r.keys.Digits) {
			return kiosk.ErrPINOnBadge
		}
	}
	return nil
}

// CheckPIN returns nil for a volunteer's own PIN. A wrong one is a
// *kiosk.PINError: five are free, then the next is only looked at after 30 s,
// doubled up to an hour with each. The wait is that volunteer's alone, and no
// restart shortens it. ErrNoPIN and ErrNotFound say that there is nothing to compare.
func (r *Roster) CheckPIN(ctx context.Context, volunteer int64, pin string) error {
	db, err := r.read()
	if err != nil {
		return err
	}
	var hash sql.NullString
	if err := db.QueryRowContext(ctx, `SELECT pin FROM volunteer WHERE no = ?1`, volunteer).Scan(&hash); err != nil {
		return fmt.Errorf("check PIN: %w", sqlrow.Missing(err))
	}
	if !hash.Valid {
		return fmt.Errorf("check PIN: %w", kiosk.ErrNoPIN)
	}
	l, err := r.attempt(ctx, volunteer)
	if err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	if !auth.Verify(hash.String, pin) {
		return fmt.Errorf("check PIN: %w", l.Wrong(r.clock.Now()))
	}
	err = r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, _ kiosk.Moment) error {
		return resetAttempts(ctx, tx, volunteer)
	})
	if err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}
