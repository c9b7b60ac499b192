package volunteers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Roster is the volunteers of a room.
type Roster struct {
	write func(context.Context, func(context.Context, sqlrow.Tx, kiosk.Moment) error) error
	read  func() (*sql.DB, error)
	keys  keyring.Keys
	clock kiosk.Clock
	hash  func(pin string) (string, error)
}

// New returns the volunteers of a store: write runs a function in one
// transaction at the moment that is trusted, and read returns a handle that
// reads. Names are sealed by keys, waits measured on clock, and of a PIN is kept
// what hash makes of it: [auth.Hash] when that is nil.
func New(write func(context.Context, func(context.Context, sqlrow.Tx, kiosk.Moment) error) error,
	read func() (*sql.DB, error), keys keyring.Keys, clock kiosk.Clock, hash func(string) (string, error)) *Roster {
	if hash == nil {
		hash = auth.Hash
	}
	return &Roster{write: write, read: read, keys: keys, clock: clock, hash: hash}
}

// AddVolunteer adds a volunteer and returns the one-time code with which
// the volunteer chooses a PIN. The code is shown once: only its hash is kept, for 24 hours.
func (r *Roster) AddVolunteer(ctx context.Context, name string) (code string, err error) {
	name, err = kiosk.ParseName(name)
	if err == nil && name == "" {
		err = fmt.Errorf("%w: want one", kiosk.ErrName)
	}
	if err != nil {
		return "", fmt.Errorf("add volunteer: %w", err)
	}
	code = auth.NewCode()
	err = r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
		until := now.Wall.Add(auth.CodeLife).UnixMilli()
		no, err := sqlrow.Insert(ctx, tx, `INSERT INTO volunteer (code, code_until) VALUES (?1, ?2)`, auth.CodeHash(code), until)
		if err != nil {
			return err
		}
		sealed, err := r.keys.SealText(name, "volunteer", "name", no)
		if err != nil {
			return err
		}
		return sqlrow.One(ctx, tx, `UPDATE volunteer SET name = ?2 WHERE no = ?1`, no, sealed)
	})
	if err != nil {
		return "", fmt.Errorf("add volunteer: %w", err)
	}
	return code, nil
}

// CheckCode returns whose a one-time code is; kiosk.ErrOneTimeCode when it is wrong,
// used or too old, *kiosk.PINError when there were too many tries. The code is spent by
// the PIN that is chosen with it and by nothing else: see [Roster.SetPIN].
func (r *Roster) CheckCode(ctx context.Context, code string) (volunteer int64, err error) {
	if _, err := r.attempt(ctx, codeAttempts); err != nil {
		return 0, fmt.Errorf("check code: %w", err)
	}
	err = r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
		err := tx.QueryRowContext(ctx, `SELECT no FROM volunteer WHERE code = ?1 AND code_until > ?2`,
			auth.CodeHash(code), now.Wall.UnixMilli()).Scan(&volunteer)
		if errors.Is(err, sql.ErrNoRows) {
			return kiosk.ErrOneTimeCode
		}
		if err != nil {
			return err
		}
		return resetAttempts(ctx, tx, codeAttempts)
	})
	if err != nil {
		return 0, fmt.Errorf("check code: %w", err)
	}
	return volunteer, nil
}

// Volunteers returns all volunteers in the order in which they came.
func (r *Roster) Volunteers(ctx context.Context) ([]kiosk.Volunteer, error) {
	db, err := r.read()
	if err != nil {
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (v kiosk.Volunteer, err error) {
		var name []byte
		if err := row.Scan(&v.No, &name, &v.HasPIN, &v.Badges); err != nil {
			return v, err
		}
		v.Name, err = r.keys.OpenText(name, "volunteer", "name", v.No)
		return v, err
	}, `SELECT no, name, pin IS NOT NULL, (SELECT count(*) FROM badge WHERE volunteer = v.no) FROM volunteer v ORDER BY no`)
	if err != nil {
		return nil, fmt.Errorf("read volunteers: %w", err)
	}
	return all, nil
}

// RemoveVolunteer forgets a volunteer, badges and all.
func (r *Roster) RemoveVolunteer(ctx context.Context, no int64) error {
	err := r.write(ctx, func(ctx context.Context, tx sqlrow.Tx, now kiosk.Moment) error {
		for _, query := range []string{`DELETE FROM badge WHERE volunteer = ?1`, `DELETE FROM patience WHERE who = ?1`} {
			if _, err := tx.ExecContext(ctx, query, no); err != nil {
				return err
			}
		}
		return sqlrow.One(ctx, tx, `DELETE FROM volunteer WHERE no = ?1`, no)
	})
	if err != nil {
		return fmt.Errorf("remove volunteer: %w", err)
	}
	return nil
}
