package mfrc522

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"example.org/inloop/devices/iso14443a"
)

const (
	// resetDeadline is far above the 38 us of the data sheet (8.8.2): clones
	// and weak supplies need longer.
	resetDeadline = 150 * time.Millisecond
	resetPoll     = time.Millisecond
	// resetPulse is far above the 100 ns of the data sheet (8.8.1).
	resetPulse = time.Millisecond
)

// reset resets the chip, by its pin where that is wanted and wired, waits until
// it answers sanely and gives its version.
func (d *Device) reset(ctx context.Context, hard bool) (version byte, err error) {
	if hard && d.options.Reset != nil {
		if err := d.pulse(ctx); err != nil {
			return 0, err
		}
	} else if err := d.bus.write("reset", set(commandReg, cmdSoftReset)); err != nil {
		return 0, err
	}
	for deadline := d.clock.Now().Add(resetDeadline); ; {
		if err := d.clock.Sleep(ctx, resetPoll); err != nil {
			return 0, fmt.Errorf("mfrc522: reset: %w", err)
		}
		got, err := d.bus.read("reset", commandReg, versionReg)
		if err != nil {
			return 0, err
		}
		command, version := got[0], got[1]
		late := d.clock.Now().After(deadline)
		switch {
		case silent(version):
			if late {
				return 0, fmt.Errorf("mfrc522: reset: %w: VersionReg reads %02X", ErrNoChip, version)
			}
		case command&powerDown != 0:
			if late {
				return 0, fmt.Errorf("mfrc522: reset: %w: CommandReg reads %02X", iso14443a.ErrChip, command)
			}
		case command&cmdMask == 0 || late:
			// A chip that forgets to clear the command is ready all the same.
			return version, nil
		}
	}
}

// pulse pulls the reset pin. One that cannot be driven now is tried again at
// the next opening, since it may hold the chip in reset.
func (d *Device) pulse(ctx context.Context) error {
	for _, level := range []gpio.Level{gpio.Low, gpio.High} {
		if err := d.options.Reset.Out(level); err != nil {
			_ = d.options.Reset.Out(gpio.High)
			if !d.stuck {
				d.stuck = true
				d.options.Log.Warn("reader's reset pin cannot be driven; going on without it", "err", err)
			}
			return d.bus.write("reset", set(commandReg, cmdSoftReset))
		}
		if err := d.clock.Sleep(ctx, resetPulse); err != nil {
			_ = d.options.Reset.Out(gpio.High) // not to be left in reset
			return fmt.Errorf("mfrc522: reset: %w", err)
		}
	}
	d.stuck = false
	return nil
}

// greet remembers the version and says once what kind of chip it is.
func (d *Device) greet(version byte) {
	if version == d.version {
		return
	}
	d.version = version
	log := d.options.Log.With("version", fmt.Sprintf("%02X", version), "model", model(version))
	if genuine(version) {
		log.Info("reader chip found")
		return
	}
	log.Warn("reader chip is no genuine MFRC522; going on")
}
