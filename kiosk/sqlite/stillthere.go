package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
)

// errStillThere undoes the tap of a badge that lay there since before a start.
var errStillThere = errors.New("badge lies there since before the start")

// presented is errStillThere for a badge that lay there at a start and was
// tapped before, today or among the last few: it was left on the reader. A
// badge of which no tap is known is somebody who was quicker than the reader.
func (t *txn) presented(ctx context.Context, c card, tap kiosk.Tap) error {
	if !tap.AtStart {
		return nil
	}
	var known bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM tap WHERE mac = CAST(?1 AS BLOB))`, c.mac).Scan(&known)
	if err != nil {
		return fmt.Errorf("look up earlier taps: %w", err)
	}
	if known {
		return errStillThere
	}
	return nil
}
