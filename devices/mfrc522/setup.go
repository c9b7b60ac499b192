package mfrc522

import (
	"context"
	"fmt"
	"time"
)

// fieldRise is what a card may need from field to first request
// (ISO/IEC 14443-3, 6.1).
const fieldRise = 5 * time.Millisecond

// The chip's timer: a tick of (2*prescaler+1)/13.56 MHz = 4.94 us, and
// reload+1 ticks = 301 us, which covers the start of any answer to REQA, WUPA,
// ANTICOLLISION and SELECT: it stops with the fifth bit (data sheet 8.5).
const (
	timerAuto      = 0x80 // TModeReg b7: starts by itself when a frame was sent
	timerPrescaler = 33
	timerReload    = 60
	timerSpan      = 301 * time.Microsecond
)

// setUp tells a chip that was reset what it needs for cards of type A, and
// switches the field on.
func (d *Device) setUp(ctx context.Context) error {
	err := d.registers.write("set up",
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
		set(rfCfgReg, byte(d.gain<<4)|rfCfgLow),
	)
	if err != nil {
		return err
	}
	if err := d.armInterrupt(); err != nil {
		return err
	}
	if err := d.switchOn(ctx); err != nil {
		return err
	}
	return d.adopt()
}

// switchOn switches the field on; finding it on already is success.
func (d *Device) switchOn(ctx context.Context) error {
	got, err := d.registers.read("field on", txControlReg)
	if err != nil {
		return err
	}
	if err := d.registers.write("field on", set(txControlReg, got[0]|fieldOn)); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, fieldRise); err != nil {
		return fmt.Errorf("mfrc522: field on: %w", err)
	}
	return nil
}
