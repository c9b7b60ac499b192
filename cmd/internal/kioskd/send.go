package kioskd

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"sync"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// startUplink makes the line to the centre, when there is one.
func (r *Daemon) startUplink() error {
	if r.cfg.Central == "" {
		return nil
	}
	keys, err := sqlite.LoadKeysOf(r.cfg.Data, r.cfg.Key)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	show := func(h wire.Health) { r.board.Set(h.Part, kiosk.Level(h.Level), h.Reason) }
	u, err := NewUplink(r.Store, r.cfg.Clock, uplink.Config{
		Key: keys.Signing(), URL: r.cfg.Central, Health: func() []wire.Health { return healthOf(r.board.All()) },
		Trust: func() int { return int(r.Store.Trust()) }, Anchor: r.anchor, Log: r.cfg.Log,
		OnHealth: func(h wire.Health) { show(h); r.changed() }, Addresses: addresses, Timing: uplink.Timing{Grid: r.cfg.Grid},
	})
	if err != nil {
		return fmt.Errorf("%w: --central: %w", ErrConfig, err)
	}
	show(u.Health()) // OnHealth hears of changes only
	r.uplink.Store(u)
	return nil
}

// reds remembers which parts are red.
type reds struct {
	mu    sync.Mutex
	parts map[string]bool
}

// turned takes how the parts are doing now, and tells whether one is red that was
// not.
func (r *reds) turned(all []kiosk.Health) (news bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.parts
	r.parts = map[string]bool{}
	for _, h := range all {
		if h.Level == kiosk.LevelRed {
			r.parts[h.Part] = true
			news = news || !was[h.Part]
		}
	}
	return news
}

// addresses returns those by which this machine can be reached over a network
// that is there: of what is up, has a carrier and is not the machine itself.
func addresses() (all []netip.Addr) {
	links, err := net.Interfaces()
	if err != nil {
		return nil
	}
	const there = net.FlagUp | net.FlagRunning
	for _, link := range links {
		if link.Flags&there != there || link.Flags&net.FlagLoopback != 0 {
			continue
		}
		its, err := link.Addrs()
		if err != nil {
			continue
		}
		for _, a := range its {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil {
				all = append(all, prefix.Addr())
			}
		}
	}
	return all
}

// send runs the line until ctx ends.
func (r *Daemon) send(ctx context.Context) {
	if err := r.uplink.Load().Run(ctx); err != nil {
		r.cfg.Log.Error("line to the centre", "err", err)
	}
}

// flush sends what is left, within the room's last words. What cannot be sent
// is kept and goes with the next start.
func (r *Daemon) flush(ctx context.Context) {
	u := r.uplink.Load()
	if u == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := u.Flush(ctx); err != nil {
		r.cfg.Log.Warn("last upload; it goes with the next start", "err", err)
	}
}

// Code is the pairing code that the kiosk shows, empty when none is open.
func (r *Daemon) Code() string {
	u := r.uplink.Load()
	if u == nil {
		return ""
	}
	return u.Code()
}

// sending tells the volunteers' page how the uploads are doing.
type sending struct{ *Daemon }

// Sending is the store's account of it, and the code of an open pairing.
func (s sending) Sending(ctx context.Context) (kiosk.Sending, error) {
	store, u := s.opened.Load(), s.uplink.Load()
	if store == nil || u == nil {
		return kiosk.Sending{}, fs.ErrClosed
	}
	now, err := store.Sending(ctx)
	if err == nil && !now.Paired {
		now.Code, now.Check = u.Code(), u.Fingerprint()
	}
	now.Asks = u.Asks()
	return now, err
}

// PairAnew goes on with the centre because a volunteer said so.
func (s sending) PairAnew(ctx context.Context) error {
	u := s.uplink.Load()
	if u == nil {
		return fs.ErrClosed
	}
	return u.PairAnew(ctx)
}
