package sqlstore

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
)

// BeginSession begins a session and forgets old ones.
func (s *Store) BeginSession(ctx context.Context, organisation, account int64, session []byte, now, old time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE begun <= ?1`, old.UnixMilli()); err != nil {
			return fmt.Errorf("forget old sessions: %w", err)
		}
		return beginSession(ctx, tx, organisation, account, session, now)
	})
}

func beginSession(ctx context.Context, tx runner, organisation, account int64, session []byte, now time.Time) error {
	r, err := tx.ExecContext(ctx, `
		INSERT INTO sessions (token, organisation, account, begun, used)
		SELECT ?3, organisation, id, ?4, ?4 FROM accounts WHERE organisation = ?1 AND id = ?2`,
		organisation, account, session, now.UnixMilli())
	return changed(r, err, central.ErrNotFound)
}

// Session returns whose session it is.
func (s *Store) Session(ctx context.Context, session []byte) (v central.Session, err error) {
	a := &v.Account
	err = s.read.QueryRowContext(ctx, `
		SELECT s.begun, s.used, `+accountColumns+` JOIN sessions s ON s.organisation = a.organisation AND s.account = a.id
		WHERE s.token = ?1`, session).
		Scan(instant{&v.Begun}, instant{&v.Used}, &a.ID, &a.Organisation, &a.OrganisationName, &a.Name, &a.Role)
	return v, none(err, central.ErrNoSession)
}

// TouchSession sets when a session was last used.
func (s *Store) TouchSession(ctx context.Context, session []byte, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.ExecContext(ctx, `UPDATE sessions SET used = ?2 WHERE token = ?1 AND used < ?2`, session, now.UnixMilli())
		return err
	})
}

// EndSession ends a session.
func (s *Store) EndSession(ctx context.Context, session []byte) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE token = ?1`, session)
		return err
	})
}
