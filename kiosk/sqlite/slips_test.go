package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/slips"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

func TestSlips_TypedAgainUntilTheYearIsSettled(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	ctx := t.Context()
	first := kiosk.SlipTotals{Slips: 40, OutsideYes: 25, OutsideNo: 10, HelpYes: 30, HelpNo: 10, Rooms1: 25, Rooms2: 12, Rooms3: 3}
	r.must(r.TypeSlips(ctx, r.by, 2026, first))
	second := first
	second.Slips = 41
	r.must(r.TypeSlips(ctx, r.by, 2026, second))
	if y, err := r.Slips(ctx, 2026); err != nil || y.Totals != second || !y.Typed || y.Settled {
		t.Errorf("typed again: %+v, %v", y, err)
	}
	r.must(r.undoLast())
	if y, err := r.Slips(ctx, 2026); err != nil || y.Totals != first {
		t.Errorf("undone: %+v, %v", y, err)
	}

	r.must(r.withTx(ctx, func(ctx context.Context, tx *txn) error { return slips.Settle(ctx, tx, 2026) }))
	if err := r.TypeSlips(ctx, r.by, 2026, second); !errors.Is(err, kiosk.ErrSettled) {
		t.Errorf("typed after it was settled: %v", err)
	}
	if err := r.undoLast(); err == nil {
		if y, _ := r.Slips(ctx, 2026); y.Typed {
			t.Error("undoing typed a settled year")
		}
	}
	if y, err := r.Slips(ctx, 2026); err != nil || y.Totals != (kiosk.SlipTotals{}) || !y.Settled {
		t.Errorf("settled: %+v, %v", y, err)
	}
}

func TestSlips_FewerThanFiveAreNone(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.must(r.TypeSlips(t.Context(), r.by, 2026, kiosk.SlipTotals{Slips: 4, OutsideYes: 4}))
	if y, err := r.Slips(t.Context(), 2026); err != nil || y.Totals != (kiosk.SlipTotals{}) || !y.Typed {
		t.Errorf("%+v, %v", y, err)
	}
}

func TestSlips_OfWhichYear(t *testing.T) {
	r := newRoom(t, "2027-01-12")
	some := kiosk.SlipTotals{Slips: 7}
	for year, want := range map[int]error{2028: kiosk.ErrFuture, 2027: nil, 2026: nil, 2025: kiosk.ErrTooOld} {
		if err := r.TypeSlips(t.Context(), r.by, year, some); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", year, err, want)
		}
	}
}

// Who finds the card reads no room's answers on it.
func TestSlips_AreSealed(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.must(r.TypeSlips(t.Context(), r.by, 2026, kiosk.SlipTotals{Slips: 40, OutsideYes: 25}))
	r.must(r.Close())
	file, err := os.ReadFile(Path(r.cfg.Dir))
	r.must(err)
	if bytes.Contains(file, []byte("outside_yes")) {
		t.Error("totals stand in clear")
	}
}

// justCounts is what a room brings beside its slips.
type justCounts struct{}

func (justCounts) EnoughBadges(context.Context, sqlrow.Querier, count.PoolPeriod) (bool, error) {
	return true, nil
}

func (justCounts) Settle(_ context.Context, _ sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error) {
	return map[count.PoolItem]int64{{Period: p.Quarter(), Measure: count.MeasureReachN}: 60}, nil
}

func TestSlips_GoIntoTheYearsRoundOnce(t *testing.T) {
	r := newRoom(t, "2027-01-12")
	ctx := t.Context()
	typed := kiosk.SlipTotals{Slips: 40, OutsideYes: 25, OutsideNo: 10, HelpYes: 30, HelpNo: 9, Rooms1: 25, Rooms2: 12, Rooms3: 3}
	r.must(r.TypeSlips(ctx, r.by, 2026, typed))
	c := slips.WithSlips{PeriodCounter: justCounts{}, Keys: r.cfg.Keys}
	settle := func(p count.PoolPeriod) (numbers map[count.PoolItem]int64) {
		r.must(r.withTx(ctx, func(ctx context.Context, tx *txn) (err error) {
			numbers, err = c.Settle(ctx, tx, p)
			return err
		}))
		return numbers
	}
	if got := settle("2026Q3"); len(got) != 1 {
		t.Errorf("a quarter without its year has slips: %v", got)
	}
	got := settle("2026Q4+2026")
	for m, want := range map[count.Measure]int64{
		count.MeasureSlipN: 40, count.MeasureSlipOutsideYes: 25, count.MeasureSlipOutsideNo: 10, count.MeasureSlipHelpYes: 30,
		count.MeasureSlipHelpNo: 9, count.MeasureSlipRooms1: 25, count.MeasureSlipRooms2: 12, count.MeasureSlipRooms3: 3,
	} {
		if n := got[count.PoolItem{Period: "2026", Measure: m}]; n != want {
			t.Errorf("%s is %d, want %d", m, n, want)
		}
	}
	if err := r.TypeSlips(ctx, r.by, 2026, typed); !errors.Is(err, kiosk.ErrSettled) {
		t.Errorf("typed after the round: %v", err)
	}
	r.must(r.TypeSlips(ctx, r.by, 2027, typed))
}
