package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
)

var (
	// errStillThere undoes the tap of a badge that lay there since before a start.
	errStillThere = errors.New("badge lies there since before the start")
	// errOnceMore undoes the tap of a badge that may have.
	errOnceMore = errors.New("unknown badge lies there at the start")
)

// presented is errStillThere for a badge that lay there at a start and was
// tapped before, today or among the last few: it was left on the reader. A
// badge of which no tap is known is somebody who was quicker than the reader.
// Of one that is nobody's nothing is kept overnight: once the room has been
// visited it is to be laid down once more, which a badge that was left does not.
func (t *txn) presented(ctx context.Context, c card, tap kiosk.Tap) error {
	if !tap.AtStart {
		return nil
	}
	var known, visited bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM tap WHERE mac = CAST(?1 AS BLOB)), EXISTS (SELECT 1 FROM visit)`, c.mac).Scan(&known, &visited)
	switch {
	case err != nil:
		return fmt.Errorf("look up earlier taps: %w", err)
	case known:
		return errStillThere
	case visited && c.kind == kiosk.BadgeUnknown:
		return errOnceMore
	}
	return nil
}
