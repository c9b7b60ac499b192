package kioskd

import (
	"context"
	"time"

	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/pooling"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/pool/poolwire"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// pools is a room's part in counting together as uplink knows it.
type pools struct{ *sqlite.Store }

var _ uplink.Pools = pools{}

func (p pools) PoolRequest(ctx context.Context) (*wire.PoolRequest, error) {
	a, err := p.PoolAsking(ctx)
	if err != nil {
		return nil, err
	}
	r := &wire.PoolRequest{Known: a.Known}
	if a.Ready != nil {
		ready := poolwire.Ready(*a.Ready)
		r.Ready = &ready
	}
	if a.Share != nil {
		share := poolwire.Share(*a.Share)
		r.Share = &share
	}
	if a.Result != nil {
		result := poolwire.Result(*a.Result)
		r.Result = &result
	}
	return r, nil
}

func (p pools) PoolAnswered(ctx context.Context, a wire.PoolAnswer, at time.Time) (refused bool, err error) {
	said := pooling.Saying{Hash: a.Hash, At: at}
	if said.Heard, err = poolwire.HeardOf(a); err != nil {
		return false, err
	}
	for _, peer := range a.Peers {
		id, err := poolwire.IdentityOf(peer.Identity)
		if err != nil {
			return false, err
		}
		said.Peers = append(said.Peers, pool.Peer{Kiosk: peer.Kiosk, Room: peer.Room, Identity: id})
	}
	for _, t := range a.Results {
		told := pooling.ToldResult{Rooms: t.Rooms, Due: t.Due}
		if told.Day, err = count.ParseDay(string(t.Date)); err != nil {
			return false, err
		}
		if told.Teller, err = poolwire.IdentityOf(t.Teller); err != nil {
			return false, err
		}
		if told.Result, err = poolwire.ResultOf(t.Result); err != nil {
			return false, err
		}
		said.Told = append(said.Told, told)
	}
	return p.HearPool(ctx, said)
}
