package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
)

const funderColumns = `f.organisation, o.name, f.id, f.name, f.contract, f.whole FROM funders f JOIN organisations o ON o.id = f.organisation`

func scanFunder(scan func(...any) error) (f central.Funder, err error) {
	var whole int
	err = scan(&f.Organisation, &f.OrganisationName, &f.ID, &f.Name, &f.Contract, &whole)
	f.Whole = whole == 1
	return f, err
}

// Funders returns an organisation's funders, with their rooms and readers.
func (s *Store) Funders(ctx context.Context, organisation int64) ([]central.Funder, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+funderColumns+` WHERE f.organisation = ?1 ORDER BY lower(f.name), f.contract, f.id`, organisation)
	all, err := collect(rows, err, scanFunder)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Rooms, err = s.funderRooms(ctx, all[i]); err != nil {
			return nil, err
		}
		rows, err := s.read.QueryContext(ctx, `
			SELECT a.name, 0 FROM funder_readers r JOIN accounts a ON a.id = r.account WHERE r.organisation = ?1 AND r.funder = ?2
			UNION ALL SELECT name, 1 FROM funder_links WHERE organisation = ?1 AND funder = ?2
			ORDER BY 1, 2`, organisation, all[i].ID)
		all[i].Readers, err = collect(rows, err, func(scan func(...any) error) (r central.FunderReader, err error) {
			var open int
			err = scan(&r.Name, &open)
			r.Open = open == 1
			return r, err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Store) funderRooms(ctx context.Context, f central.Funder) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT room FROM funder_rooms WHERE organisation = ?1 AND funder = ?2 ORDER BY room`, f.Organisation, f.ID)
	return collect(rows, err, func(scan func(...any) error) (room int64, err error) { return room, scan(&room) })
}

// FundersRead returns the funders that an account reads for.
func (s *Store) FundersRead(ctx context.Context, account int64) ([]central.Funder, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+funderColumns+`
		JOIN funder_readers r ON r.organisation = f.organisation AND r.funder = f.id
		WHERE r.account = ?1 ORDER BY lower(o.name), o.id, lower(f.name), f.contract, f.id`, account)
	all, err := collect(rows, err, scanFunder)
	for i := range all {
		if err == nil {
			all[i].Rooms, err = s.funderRooms(ctx, all[i])
		}
	}
	return all, err
}

// SaveFunder adds or replaces a funder.
func (s *Store) SaveFunder(ctx context.Context, f central.Funder, most int) (id int64, err error) {
	whole := 0
	if f.Whole {
		whole = 1
	}
	err = s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if err := s.lockOrganisation(ctx, tx, f.Organisation); err != nil {
			return err
		}
		var same, others int
		err := tx.QueryRowContext(ctx, `
			SELECT coalesce(sum(CASE WHEN name = ?3 AND contract = ?4 THEN 1 ELSE 0 END), 0), count(*) FROM funders WHERE organisation = ?1 AND id <> ?2`,
			f.Organisation, f.ID, f.Name, f.Contract).Scan(&same, &others)
		switch {
		case err != nil:
			return fmt.Errorf("count funders: %w", err)
		case same > 0:
			return central.ErrTaken
		case others >= most:
			return central.ErrTooMany
		}
		if id = f.ID; id == 0 {
			err = tx.QueryRowContext(ctx, `INSERT INTO funders (organisation, name, contract, whole) VALUES (?1, ?2, ?3, ?4) RETURNING id`,
				f.Organisation, f.Name, f.Contract, whole).Scan(&id)
		} else {
			r, e := tx.ExecContext(ctx, `UPDATE funders SET name = ?3, contract = ?4, whole = ?5 WHERE organisation = ?1 AND id = ?2`,
				f.Organisation, id, f.Name, f.Contract, whole)
			err = changed(r, e, central.ErrNotFound)
		}
		if err != nil {
			return err
		}
		return saveFunderRooms(ctx, tx, f.Organisation, id, f.Rooms)
	})
	return id, err
}

// lockOrganisation keeps two changes of an organisation's settings apart.
func (s *Store) lockOrganisation(ctx context.Context, tx runner, organisation int64) error {
	lock := s.engine.lock()
	if lock != "" {
		lock = " FOR NO KEY UPDATE" // rooms and accounts may be added meanwhile
	}
	var id int64
	return none(tx.QueryRowContext(ctx, `SELECT id FROM organisations WHERE id = ?1`+lock, organisation).Scan(&id), central.ErrNotFound)
}

func saveFunderRooms(ctx context.Context, tx runner, organisation, funder int64, rooms []int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM funder_rooms WHERE organisation = ?1 AND funder = ?2`, organisation, funder); err != nil {
		return fmt.Errorf("forget the funder's rooms: %w", err)
	}
	for _, room := range rooms {
		r, err := tx.ExecContext(ctx, `INSERT INTO funder_rooms (organisation, funder, room)
			SELECT organisation, ?2, id FROM rooms WHERE organisation = ?1 AND id = ?3`, organisation, funder, room)
		if err := changed(r, err, central.ErrNotFound); err != nil {
			return err
		}
	}
	return nil
}

// RemoveFunder removes a funder; its rooms, links and readers go with it.
func (s *Store) RemoveFunder(ctx context.Context, organisation, funder int64) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM funders WHERE organisation = ?1 AND id = ?2`, organisation, funder)
		if err := changed(r, err, central.ErrNotFound); err != nil {
			return err
		}
		return removeIdleReaders(ctx, tx)
	})
}

// removeIdleReaders removes accounts of readers who read for nobody.
func removeIdleReaders(ctx context.Context, tx runner) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM accounts WHERE role = ?1 AND NOT EXISTS (SELECT 1 FROM funder_readers r WHERE r.account = accounts.id)`,
		string(central.RoleFunder))
	if err != nil {
		return fmt.Errorf("remove readers of nothing: %w", err)
	}
	return nil
}

// InviteReader keeps a link.
func (s *Store) InviteReader(ctx context.Context, link central.ReaderLink, most int, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM funders WHERE organisation = ?1 AND id = ?2`+s.engine.lock(), link.Organisation, link.Funder).Scan(&id)
		if err != nil {
			return none(err, central.ErrNotFound)
		}
		var role string
		err = tx.QueryRowContext(ctx, `SELECT role FROM accounts WHERE name = ?1`, link.Name).Scan(&role)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("find account: %w", err)
		case err == nil && role != string(central.RoleFunder):
			return central.ErrTaken
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM funder_links WHERE expires <= ?4 OR organisation = ?1 AND funder = ?2 AND name = ?3`,
			link.Organisation, link.Funder, link.Name, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("end older link: %w", err)
		}
		var n int
		err = tx.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM funder_readers WHERE organisation = ?1 AND funder = ?2) + (SELECT count(*) FROM funder_links WHERE organisation = ?1 AND funder = ?2)`,
			link.Organisation, link.Funder).Scan(&n)
		if err != nil {
			return fmt.Errorf("count readers: %w", err)
		}
		if n >= most {
			return central.ErrTooMany
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO funder_links (token, organisation, funder, name, expires) VALUES (?1, ?2, ?3, ?4, ?5)`,
			link.Token, link.Organisation, link.Funder, link.Name, link.Expires.UnixMilli())
		if err != nil {
			return fmt.Errorf("keep link: %w", err)
		}
		return nil
	})
}

// InvitedReader returns what a link is for.
func (s *Store) InvitedReader(ctx context.Context, token []byte, now time.Time) (central.ReaderInvitation, error) {
	in, err := readerInvited(ctx, s.read, token, now)
	return in.ReaderInvitation, err
}

// invitedReader is a link with whom it is for.
type invitedReader struct {
	central.ReaderInvitation
	organisation, funder int64
	account              int64 // 0 for one that is to be made
}

func readerInvited(ctx context.Context, q runner, token []byte, now time.Time) (in invitedReader, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT l.organisation, l.funder, l.name, o.name, f.name FROM funder_links l
		JOIN organisations o ON o.id = l.organisation JOIN funders f ON f.organisation = l.organisation AND f.id = l.funder
		WHERE l.token = ?1 AND l.expires > ?2`, token, now.UnixMilli()).
		Scan(&in.organisation, &in.funder, &in.AccountName, &in.OrganisationName, &in.FunderName)
	if err != nil {
		return in, none(err, central.ErrNoInvitation)
	}
	var role string
	var elsewhere int
	err = q.QueryRowContext(ctx, `
		SELECT id, role, (SELECT count(*) FROM funder_readers r WHERE r.account = accounts.id AND r.organisation <> ?2) FROM accounts WHERE name = ?1`,
		in.AccountName, in.organisation).Scan(&in.account, &role, &elsewhere)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return in, nil
	case err != nil:
		return in, fmt.Errorf("find account: %w", err)
	case role != string(central.RoleFunder): // it has become a coordinator's since
		return in, central.ErrNoInvitation
	}
	in.Known = elsewhere > 0
	return in, nil
}

// AcceptReader uses a link up.
func (s *Store) AcceptReader(ctx context.Context, token []byte, password string, session []byte, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		in, err := readerInvited(ctx, tx, token, now)
		if err != nil {
			return err
		}
		if in.Known != (password == "") {
			return central.ErrNoInvitation
		}
		// Deleting decides: of two that come at once, one finds the link gone.
		r, err := tx.ExecContext(ctx, `DELETE FROM funder_links WHERE token = ?1`, token)
		if err := changed(r, err, central.ErrNoInvitation); err != nil {
			return err
		}
		home := in.organisation
		if in.account == 0 {
			err := tx.QueryRowContext(ctx, `INSERT INTO accounts (organisation, name, role) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING id`,
				in.organisation, in.AccountName, string(central.RoleFunder)).Scan(&in.account)
			if err != nil {
				return none(err, central.ErrNoInvitation)
			}
		} else if err := tx.QueryRowContext(ctx, `SELECT organisation FROM accounts WHERE id = ?1`, in.account).Scan(&home); err != nil {
			return fmt.Errorf("find account: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO funder_readers (organisation, funder, account) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`,
			in.organisation, in.funder, in.account)
		if err != nil {
			return fmt.Errorf("add reader: %w", err)
		}
		if password == "" {
			return beginSession(ctx, tx, home, in.account, session, now)
		}
		return setPassword(ctx, tx, home, in.account, password, session, now)
	})
}

// RemoveReader ends an account's reading for a funder.
func (s *Store) RemoveReader(ctx context.Context, organisation, funder int64, name string) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		link, err := tx.ExecContext(ctx, `DELETE FROM funder_links WHERE organisation = ?1 AND funder = ?2 AND name = ?3`, organisation, funder, name)
		noLink := changed(link, err, central.ErrNotFound)
		if noLink != nil && !errors.Is(noLink, central.ErrNotFound) {
			return noLink
		}
		reader, err := tx.ExecContext(ctx, `
			DELETE FROM funder_readers WHERE organisation = ?1 AND funder = ?2 AND account = (SELECT id FROM accounts WHERE name = ?3)`, organisation, funder, name)
		if err := changed(reader, err, central.ErrNotFound); err != nil && (noLink != nil || !errors.Is(err, central.ErrNotFound)) {
			return err
		}
		return removeIdleReaders(ctx, tx)
	})
}

var _ central.FunderStore = (*Store)(nil)
