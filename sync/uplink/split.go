package uplink

import (
	"context"
	"fmt"

	"example.org/inloop/sync/wire"
)

// splitRequest follows a request that the centre, by its signature, refused whole: its
// counts are sent again in smaller ones, until the count that the centre cannot
// read stands alone. That one is set aside, so that it never holds up the
// others; but only when a request without any count is taken. Else the fault is
// elsewhere, and every count of the room would end up aside one by one.
//
// An unsigned refusal must not get here: the centre may have taken the request
// before, and another body with its token would then look like a second kiosk.
func (u *Uplink) splitRequest(ctx context.Context, upload Upload, a answer) outcome {
	if err := u.store.Requeue(ctx); err != nil {
		return outcome{failed: fmt.Errorf("requeue upload: %w", err)}
	}
	switch n := len(upload.Cells); {
	case n > 1:
		u.batch = (n + 1) / 2
		u.log.Warn("request refused: sending fewer counts at once", "counts", u.batch, "why", refusal(a))
		return outcome{}
	case n == 1:
		u.suspect, u.batch = &upload.Cells[0], 0
		return outcome{}
	}
	u.show(reasonRefused)
	return outcome{failed: refusal(a)}
}

// requestTaken follows a request that was taken: a suspect was at fault, and the next
// request may hold more.
func (u *Uplink) requestTaken(ctx context.Context, sent int) error {
	if u.suspect != nil && sent == 0 {
		c := *u.suspect
		if err := u.store.SetAside(ctx, c, wire.Code(wire.RefusalMalformed)); err != nil {
			return fmt.Errorf("set count aside: %w", err)
		}
		u.log.Warn("count set aside", "epoch", c.Epoch, "period", c.Period, "measure", c.Measure, "part", c.Part)
		u.suspect = nil
	}
	u.batch = min(max(2*u.batch, 1), wire.MaxRows)
	return nil
}
