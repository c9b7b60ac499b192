package ntag

import (
	"fmt"
	"io"
	"log/slog"

	"example.org/inloop/devices/iso14443a"
)

// Key is an AES-128 key. It prints as "[key]".
type Key [16]byte

// Format writes "[key]" whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[key]") }

// LogValue keeps the key out of structured logs.
func (Key) LogValue() slog.Value { return slog.StringValue("[key]") }

// TagKeys are those of one tag that its messages are made with.
type TagKeys struct {
	Meta Key // SDMMetaReadKey: hides UID and counter
	File Key // SDMFileReadKey: signs them
}

// Of gives the keys of one tag, diversified from the room's own (NXP AN10922):
// whoever takes the keys out of one tag has those of no other.
func (master Key) Of(uid iso14443a.UID) TagKeys {
	return TagKeys{Meta: master.diversify(uid, "inloop meta"), File: master.diversify(uid, "inloop file")}
}

// diversify is AES-128 key diversification (AN10922, 2.2): the CMAC of 01, the
// card's UID and what the key is for, padded to two blocks.
func (master Key) diversify(uid iso14443a.UID, purpose string) Key {
	input := append([]byte{0x01}, uid.Bytes()...)
	return master.macOf(append(input, purpose...), 32)
}
