package outbox

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Told tells whether a cell has been written, with a number or without.
func (t *Tx) Told(ctx context.Context, c kiosk.Cell) (bool, error) {
	_, known, err := t.read(ctx, c)
	return known, err
}

// VisitsOf returns the visits of each part of a day as the cells of all epochs tell them:
// badge visits and guests. They stay when the rows that they were counted from go.
func VisitsOf(ctx context.Context, q sqlrow.Querier, day count.Day) (map[count.Part]int64, error) {
	visits := make(map[count.Part]int64)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (part count.Part, err error) {
		var n int64
		err = row.Scan(&part, &n)
		visits[part] = n
		return part, err
	}, `SELECT part, sum(n) FROM cell WHERE period = ?1 AND measure IN (?2, ?3) AND n IS NOT NULL GROUP BY part`,
		day.String(), count.MeasureBadgeVisits, count.MeasureGuests)
	if err != nil {
		return nil, fmt.Errorf("read visits of %s: %w", day, err)
	}
	return visits, nil
}
