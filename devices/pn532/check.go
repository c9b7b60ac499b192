package pn532

import (
	"context"
	"fmt"

	"example.org/inloop/devices/iso14443a"
)

// Check finds out whether the chip still answers: a listing that waits for a
// card looks like a chip that has died. It costs nothing where a listing is
// ready; else the listing is ended, and begun anew by the next [Device.Scan].
// Its errors are [ErrNoChip], [iso14443a.ErrChip] and the bus's own.
func (d *Device) Check(ctx context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	if d.pending {
		ready, err := d.lookReady()
		if err != nil {
			return err
		}
		if ready {
			if d.bell.works && !d.bell.rings() {
				d.bell.giveUp("the pin went quiet")
			}
			return nil
		}
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	d.single = !d.single
	firmware, err := d.askFirmware(ctx)
	if err != nil {
		return err
	}
	if firmware != d.firmware {
		return fmt.Errorf("pn532: check: %w: another firmware version answers", iso14443a.ErrChip)
	}
	return nil
}

// Refresh resets the chip where the pin is wired, else ends what it is doing,
// sets it up anew and switches the field off and on, against a receiver that has gone deaf, which no command shows.
// Its errors are those of [Device.Open].
func (d *Device) Refresh(ctx context.Context) error {
	if d.bus == nil {
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
