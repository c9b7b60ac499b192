package uplink

import (
	"context"
	"time"

	"example.org/inloop/sync/wire"
)

// Pools is a room's part in counting together with other rooms, in requests of version
// 2. It goes along with what is sent anyway: no request is made for it.
type Pools interface {
	// PoolRequest returns what the next request says of it.
	PoolRequest(ctx context.Context) (*wire.PoolRequest, error)
	// PoolAnswered takes what an answer said, signed at a time. refused tells that the room
	// does not do something that it was asked.
	PoolAnswered(ctx context.Context, a wire.PoolAnswer, at time.Time) (refused bool, err error)
}

// counted lets the room take what an answer said of counting together, and tells whether
// it refuses something. A fault is logged and no more: counts go on.
func (u *Uplink) counted(ctx context.Context, said wire.Answer) (refused bool) {
	if u.pools == nil || said.Pool == nil {
		return false
	}
	refused, err := u.pools.PoolAnswered(ctx, *said.Pool, said.Time)
	if err != nil {
		u.log.Error("counting together with other rooms", "err", err)
		return true
	}
	return refused
}
