package uplink

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/wire"
)

// Comparisons finds out whether the centre holds what the room believes.
type Comparisons interface {
	// Stretches returns all that is to be compared on the day of a moment, without
	// sums; nothing when it was.
	Stretches(ctx context.Context, at time.Time) ([]wire.Checksum, error)
	// Narrow returns the parts of a stretch; one when it cannot be parted.
	Narrow(ctx context.Context, d wire.Checksum) ([]wire.Checksum, error)
	// Believed returns the cells of a stretch that the centre holds once it has
	// taken all that is unsent.
	Believed(ctx context.Context, d wire.Checksum) ([]wire.Cell, error)
	// Mend has sent again what is held in another way, and tells how many cells.
	Mend(ctx context.Context, d wire.Checksum, held []wire.Cell) (int, error)
	// Compared notes that all was compared on the day of a moment.
	Compared(ctx context.Context, at time.Time) error
}

// nextChecksum returns what the next request compares: one stretch each time, until all
// cells have had their turn that day. No request is made for it, and a difference
// waits for the next one too: so it is bounded whatever the centre says.
func (u *Uplink) nextChecksum(ctx context.Context) (*wire.Checksum, error) {
	if len(u.stretches) == 0 {
		all, err := u.store.Stretches(ctx, u.clock.Now().Wall)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		u.stretches = all
	}
	d := u.stretches[0]
	cells, err := u.store.Believed(ctx, d)
	if err != nil {
		return nil, err
	}
	d.Sum = wire.ChecksumOf(cells)
	return &d, nil
}

// compared follows what a signed answer says of the checksum in its request.
func (u *Uplink) compared(ctx context.Context, upload Upload, said wire.Answer) error {
	r, err := wire.Decode[wire.Request](upload.Body)
	if err != nil || r.Compare == nil {
		return nil // of a request that compared nothing
	}
	asked := *r.Compare
	asked.Sum = ""
	var rest []wire.Checksum // what is left of it
	switch said.Compared {
	case wire.ComparedListed:
		n, err := u.store.Mend(ctx, asked, said.Held)
		if err != nil {
			return err
		}
		if n > 0 {
			u.log.Warn("the centre held counts otherwise than the room: they are sent again", "counts", n, "epoch", asked.Epoch)
		}
	case wire.ComparedDiffers:
		if rest, err = u.store.Narrow(ctx, asked); err != nil {
			return err
		}
		if len(rest) < 2 {
			u.log.Warn("the centre holds more counts of a period than it can list", "epoch", asked.Epoch, "until", asked.Until)
			rest = nil
		}
	}
	if len(u.stretches) == 0 || u.stretches[0] != asked {
		return nil // the program was started meanwhile: it all begins anew
	}
	if u.stretches = append(rest, u.stretches[1:]...); len(u.stretches) > 0 {
		return nil
	}
	if err := u.store.Compared(ctx, u.clock.Now().Wall); err != nil {
		return fmt.Errorf("note what was compared: %w", err)
	}
	return nil
}
