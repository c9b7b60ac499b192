package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"example.org/inloop/devices/ntag"
	"example.org/inloop/kiosk/sqlite"
)

// readerKeys tells the keys that one NTAG 424 DNA is to be given, so that the
// room can take it for a badge that cannot be copied.
type readerKeys struct{}

// Run asks for the tag and prints its keys, on a terminal alone.
func (*readerKeys) Run(a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	w, err := a.workbench()
	if err != nil {
		return err
	}
	if !terminal(a.out) {
		return w.wrong("paper", nil)
	}
	if err := want("key", s.Key); err != nil {
		return err
	}
	keys, err := sqlite.LoadKeys(s.Key)
	if err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	c, err := w.open()
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // the tag was read
	w.note("lay", map[string]any{"Seconds": int(layWithin.Seconds())})
	card, err := w.await(c)
	if errors.Is(err, context.DeadlineExceeded) {
		w.note("none", nil)
		return errReader
	}
	if err != nil {
		return fmt.Errorf("read the tag: %w", err)
	}
	if len(card.UID.Bytes()) != 7 || !card.SAK.SpeaksBlocks() {
		return w.wrong("tag", nil)
	}
	own := ntag.Key(keys.Tag()).Of(card.UID)
	fmt.Fprintf(a.out, "SDMMetaReadKey  %s\nSDMFileReadKey  %s\n", hex.EncodeToString(own.Meta[:]), hex.EncodeToString(own.File[:]))
	w.note("keys", nil)
	return nil
}
