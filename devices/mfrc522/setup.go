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
	// fieldRise is what a card may need from field to first request
	// (ISO/IEC 14443-3, 6.1).
	fieldRise = 5 * time.Millisecond
)

// The chip's timer: a tick of (2*prescaler+1)/13.56 MHz = 4.94 us, and
// reload+1 ticks = 301 us, which covers the start of any answer to REQA, WUPA,
// ANTICOLLISION and SELECT: it stops with the fifth bit (data sheet 8.5).
const (
	timerAuto      = 0x80 // TModeReg b7: starts by itself when a frame was sent
	timerPrescaler = 33
	timerReload    = 60
	timerSpan      = 301 * time.Microsecond
)

// want is a register's value as it must read back, in the bits that count.
// Only defined bits are looked at: what reserved ones read is a chip's own
// affair.
type want struct {
	reg         register
	mask, value byte
	vital       bool // without it no card is read
}

func (w want) met(got byte) bool { return got&w.mask == w.value&w.mask }

// wants is what the chip was told, and what the health watch compares.
func wants(version byte, gain int) []want {
	return []want{
		{versionReg, 0xFF, version, true},
		{txControlReg, fieldOn, fieldOn, true},
		{tModeReg, timerAuto, timerAuto, true},
		{modeReg, 0xAB, 0x3D, false},
		{txASKReg, 0x40, 0x40, false},
		{rfCfgReg, gainMask, byte(gain << 4), false},
		{status2Reg, crypto1On, 0, true},
	}
}

// Check reads in one frame what shows that the chip still is as it was set up:
// a brown-out or a discharge puts registers back to their reset values and the
// field off. Any difference is [iso14443a.ErrChip], or [ErrNoChip] when only
// 00 or FF comes back.
func (d *Device) Check(context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	got, err := d.readBack("check", d.wanted)
	if err != nil {
		return err
	}
	for i, w := range d.wanted {
		if !w.met(got[i]) {
			return w.differs("check", got[i])
		}
	}
	return nil
}

// adopt reads back what was just set. A clone may not keep every register; as
// long as it keeps the vital ones, what it reads is what is compared later.
func (d *Device) adopt() error {
	list := wants(d.version, d.options.Gain)
	got, err := d.readBack("read back", list)
	if err != nil {
		return err
	}
	var odd []string
	for i, w := range list {
		switch {
		case w.met(got[i]):
		case w.vital:
			return w.differs("read back", got[i])
		default:
			odd = append(odd, w.reg.String())
			list[i].value = got[i]
		}
	}
	if len(odd) > 0 && !d.odd {
		d.odd = true
		d.options.Log.Warn("reader chip does not keep every setting; going on", "registers", odd)
	}
	d.wanted = list
	return nil
}

func (d *Device) readBack(step string, list []want) ([]byte, error) {
	regs := make([]register, len(list))
	for i, w := range list {
		regs[i] = w.reg
	}
	got, err := d.bus.read(step, regs...)
	if err != nil {
		return nil, err
	}
	if silent(got[0]) {
		return nil, fmt.Errorf("%s: %w: VersionReg reads %02X", step, ErrNoChip, got[0])
	}
	return got, nil
}

func (w want) differs(step string, got byte) error {
	return fmt.Errorf("mfrc522: %s: %w: %s reads %02X, want %02X in %02X",
		step, iso14443a.ErrChip, w.reg, got, w.value, w.mask)
}

func (d *Device) setUp(ctx context.Context) error {
	if err := d.reset(ctx); err != nil {
		return err
	}
	err := d.bus.write("set up",
		set(txModeReg, 0x00), // 106 kBd, no CRC: it is made here
		set(rxModeReg, 0x00),
		set(modWidthReg, 0x26),
		set(txASKReg, 0x40), // 100 % ASK, as type A wants
		set(modeReg, 0x3D),  // CRC preset 6363
		set(tModeReg, timerAuto),
		set(tPrescalerReg, timerPrescaler),
		set(tReloadHighReg, timerReload>>8),
		set(tReloadLowReg, timerReload&0xFF),
		set(collReg, 0x00), // bits after a collision read 0
		set(rfCfgReg, byte(d.options.Gain<<4)|rfCfgLow),
	)
	if err != nil {
		return err
	}
	if err := d.switchOn(ctx); err != nil {
		return err
	}
	return d.adopt()
}

// reset soft-resets the chip and waits until it answers sanely.
func (d *Device) reset(ctx context.Context) error {
	if err := d.bus.write("reset", set(commandReg, cmdSoftReset)); err != nil {
		return err
	}
	for deadline := time.Now().Add(resetDeadline); ; {
		if err := wait(ctx, resetPoll); err != nil {
			return fmt.Errorf("mfrc522: reset: %w", err)
		}
		got, err := d.bus.read("reset", commandReg, versionReg)
		if err != nil {
			return err
		}
		command, version := got[0], got[1]
		late := time.Now().After(deadline)
		switch {
		case silent(version):
			if late {
				return fmt.Errorf("reset: %w: VersionReg reads %02X", ErrNoChip, version)
			}
		case command&powerDown != 0:
			if late {
				return fmt.Errorf("mfrc522: reset: %w: CommandReg reads %02X", iso14443a.ErrChip, command)
			}
		case command&cmdMask == 0 || late:
			// A chip that forgets to clear the command is ready all the same.
			d.greet(version)
			return nil
		}
	}
}

// greet remembers the version and says once what kind of chip it is.
func (d *Device) greet(version byte) {
	if version == d.version {
		return
	}
	d.version = version
	model, known := models[version]
	if !known {
		model = "unknown"
	}
	log := d.options.Log.With("version", fmt.Sprintf("%02X", version), "model", model)
	if version == 0x91 || version == 0x92 {
		log.Info("reader chip found")
		return
	}
	log.Warn("reader chip is no genuine MFRC522; going on")
}

// switchOn switches the field on; finding it on already is success.
func (d *Device) switchOn(ctx context.Context) error {
	got, err := d.bus.read("field on", txControlReg)
	if err != nil {
		return err
	}
	if err := d.bus.write("field on", set(txControlReg, got[0]|fieldOn)); err != nil {
		return err
	}
	if err := wait(ctx, fieldRise); err != nil {
		return fmt.Errorf("mfrc522: field on: %w", err)
	}
	return nil
}

// silent tells a bus on which nobody drives MISO from a chip's version.
func silent(version byte) bool { return version == 0x00 || version == 0xFF }
