package pn532

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// fresh is how long a listed card proves that the chip is well.
const fresh = time.Second

// Check finds out whether the chip still works: a listing that waits for a card
// looks like a chip that has died, and a chip whose supply dipped may answer and
// list nobody. It costs nothing where a card was listed within the last second,
// and one status where a listing is ready. Else the listing is ended, the chip
// is asked for its name and told its settings once more; the next look is by
// frames. The field stays as it is. Its errors are [ErrNoChip],
// [iso14443a.ErrChip] and the bus's own.
func (d *Device) Check(ctx context.Context) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	if d.pending {
		ready, err := d.lookReady()
		if err != nil {
			return err
		}
		if ready {
			if d.bus.Interrupt().Works() && !d.bus.Interrupt().Low() {
				d.bus.Interrupt().Distrust("the pin went quiet")
			}
			return nil
		}
	}
	if !d.heard.IsZero() && d.clock.Now().Sub(d.heard) < fresh {
		return nil
	}
	firmware, err := d.askFirmware(ctx)
	if err != nil {
		return err
	}
	if firmware != d.firmware {
		return fmt.Errorf("pn532: check: %w: another firmware version answers", iso14443a.ErrChip)
	}
	return d.configure(ctx)
}

// Refresh resets the chip where the pin is wired, else ends what it is doing,
// sets it up anew and switches the field off and on, against a receiver that has
// gone deaf, which no command shows. A phone that lies there takes a new UID.
// Its errors are those of [Device.Open].
func (d *Device) Refresh(ctx context.Context) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	if err := d.pulse(ctx); err != nil {
		return err
	}
	if err := d.rouse(ctx); err != nil {
		return err
	}
	if err := d.withoutSAM(ctx); err != nil {
		return err
	}
	return d.setUp(ctx)
}
