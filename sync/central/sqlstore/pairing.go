package sqlstore

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

// OpenPairing returns how far a key's pairing has come. A kiosk that asks again
// costs no write.
func (s *Store) OpenPairing(ctx context.Context, key ed25519.PublicKey, fresh central.PairCode, limit int, now time.Time) (central.PairingProgress, error) {
	p, err := pairingOf(ctx, s.read, key, now)
	if !errors.Is(err, central.ErrNotFound) {
		return p, err
	}
	err = s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM pairings WHERE expires <= ?1`, now.UnixMilli()); err != nil {
			return fmt.Errorf("forget old codes: %w", err)
		}
		var open int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pairings`).Scan(&open); err != nil {
			return fmt.Errorf("count codes: %w", err)
		}
		if open >= limit {
			return central.ErrBusy
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO pairings (public_key, code, expires) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`,
			[]byte(key), fresh.Code, fresh.Expires.UnixMilli())
		if err != nil {
			return fmt.Errorf("open code: %w", err)
		}
		p, err = pairingOf(ctx, tx, key, now)
		return instead(err, central.ErrNotFound, central.ErrTaken) // another key has this code
	})
	return p, err
}

func pairingOf(ctx context.Context, q runner, key ed25519.PublicKey, now time.Time) (p central.PairingProgress, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT kiosks.id, rooms.name FROM kiosks
		JOIN rooms ON rooms.organisation = kiosks.organisation AND rooms.id = kiosks.room
		WHERE kiosks.public_key = ?1 AND kiosks.revoked IS NULL`, []byte(key)).Scan(&p.Kiosk, &p.Room)
	if !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	err = q.QueryRowContext(ctx, `SELECT code, expires FROM pairings WHERE public_key = ?1 AND expires > ?2`,
		[]byte(key), now.UnixMilli()).Scan(&p.Code.Code, instant{&p.Code.Expires})
	return p, none(err, central.ErrNotFound)
}

// Pair gives the kiosk behind a code to a room.
func (s *Store) Pair(ctx context.Context, organisation int64, room central.Room, kiosk, code string, now time.Time) (central.Room, error) {
	err := s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		var key []byte
		err := tx.QueryRowContext(ctx, `DELETE FROM pairings WHERE code = ?1 AND expires > ?2 RETURNING public_key`, code, now.UnixMilli()).Scan(&key)
		if err != nil {
			return none(err, central.ErrPairCode)
		}
		if room.ID == 0 {
			room, err = newRoom(ctx, tx, organisation, room.Name, now)
		} else {
			room, err = s.emptyRoom(ctx, tx, organisation, room.ID, now)
		}
		if err != nil {
			return err
		}
		room.Kiosk = central.Kiosk{ID: kiosk, Fingerprint: wire.Fingerprint(key), Paired: now}
		_, err = tx.ExecContext(ctx, `INSERT INTO kiosks (id, organisation, room, public_key, paired) VALUES (?1, ?2, ?3, ?4, ?5)`,
			kiosk, organisation, room.ID, key, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("add kiosk: %w", err)
		}
		return nil
	})
	return room, err
}

func newRoom(ctx context.Context, tx runner, organisation int64, name string, now time.Time) (central.Room, error) {
	room := central.Room{Organisation: organisation, Name: name, Since: now}
	err := tx.QueryRowContext(ctx, `
		INSERT INTO rooms (organisation, name, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING id`,
		organisation, name, now.UnixMilli()).Scan(&room.ID)
	return room, none(err, central.ErrTaken)
}

// emptyRoom returns the room with its kiosk, if it has one, revoked.
func (s *Store) emptyRoom(ctx context.Context, tx runner, organisation, id int64, now time.Time) (central.Room, error) {
	room := central.Room{ID: id, Organisation: organisation}
	err := tx.QueryRowContext(ctx, `SELECT name, since FROM rooms WHERE organisation = ?1 AND id = ?2`+s.engine.lock(),
		organisation, id).Scan(&room.Name, instant{&room.Since})
	if err != nil {
		return room, none(err, central.ErrNotFound)
	}
	err = revoke(ctx, tx, organisation, id, now)
	return room, instead(err, central.ErrNotFound, nil)
}

// Unpair revokes the room's kiosk.
func (s *Store) Unpair(ctx context.Context, organisation, room int64, now time.Time) error {
	return s.engine.write(ctx, func(ctx context.Context, tx runner) error {
		return revoke(ctx, tx, organisation, room, now)
	})
}

func revoke(ctx context.Context, tx runner, organisation, room int64, now time.Time) error {
	r, err := tx.ExecContext(ctx, `
		UPDATE kiosks SET revoked = ?3, changes = changes + 1 WHERE organisation = ?1 AND room = ?2 AND revoked IS NULL`,
		organisation, room, now.UnixMilli())
	return changed(r, err, central.ErrNotFound)
}
