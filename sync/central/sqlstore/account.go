package sqlstore

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
)

// Invite makes what is not there yet, and a link.
func (s *Store) Invite(ctx context.Context, organisation, account string, token []byte, now, expires time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO organisations (name) VALUES (?1) ON CONFLICT DO NOTHING`, organisation); err != nil {
			return fmt.Errorf("add organisation: %w", err)
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO accounts (organisation, name) SELECT id, ?2 FROM organisations WHERE name = ?1 ON CONFLICT DO NOTHING`, organisation, account)
		if err != nil {
			return fmt.Errorf("add account: %w", err)
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM invitations WHERE expires <= ?2 OR account = (SELECT id FROM accounts WHERE name = ?1)`, account, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("end older link: %w", err)
		}
		r, err := tx.ExecContext(ctx, `
			INSERT INTO invitations (token, organisation, account, expires)
			SELECT ?3, o.id, a.id, ?4 FROM organisations o JOIN accounts a ON a.organisation = o.id
			WHERE o.name = ?1 AND a.name = ?2 AND a.role = 'coordinator'`,
			organisation, account, token, expires.UnixMilli())
		return changed(r, err, central.ErrTaken) // the account is there, in another organisation or role
	})
}

const accountColumns = `a.id, a.organisation, o.name, a.name, a.role FROM accounts a JOIN organisations o ON o.id = a.organisation`

// Invited returns the account of a link.
func (s *Store) Invited(ctx context.Context, token []byte, now time.Time) (central.Account, error) {
	return invited(ctx, s.read, token, now, "")
}

func invited(ctx context.Context, q runner, token []byte, now time.Time, lock string) (a central.Account, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT `+accountColumns+` JOIN invitations i ON i.organisation = a.organisation AND i.account = a.id
		WHERE i.token = ?1 AND i.expires > ?2`+lock, token, now.UnixMilli()).Scan(&a.ID, &a.Organisation, &a.OrganisationName, &a.Name, &a.Role)
	return a, none(err, central.ErrNoInvitation)
}

// Accept sets the password that a link is for.
func (s *Store) Accept(ctx context.Context, token []byte, password string, session []byte, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		a, err := invited(ctx, tx, token, now, s.engine.lock())
		if err != nil {
			return err
		}
		// Deleting decides: of two that come at once, one finds the link gone.
		r, err := tx.ExecContext(ctx, `DELETE FROM invitations WHERE token = ?1`, token)
		if err := changed(r, err, central.ErrNoInvitation); err != nil {
			return err
		}
		return setPassword(ctx, tx, a.Organisation, a.ID, password, session, now)
	})
}

// Account returns an account by its name, with its password's hash.
func (s *Store) Account(ctx context.Context, name string) (a central.Account, password string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT a.password, `+accountColumns+` WHERE a.name = ?1`, name).
		Scan(&password, &a.ID, &a.Organisation, &a.OrganisationName, &a.Name, &a.Role)
	return a, password, none(err, central.ErrNotFound)
}

// SetPassword sets a password and ends all sessions but a new one.
func (s *Store) SetPassword(ctx context.Context, organisation, account int64, password string, session []byte, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		return setPassword(ctx, tx, organisation, account, password, session, now)
	})
}

func setPassword(ctx context.Context, tx runner, organisation, account int64, password string, session []byte, now time.Time) error {
	r, err := tx.ExecContext(ctx, `UPDATE accounts SET password = ?3 WHERE organisation = ?1 AND id = ?2`, organisation, account, password)
	if err := changed(r, err, central.ErrNotFound); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE organisation = ?1 AND account = ?2`, organisation, account); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return beginSession(ctx, tx, organisation, account, session, now)
}

// RemoveAccount removes an account; its links and sessions go with it.
func (s *Store) RemoveAccount(ctx context.Context, name string) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM accounts WHERE name = ?1`, name)
		return changed(r, err, central.ErrNotFound)
	})
}
