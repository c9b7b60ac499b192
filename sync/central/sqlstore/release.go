package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// RoundingKey returns the one key, which the first call sets.
func (s *Store) RoundingKey(ctx context.Context, fresh []byte) (key []byte, err error) {
	const read = `SELECT key FROM rounding_keys WHERE id = 1`
	if err = s.read.QueryRowContext(ctx, read).Scan(&key); none(err, nil) != nil || err == nil {
		return key, err
	}
	err = s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO rounding_keys (id, key) VALUES (1, ?1) ON CONFLICT DO NOTHING`, fresh); err != nil {
			return fmt.Errorf("keep rounding key: %w", err)
		}
		return tx.QueryRowContext(ctx, read).Scan(&key)
	})
	return key, err
}

// SaveReleases keeps releases, all or none.
func (s *Store) SaveReleases(ctx context.Context, all []central.Release) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		for _, r := range all {
			if err := saveRelease(ctx, tx, r); err != nil {
				return fmt.Errorf("version %d of %s: %w", r.Version, r.Period, err)
			}
		}
		return nil
	})
}

func saveRelease(ctx context.Context, tx runner, r central.Release) error {
	made, err := tx.ExecContext(ctx, `
		INSERT INTO releases (organisation, period, version, made, made_by, rooms, due, told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`,
		r.Organisation, string(r.Period), r.Version, r.Made.UnixMilli(), r.MadeBy, r.Rooms, r.Due, string(r.Told))
	if err := changed(made, err, central.ErrReleased); err != nil { // another was first
		return err
	}
	for _, p := range r.Places {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO release_places (organisation, period, version, place, name, received, expected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
			r.Organisation, string(r.Period), r.Version, p.Room, p.Name, p.Received.Received, p.Received.Expected)
		if err != nil {
			return fmt.Errorf("keep place: %w", err)
		}
		for _, c := range p.Cells {
			n := sql.Null[int64]{V: c.N, Valid: c.State == disclose.DisclosureShown}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO release_cells (organisation, period, version, place, measure, state, n, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
				r.Organisation, string(r.Period), r.Version, p.Room, string(c.Measure), string(c.State), n, string(c.Reason))
			if err != nil {
				return fmt.Errorf("keep cell %s: %w", c.Measure, err)
			}
		}
	}
	return nil
}

// ReleaseHeads returns what an organisation released: a year is after its last quarter.
func (s *Store) ReleaseHeads(ctx context.Context, organisation int64) ([]central.ReleaseHead, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT period, version, made, made_by FROM releases WHERE organisation = ?1
		ORDER BY substr(period, 1, 4) DESC, length(period), period DESC, version DESC`, organisation)
	return collect(rows, err, func(scan func(...any) error) (h central.ReleaseHead, err error) {
		return h, scan((*string)(&h.Period), &h.Version, instant{&h.Made}, &h.MadeBy)
	})
}

// Release returns a version of a release.
func (s *Store) Release(ctx context.Context, organisation int64, period count.Period, version int) (r central.Release, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT o.name, r.version, r.made, r.made_by, r.rooms, r.due, r.told FROM releases r JOIN organisations o ON o.id = r.organisation
		WHERE r.organisation = ?1 AND r.period = ?2 AND (?3 = 0 OR r.version = ?3) ORDER BY r.version DESC LIMIT 1`,
		organisation, string(period), version).
		Scan(&r.OrganisationName, &r.Version, instant{&r.Made}, &r.MadeBy, &r.Rooms, &r.Due, (*string)(&r.Told))
	if err != nil {
		return r, none(err, central.ErrNotFound)
	}
	r.Organisation, r.Period = organisation, period
	rows, err := s.read.QueryContext(ctx, `
		SELECT place, name, received, expected FROM release_places WHERE organisation = ?1 AND period = ?2 AND version = ?3
		ORDER BY place <> 0, lower(name), place`, organisation, string(period), r.Version)
	r.Places, err = collect(rows, err, func(scan func(...any) error) (p central.ReleasePlace, err error) {
		return p, scan(&p.Room, &p.Name, &p.Received.Received, &p.Received.Expected)
	})
	if err != nil {
		return r, err
	}
	at := map[int64]*central.ReleasePlace{}
	for i := range r.Places {
		at[r.Places[i].Room] = &r.Places[i]
	}
	rows, err = s.read.QueryContext(ctx, `
		SELECT place, measure, state, n, reason FROM release_cells WHERE organisation = ?1 AND period = ?2 AND version = ?3 ORDER BY place, measure`,
		organisation, string(period), r.Version)
	_, err = collect(rows, err, func(scan func(...any) error) (none struct{}, err error) {
		var place int64
		var c central.ReleaseCell
		var n sql.Null[int64]
		if err := scan(&place, (*string)(&c.Measure), (*string)(&c.State), &n, (*string)(&c.Reason)); err != nil {
			return none, err
		}
		c.N = n.V
		at[place].Cells = append(at[place].Cells, c)
		return none, nil
	})
	return r, err
}

// Funded returns the organisations that have a funder.
func (s *Store) Funded(ctx context.Context) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT organisation FROM funders ORDER BY organisation`)
	return collect(rows, err, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
}

// Pairings returns all pairings of an organisation.
func (s *Store) Pairings(ctx context.Context, organisation int64) ([]central.PairedKiosk, error) {
	return pairedKiosks(ctx, s.read, organisation)
}

var _ central.ReleaseStore = (*Store)(nil)
