package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

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
	if errors.Is(err, fs.ErrNotExist) {
		return w.wrong("key", map[string]any{"File": s.Key})
	}
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	c, err := w.open()
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // the tag was read
	card, err := w.badge(c)
	if err != nil {
		return err
	}
	if len(card.UID.Bytes()) != 7 || !card.SAK.SpeaksBlocks() {
		return w.wrong("tag", nil)
	}
	own := ntag.Key(keys.Tag()).Of(card.UID)
	fmt.Fprintf(a.out, "SDMMetaReadKey  %s\nSDMFileReadKey  %s\n", hex.EncodeToString(own.Meta[:]), hex.EncodeToString(own.File[:]))
	w.note("keys", nil)
	return nil
}
