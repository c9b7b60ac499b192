package uid

import (
	"encoding/hex"
	"testing"
)

// Only a UID of four bytes is drawn for the moment: a longer one that begins
// with 08 is a badge like any other (ISO/IEC 14443-3, table 5).
func TestUID_RandomIsFourBytesFromEight(t *testing.T) {
	for text, want := range map[string]bool{
		"08dfbff2":             true,
		"08000000":             true,
		"88010203":             false,
		"0408dfbf":             false,
		"088d2432273b80":       false,
		"08020304050607080a0b": false,
	} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		uid, err := New(raw)
		if err != nil {
			t.Fatal(err)
		}
		if uid.Random() != want {
			t.Errorf("%s is random: %v", text, uid.Random())
		}
	}
}
