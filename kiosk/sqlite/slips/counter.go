package slips

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// PeriodCounter counts what a room brings to a period that rooms count together.
type PeriodCounter interface {
	EnoughBadges(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (bool, error)
	Settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error)
}

// WithSlips is a PeriodCounter that adds the slips of a year to what another one counts.
type WithSlips struct {
	PeriodCounter
	Keys keyring.Keys
}

// Settle settles the period, and with a year its slips in the same transaction: what was
// typed goes into the numbers, and from then on nothing can be typed any more.
func (c WithSlips) Settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error) {
	numbers, err := c.PeriodCounter.Settle(ctx, tx, p)
	if err != nil || p.Year() == "" {
		return numbers, err
	}
	first, _, err := p.Year().Span()
	if err != nil {
		return nil, fmt.Errorf("settle slips: %w", err)
	}
	year, _, _ := first.Civil()
	y, err := Read(ctx, tx, c.Keys, year)
	if err != nil {
		return nil, err
	}
	for m, n := range map[count.Measure]int{
		count.MeasureSlipN: y.Totals.Slips, count.MeasureSlipOutsideYes: y.Totals.OutsideYes, count.MeasureSlipOutsideNo: y.Totals.OutsideNo,
		count.MeasureSlipHelpYes: y.Totals.HelpYes, count.MeasureSlipHelpNo: y.Totals.HelpNo,
		count.MeasureSlipRooms1: y.Totals.Rooms1, count.MeasureSlipRooms2: y.Totals.Rooms2, count.MeasureSlipRooms3: y.Totals.Rooms3,
	} {
		numbers[count.PoolItem{Period: p.Year(), Measure: m}] = int64(n)
	}
	return numbers, Settle(ctx, tx, year)
}
