package workbench

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"example.org/inloop/devices/ntag"
	"example.org/inloop/kiosk/keyring"
)

// Keys tells the keys that one NTAG 424 DNA is to be given, so that the room can
// take it for a badge that cannot be copied. It asks for the tag and prints them
// on a terminal alone; file is the room's key file.
func (w *Workbench) Keys(ctx context.Context, file string) error {
	if !terminal(w.out) {
		return w.wrong("paper", nil)
	}
	keys, err := w.roomKeys(file)
	if err != nil {
		return err
	}
	c, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // the tag was read
	card, err := w.badge(ctx, c)
	if err != nil {
		return err
	}
	if len(card.UID.Bytes()) != 7 || !card.SAK.SpeaksBlocks() {
		return w.wrong("tag", nil)
	}
	own := ntag.Key(keys.Tag()).Of(card.UID)
	fmt.Fprintf(w.out, "SDMMetaReadKey  %s\nSDMFileReadKey  %s\n", hex.EncodeToString(own.Meta[:]), hex.EncodeToString(own.File[:]))
	w.note("keys", nil)
	return nil
}

// roomKeys reads the room's key file and makes none: a tag that was given the
// keys of another is lost to the room.
func (w *Workbench) roomKeys(file string) (keyring.Keys, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return keyring.Keys{}, w.wrong("key", map[string]any{"File": file})
	}
	keys, err := keyring.Load(file)
	if err != nil {
		return keys, fmt.Errorf("key file: %w", err)
	}
	return keys, nil
}
