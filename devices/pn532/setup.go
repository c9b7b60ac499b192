package pn532

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	fieldFall = 6 * time.Millisecond // without field, after which cards forget
	fieldRise = 5 * time.Millisecond // what a card may need from field to first request
)

// setUp tells the chip what it needs for cards of type A.
func (d *Device) setUp(ctx context.Context) error {
	firmware, err := d.askFirmware(ctx)
	if err != nil {
		return err
	}
	d.adoptFirmware(firmware)
	if err := d.configure(ctx); err != nil {
		return err
	}
	if err := d.proveInterrupt(ctx); err != nil {
		return err
	}
	return d.cycleField(ctx)
}

// configure tells the chip all that it forgets when its supply dips. A chip
// that has not forgotten it takes no harm.
func (d *Device) configure(ctx context.Context) error {
	d.air = air{}
	if err := d.withoutSAM(ctx); err != nil {
		return err
	}
	// No RATS by itself: a card that has got one keeps silent at the next
	// listing.
	if _, err := d.call(ctx, within, 0, setParameters, 0x00); err != nil {
		return err
	}
	// A listing that stays until a card comes; it gives up nothing else.
	_, err := d.call(ctx, within, 0, rfConfiguration, retriesItem, 0xFF, 0x01, forEver)
	return err
}

// askFirmware gives the chip's name, version, revision and features.
func (d *Device) askFirmware(ctx context.Context) (v [4]byte, err error) {
	got, err := d.call(ctx, within, len(v), getFirmwareVersion)
	if err != nil {
		return v, err
	}
	if len(got) != len(v) {
		return v, fmt.Errorf("pn532: firmware version: %w: %d bytes, want %d", iso14443a.ErrChip, len(got), len(v))
	}
	return [4]byte(got), nil
}

// adoptFirmware remembers the chip and says once what it is.
func (d *Device) adoptFirmware(firmware [4]byte) {
	if firmware == d.firmware {
		return
	}
	d.firmware = firmware
	log := d.log.With("version", fmt.Sprintf("%d.%d", firmware[1], firmware[2]))
	if firmware[0] == ic {
		log.Info("reader chip found", "model", "PN532")
		return
	}
	log.Warn("reader chip is no PN532; going on", "ic", fmt.Sprintf("%02X", firmware[0]))
}

// ic is the PN532's name in its firmware version (user manual 7.2.2).
const ic = 0x32

// field switches the field (RFConfiguration item 1, user manual 7.3.1).
func (d *Device) field(ctx context.Context, on bool) error {
	v := byte(0)
	if on {
		v = fieldOn
	}
	_, err := d.call(ctx, within, 0, rfConfiguration, fieldItem, v)
	d.air.on = on && err == nil
	return err
}

// switchOn switches the field on and lets cards take power.
func (d *Device) switchOn(ctx context.Context) error {
	if err := d.field(ctx, true); err != nil {
		return err
	}
	return d.clock.Sleep(ctx, fieldRise)
}

// cycleField switches the field off and on: cards forget that they were halted.
func (d *Device) cycleField(ctx context.Context) error {
	if err := d.field(ctx, false); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, fieldFall); err != nil {
		return err
	}
	return d.switchOn(ctx)
}
