package pooling

import (
	"context"

	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// LedgerCounter counts by the room's ledger.
type LedgerCounter struct {
	Rows func() ledger.Rows
}

// EnoughBadges is of Counter.
func (c LedgerCounter) EnoughBadges(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (bool, error) {
	l, err := c.Rows().Load(ctx, q)
	if err != nil {
		return false, err
	}
	return l.EnoughBadges(p)
}

// Settle is of Counter.
func (c LedgerCounter) Settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error) {
	l, err := c.Rows().Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	return l.Pooled(p)
}
