package kioskd

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// startUplink makes the line to the centre, when there is one.
func (r *Kiosk) startUplink() error {
	if r.cfg.Central == "" {
		return nil
	}
	keys, err := sqlite.LoadKeysOf(r.cfg.Data, r.cfg.Key)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	show := func(h wire.Health) { r.board.Set(h.Part, kiosk.Level(h.Level), h.Reason) }
	r.uplink, err = NewUplink(r.Store, r.cfg.Clock, uplink.Config{
		Key: keys.Signing(), URL: r.cfg.Central, Health: func() []wire.Health { return healthOf(r.board.All()) },
		Trust: func() int { return int(r.Store.Trust()) }, Anchor: r.anchor, Log: r.cfg.Log,
		OnHealth: func(h wire.Health) { show(h); r.showDesk() },
	})
	if err != nil {
		return fmt.Errorf("%w: --central: %w", ErrConfig, err)
	}
	show(r.uplink.Health()) // OnHealth hears of changes only
	return nil
}

// send runs the line until ctx ends.
func (r *Kiosk) send(ctx context.Context) {
	if err := r.uplink.Run(ctx); err != nil {
		r.cfg.Log.Error("line to the centre", "err", err)
	}
}

// flush sends what is left, within the room's last words. What cannot be sent
// is kept and goes with the next start.
func (r *Kiosk) flush(ctx context.Context) {
	if r.uplink == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := r.uplink.Flush(ctx); err != nil {
		r.cfg.Log.Warn("last upload; it goes with the next start", "err", err)
	}
}

// Code is the pairing code that the kiosk shows, empty when none is open.
func (r *Kiosk) Code() string {
	if r.uplink == nil {
		return ""
	}
	return r.uplink.Code()
}

// sending tells the volunteers' page how the uploads are doing.
type sending struct{ *Kiosk }

// Sending is the store's account of it, and the code of an open pairing.
func (s sending) Sending(ctx context.Context) (kiosk.Sending, error) {
	now, err := s.Store.Sending(ctx)
	if err == nil && !now.Paired {
		now.Code, now.Check = s.uplink.Code(), s.uplink.Fingerprint()
	}
	return now, err
}
