package pn532

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"example.org/inloop/devices/iso14443a"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCommand_Frames(t *testing.T) {
	for want, got := range map[string][]byte{
		"0000ff02fed4022a00":         command(getFirmwareVersion),
		"0000ff05fbd4140114010200":   command(samConfiguration, 0x01, 0x14, 0x01),
		"0000ff04fcd44a0200e000":     command(inListPassiveTarget, mostTargets, typeA),
		"0000ff06fad43205ff01fff600": command(rfConfiguration, retriesItem, 0xFF, 0x01, forEver),
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("%x, want %s", got, want)
		}
	}
	uid, err := iso14443a.NewUID(unhex(t, "048d2432273b80"))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(initiator(uid)); got != "88048d2432273b80" {
		t.Errorf("a UID to be listed for is %s", got)
	}
}

func TestResponse_Frames(t *testing.T) {
	const firmware = "06fad50332010607e800"
	for _, tt := range []struct {
		name, frame, want string
		err               error
	}{
		{"two zeros before", "0000ff" + firmware, "32010607", nil},
		{"one", "00ff" + firmware, "32010607", nil},
		{"many, and noise", "aa5500000000ff" + firmware, "32010607", nil},
		{"no postamble was read", "0000ff06fad50332010607e8", "32010607", nil},
		{"extended", "0000ffffff0006fad50332010607e800", "32010607", nil},
		{"wrong length checksum", "0000ff06fbd50332010607e800", "", errDamaged},
		{"wrong checksum", "0000ff06fad50332010607e900", "", errDamaged},
		{"a flipped bit", "0000ff06fad50332010617e800", "", errDamaged},
		{"cut short", "0000ff06fad5033201", "", shortError{12}},
		{"cut before its length", "0000ff06", "", shortError{9}},
		{"nothing", "000000000000", "", errDamaged},
		{"an acknowledgement", "0000ff00ff00", "", errDamaged},
		{"not understood", "0000ff01ff7f8100", "", iso14443a.ErrChip},
		{"another command's", "0000ff02fed5151600", "", iso14443a.ErrChip},
		{"our own", "0000ff02fed4022a00", "", iso14443a.ErrChip},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := response(unhex(t, tt.frame), getFirmwareVersion)
			if hex.EncodeToString(got) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%x, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestIsACK_WhateverLeadsIt(t *testing.T) {
	for frame, want := range map[string]bool{
		"0000ff00ff00": true, "00ff00ff0000": true, "000000ff00ff": true, "ffffffffffff": false,
		"0000ffff0000": false, "000000000000": false, "0000ff06fad5": false,
	} {
		if got := isACK(unhex(t, frame)); got != want {
			t.Errorf("%s is an acknowledgement: %v", frame, got)
		}
	}
}

func TestTargets_ToTheByte(t *testing.T) {
	const four = "0100040804b0bb8904"
	for _, tt := range []struct {
		name, data string
		want       int // -1 for garbled
	}{
		{"nobody", "00", 0},
		{"4 bytes", "01" + "0100040804b0bb8904", 1},
		{"7 bytes", "01" + "01004400" + "07048d2432273b80", 1},
		{"two", "02" + "0100040804b0bb8904" + "0200440007048d2432273b80", 2},
		{"with an ATS", "01" + "0103442007048d2432273b80" + "0675777102" + "80", 1},
		{"two, with an ATS each", "02" + "0103442007048d2432273b80" + "067577710280" + "0200042004b0bb8904" + "0278", 2},
		{"an ATS of a card that has none", "01" + "0100440007048d2432273b80" + "067577710280", -1},
		{"an ATS of no length", "01" + "0103442007048d2432273b80" + "00", -1},
		{"an ATS that is cut", "01" + "0103442007048d2432273b80" + "067577", -1},
		{"three", "03" + four + four + four, -1},
		{"half a UID", "01" + "0100040804b0bb89", -1},
		{"a UID of 5 bytes", "01" + "0100040805b0bb890401", -1},
		{"a UID of 8 bytes", "01" + "01004400088804" + "8d2432273b80", -1},
		{"one more than it says", "01" + "0100040804b0bb8904" + "00", -1},
		{"fewer than it says", "02" + "0100040804b0bb8904", -1},
		{"a SAK that goes on", "01" + "0100440407" + "048d2432273b80", -1},
		{"nothing", "", -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := targets(unhex(t, tt.data))
			if tt.want < 0 {
				if !errors.Is(err, iso14443a.ErrGarbled) {
					t.Errorf("%d targets, %v; want it garbled", len(got), err)
				}
				return
			}
			if err != nil || len(got) != tt.want {
				t.Errorf("%d targets, %v; want %d", len(got), err, tt.want)
			}
		})
	}
}

func TestJudge_StatusOfTheAir(t *testing.T) {
	for status, want := range map[byte]error{
		0x00: nil, 0x40: nil, 0x01: iso14443a.ErrNoAnswer, 0x29: iso14443a.ErrNoAnswer, 0x02: iso14443a.ErrGarbled,
		0x03: iso14443a.ErrGarbled, 0x05: iso14443a.ErrGarbled, 0x0B: iso14443a.ErrGarbled, 0x0D: iso14443a.ErrChip, 0x2D: iso14443a.ErrChip,
	} {
		if _, more, err := judge([]byte{status, 1}); !errors.Is(err, want) || more != (status == 0x40) {
			t.Errorf("status %02X: %v, more %v", status, err, more)
		}
	}
	if _, _, err := judge(nil); !errors.Is(err, iso14443a.ErrChip) {
		t.Errorf("no status: %v", err)
	}
}

// Whatever comes off the bus: no panic, no frame with a wrong checksum, no half
// UID.
func FuzzResponse(f *testing.F) {
	f.Add(unhex(f, "0000ff06fad50332010607e800"))
	f.Add(unhex(f, "0000ff0ff1d54b010100440007048d2432273b804400"))
	f.Add(unhex(f, "0000ffffff0006fad50332010607e800"))
	f.Add(bytes.Repeat([]byte{0xFF}, 40))
	f.Fuzz(func(t *testing.T, b []byte) {
		data, lead, err := response(b, inListPassiveTarget)
		if err != nil {
			return
		}
		if lead < 0 || len(data) > len(b) {
			t.Fatalf("%d bytes of data, %d zeros before, of %d bytes", len(data), lead, len(b))
		}
		list, err := targets(data)
		if err != nil {
			return
		}
		if len(list) > mostTargets {
			t.Errorf("%d targets", len(list))
		}
		for _, target := range list {
			if n := len(target.card.UID.Bytes()); n != 4 && n != 7 && n != 10 {
				t.Errorf("a UID of %d bytes", n)
			}
		}
	})
}
