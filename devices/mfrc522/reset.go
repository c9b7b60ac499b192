package mfrc522

import (
	"context"
	"fmt"
	"time"

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

// reset resets the chip, by its pin where that is wanted and can be, waits until
// it answers sanely and gives its version.
func (d *Device) reset(ctx context.Context, hard bool) (version byte, err error) {
	pulsed := false
	if hard {
		if pulsed, err = d.bus.PulseReset(ctx, resetPulse, resetPulse); err != nil {
			return 0, err
		}
	}
	if !pulsed {
		if err := d.registers.write("reset", set(commandReg, cmdSoftReset)); err != nil {
			return 0, err
		}
	}
	return d.awaitReset(ctx)
}

// awaitReset polls the chip until its reset is over.
func (d *Device) awaitReset(ctx context.Context) (version byte, err error) {
	for deadline := d.clock.Now().Add(resetDeadline); ; {
		if err := d.clock.Sleep(ctx, resetPoll); err != nil {
			return 0, fmt.Errorf("mfrc522: reset: %w", err)
		}
		got, err := d.registers.read("reset", commandReg, versionReg)
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

// adoptVersion remembers the version and says once what kind of chip it is.
func (d *Device) adoptVersion(version byte) {
	if version == d.version {
		return
	}
	d.version = version
	log := d.log.With("version", fmt.Sprintf("%02X", version), "model", model(version))
	if genuine(version) {
		log.Info("reader chip found")
		return
	}
	log.Warn("reader chip is no genuine MFRC522; going on")
}
