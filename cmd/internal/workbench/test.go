package workbench

import (
	"context"
	"errors"
	"fmt"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/pn532"
)

const (
	findAttempts = 20                    // of the badge that lies there
	weakBelow    = findAttempts * 9 / 10 // found again so seldom, it is held badly
)

// Test goes through everything that can be wrong with a reader. It prints a line
// for each thing that was looked at, and what to touch for the first that is
// wrong: then it gives ErrReader. Beside a running kiosk, which drives the chip, it
// prints what that says of it.
func (w *Workbench) Test(ctx context.Context) error {
	if w.busy {
		return w.askKiosk(ctx)
	}
	chip, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = chip.Close() }() // what was found counts
	w.ok("port", map[string]any{"Port": w.wiring.SPI})
	if err := w.describe(ctx, chip); err != nil {
		return err
	}
	if err := w.tryCard(ctx, chip); err != nil {
		return err
	}
	w.ok("done", nil)
	return nil
}

// describe says what chip there is and how it runs.
func (w *Workbench) describe(ctx context.Context, c chip) error {
	switch c := c.(type) {
	case *mfrc522.Device:
		return w.describeMFRC522(ctx, c)
	case *pn532.Device:
		return w.describePN532(ctx, c)
	}
	return nil
}

func (w *Workbench) describeMFRC522(ctx context.Context, c *mfrc522.Device) error {
	r, err := c.Details()
	if err != nil {
		return fmt.Errorf("ask the reader: %w", err)
	}
	w.ok("chip", map[string]any{"Model": r.Model, "Version": fmt.Sprintf("%02X", r.Version)})
	if !r.Genuine() {
		w.note("clone", nil)
	}
	w.tellSpeed(r.Configured, r.Speed)
	if r.Batches {
		w.ok("batches", nil)
	} else {
		w.note("single", nil)
	}
	if err := w.selfTest(ctx, c); err != nil {
		return err
	}
	w.ok("gain", map[string]any{"Gain": wiring.Gain(r.Gain)})
	return w.tellField(ctx, c, r.IRQ)
}

func (w *Workbench) describePN532(ctx context.Context, c *pn532.Device) error {
	r, err := c.Details()
	if err != nil {
		return fmt.Errorf("ask the reader: %w", err)
	}
	w.ok("chip", map[string]any{"Model": "PN532", "Version": fmt.Sprintf("%d.%d", r.Firmware[1], r.Firmware[2])})
	w.tellSpeed(r.Configured, r.Speed)
	if err := w.selfTest(ctx, c); err != nil {
		return err
	}
	return w.tellField(ctx, c, r.IRQ)
}

func (w *Workbench) tellSpeed(configured, runs physic.Frequency) {
	if runs < configured {
		w.note("slower", map[string]any{"Configured": configured.String(), "Speed": runs.String()})
	} else {
		w.ok("speed", map[string]any{"Speed": runs.String()})
	}
}

func (w *Workbench) selfTest(ctx context.Context, c chip) error {
	err := c.SelfTest(ctx)
	switch {
	case err == nil:
		w.ok("selftest", nil)
		return nil
	case errors.Is(err, mfrc522.ErrSelfTest):
		w.note("selftest", nil)
		return nil
	}
	w.log.Error("self test", "err", err)
	return w.explain(ctx, err)
}

func (w *Workbench) tellField(ctx context.Context, c chip, irq bool) error {
	if err := c.Check(ctx); err != nil {
		w.log.Error("check", "err", err)
		return w.explain(ctx, err)
	}
	w.ok("field", nil)
	switch {
	case irq:
		w.ok("irq", nil)
	case w.wiring.IRQ != "":
		w.note("irq", map[string]any{"Pin": w.wiring.IRQ})
	}
	return nil
}

// tryCard asks for a badge and sees how well it is held.
func (w *Workbench) tryCard(ctx context.Context, chip chip) error {
	card, err := w.badge(ctx, chip)
	if err != nil {
		return err
	}
	found := 0
	for range findAttempts {
		s, err := chip.Find(ctx, card.UID)
		if err != nil {
			return fmt.Errorf("find the badge again: %w", err)
		}
		if s.Presence == iso14443a.PresenceSeen {
			found++
		}
	}
	data := map[string]any{"Bytes": len(card.UID.Bytes()), "Found": found, "Tries": findAttempts}
	w.ok("card", data)
	if found < weakBelow {
		w.note("weak", data)
	}
	if card.UID.Random() {
		w.note("random", nil)
	}
	return nil
}
