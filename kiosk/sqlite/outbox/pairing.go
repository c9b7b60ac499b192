package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Pairing returns what the kiosk knows of its centre, or kiosk.ErrNotPaired.
func (o *Outbox) Pairing(ctx context.Context) (kiosk.Pairing, error) {
	var p kiosk.Pairing
	var at sql.NullInt64
	err := o.link(ctx, `SELECT kiosk, room, server_key, url, paired_ms FROM link WHERE kiosk <> ''`, &p.Kiosk, &p.Room, &p.ServerKey, &p.URL, &at)
	if errors.Is(err, kiosk.ErrNotFound) {
		return p, kiosk.ErrNotPaired
	}
	p.At = sqlrow.Time(at, o.zone)
	return p, err
}

// SetPairing keeps a new centre. All counts are to be sent to it, whatever an
// earlier centre held; but what the very same centre knows better than the room
// stays with it.
func (o *Outbox) SetPairing(ctx context.Context, p kiosk.Pairing) error {
	err := o.write(ctx, func(ctx context.Context, t *Tx, now kiosk.Moment) error {
		err := sqlrow.One(ctx, t, `UPDATE link SET kiosk = ?1, room = ?2, server_key = ?3, url = ?4, paired_ms = ?5, token = '',
				held_rev = CASE WHEN held_key = ?3 THEN held_rev ELSE 0 END, last_ms = CASE WHEN held_key = ?3 THEN last_ms END,
				heard = CASE WHEN held_key = ?3 THEN heard ELSE 0 END, doubt_boot = '', ended_day = 0`,
			p.Kiosk, p.Room, p.ServerKey, p.URL, sqlrow.NullMillis(p.At))
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `
			UPDATE cell SET refused_rev = 0, refused = '', acked_rev = CASE WHEN acked_rev > 0 AND `+isFrozen+`
				AND (SELECT held_key = server_key FROM link) THEN rev ELSE 0 END`); err != nil {
			return err
		}
		if !p.Said.IsZero() {
			if _, err := t.hear(ctx, p.Said, now, o.zone); err != nil {
				return err
			}
		}
		return t.requeue(ctx)
	})
	if err != nil {
		return fmt.Errorf("set pairing: %w", err)
	}
	return nil
}

// ForgetPairing ends what the room has with its centre: the token and the
// request on its way go too. The epoch goes on and all counts stay, for nothing
// was lost. ErrNotPaired when there is none.
func (o *Outbox) ForgetPairing(ctx context.Context) error {
	return o.do(ctx, "forget pairing", func(ctx context.Context, t *Tx) error {
		err := sqlrow.One(ctx, t, `UPDATE link SET kiosk = '', room = '', server_key = NULL, url = '', paired_ms = NULL, token = '' WHERE kiosk <> ''`)
		if errors.Is(err, kiosk.ErrNotFound) {
			return kiosk.ErrNotPaired
		}
		if err != nil {
			return err
		}
		return t.requeue(ctx)
	})
}
