package outbox

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Stage writes down beside the cells of one part of a day by how much a list will
// change them, in place of what was written there before.
func (t *Tx) Stage(ctx context.Context, list int64, at kiosk.DayPart, by map[count.Measure]int64) error {
	_, err := t.ExecContext(ctx, `UPDATE import_cell SET n = 0 WHERE batch = ?1 AND epoch = ?2 AND period = ?3 AND part = ?4`,
		list, at.Epoch, at.Day.String(), at.Part)
	for measure, n := range by {
		if err == nil && n != 0 {
			_, err = t.ExecContext(ctx, `INSERT INTO import_cell (batch, epoch, period, part, measure, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
				ON CONFLICT DO UPDATE SET n = excluded.n`, list, at.Epoch, at.Day.String(), at.Part, measure, n)
		}
	}
	if err != nil {
		return fmt.Errorf("stage cells: %w", err)
	}
	return nil
}

// Shift changes all cells at once by what was staged of a list: as it comes with a sign
// of 1, as it goes with -1. A cell that was none before the list is none after it, unless
// its day was closed out meanwhile.
func (t *Tx) Shift(ctx context.Context, list int64, sign int) error {
	no, err := t.change(ctx)
	if err != nil {
		return err
	}
	const sameCell = `c.epoch = import_cell.epoch AND c.period = import_cell.period AND c.part = import_cell.part AND c.measure = import_cell.measure`
	if sign > 0 {
		_, err = t.ExecContext(ctx, `UPDATE import_cell SET fresh = 1 WHERE batch = ?1 AND NOT EXISTS (
			SELECT 1 FROM cell c WHERE `+sameCell+` AND c.n IS NOT NULL)`, list)
	}
	if err == nil {
		_, err = t.ExecContext(ctx, `
			INSERT INTO cell (epoch, period, measure, part, n, change, stage)
			SELECT epoch, period, measure, part, n * ?3, ?2, ?4 FROM import_cell WHERE batch = ?1 AND n <> 0
			ON CONFLICT (epoch, period, part, measure) DO UPDATE SET n = coalesce(n, 0) + excluded.n, change = excluded.change,
			stage = CASE WHEN stage <> ?4 AND `+isFrozen+` THEN ?5 ELSE excluded.stage END`, list, no, sign, stageWaits, stageReleased)
	}
	if err == nil && sign < 0 {
		_, err = t.ExecContext(ctx, `
			UPDATE cell SET n = NULL FROM import_cell i WHERE i.batch = ?1 AND i.fresh = 1 AND cell.n = 0
			AND cell.epoch = i.epoch AND cell.period = i.period AND cell.part = i.part AND cell.measure = i.measure
			AND NOT EXISTS (SELECT 1 FROM cell o WHERE o.period = i.period AND o.measure = ?2 AND o.part = '' AND o.epoch = i.epoch AND o.n = 1)`,
			list, count.MeasureOpen)
	}
	if err != nil {
		return fmt.Errorf("shift cells: %w", err)
	}
	return nil
}
