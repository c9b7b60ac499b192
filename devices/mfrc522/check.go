package mfrc522

import (
	"context"
	"fmt"
	"slices"

	"example.org/inloop/devices/iso14443a"
)

// want is a register's value as it must read back, in the bits that count.
// Only defined bits are looked at: reserved ones may read anything.
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
		{txModeReg, 0xF8, 0x00, false},
		{rxModeReg, 0xFC, 0x00, false},
		{modeReg, 0xAB, 0x3D, false},
		{txASKReg, 0x40, 0x40, false},
		{rfCfgReg, gainMask, byte(gain << 4), false},
		{status2Reg, crypto1On, 0, true},
	}
}

// Check reads in one frame what shows that the chip still is as it was set up:
// a brown-out or a discharge puts registers back to their reset values and the
// field off. Before it goes a new mark, since a chip that takes no writes any
// more still reads as it should. Any difference is [iso14443a.ErrChip], or
// [ErrNoChip] when only 00 or FF comes back.
func (d *Device) Check(context.Context) error {
	if !d.bus.IsOpen() {
		return ErrClosed
	}
	list := d.wanted
	if d.marked {
		mark, err := d.leaveMark("check")
		if err != nil {
			return err
		}
		list = slices.Concat(list, []want{mark})
	}
	got, err := d.readBack("check", list)
	if err != nil {
		return err
	}
	for i, w := range list {
		if !w.met(got[i]) {
			return w.differs("check", got[i])
		}
	}
	return nil
}

// leaveMark writes another number than before into a register that serves
// nothing else, and returns what it must read then.
func (d *Device) leaveMark(step string) (want, error) {
	d.mark = d.mark%waterMask + 1
	return want{waterLevelReg, waterMask, d.mark, false}, d.registers.write(step, set(waterLevelReg, d.mark))
}

// adopt reads back what was just set. A clone may not keep every register; as
// long as it keeps the vital ones, what it reads is what is compared later.
func (d *Device) adopt() error {
	mark, err := d.leaveMark("read back")
	if err != nil {
		return err
	}
	d.wanted = wants(d.version, d.gain)
	list := slices.Concat(d.wanted, []want{mark})
	got, err := d.readBack("read back", list)
	if err != nil {
		return err
	}
	var unset []string
	for i, w := range list {
		switch {
		case w.met(got[i]):
		case w.vital:
			return w.differs("read back", got[i])
		default:
			unset = append(unset, w.reg.String())
			list[i].value = got[i]
		}
	}
	if len(unset) > 0 && !d.unsetWarned {
		d.unsetWarned = true
		d.log.Warn("reader chip does not keep every setting; going on", "registers", unset)
	}
	d.wanted, d.marked = list[:len(d.wanted)], list[len(d.wanted)] == mark
	return nil
}

func (d *Device) readBack(step string, list []want) ([]byte, error) {
	regs := make([]register, len(list))
	for i, w := range list {
		regs[i] = w.reg
	}
	got, err := d.registers.read(step, regs...)
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

// silent tells a bus on which nobody drives MISO from a chip's version.
func silent(version byte) bool { return version == 0x00 || version == 0xFF }
