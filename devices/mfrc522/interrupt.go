package mfrc522

import "periph.io/x/conn/v3/gpio"

// armInterrupt lets the chip pull its interrupt pin for an answer, an error or
// its timer, and finds out whether the pin follows: the timer's flag is raised
// by hand.
func (d *Device) armInterrupt() error {
	pin := d.bus.Interrupt()
	if !pin.Arm() {
		return nil
	}
	follows := true
	for _, try := range []struct {
		flags byte
		want  gpio.Level
	}{{irqClearAll, gpio.High}, {irqSet | irqTimer, gpio.Low}, {irqClearAll, gpio.High}} {
		if err := d.registers.write("arm", set(comIEnReg, irqLow|irqRx|irqErr|irqTimer), set(comIrqReg, try.flags)); err != nil {
			return err
		}
		follows = follows && pin.Low() == (try.want == gpio.Low)
	}
	pin.Trust(follows)
	return nil
}
