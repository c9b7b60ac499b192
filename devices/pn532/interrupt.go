package pn532

import "context"

// proveInterrupt finds out whether the interrupt pin follows the chip: it is low
// while the chip has something to say (user manual 3.1.3.1).
func (d *Device) proveInterrupt(ctx context.Context) error {
	pin := d.bus.Interrupt()
	if !pin.Arm() {
		return nil
	}
	follows := !pin.Low()
	d.busy = true
	if err := d.write(command(getFirmwareVersion)); err != nil {
		return err
	}
	for _, size := range []int{ackSize, 4 + overhead} { // the acknowledgement, the answer
		if err := d.clock.Sleep(ctx, turn); err != nil {
			return err
		}
		if err := d.await(ctx, within); err != nil {
			return err
		}
		follows = follows && pin.Low()
		if _, err := d.read(size); err != nil {
			return err
		}
	}
	d.busy = false
	if err := d.clock.Sleep(ctx, turn); err != nil { // for the pin to rise
		return err
	}
	pin.Trust(follows && !pin.Low())
	return nil
}
