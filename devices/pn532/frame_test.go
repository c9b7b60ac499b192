package pn532

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim/simtest"
)

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
}

func TestInitiator_UIDWithItsCascadeTags(t *testing.T) {
	for text, want := range map[string]string{
		"b0bb8904": "b0bb8904", "048d2432273b80": "88048d2432273b80", "0102030405060708090a": "880102038804050607" + "08090a",
	} {
		uid := simtest.UID(t, text)
		if got := hex.EncodeToString(initiator(uid)); got != want {
			t.Errorf("%s is listed as %s, want %s", text, got, want)
		}
	}
}

// A block of 256 bytes does not fit into a length of one byte.
func TestCommand_LongFrame(t *testing.T) {
	got := command(inCommunicateThru, make([]byte, 256)...)
	if want := simtest.Bytes(t, "0000ffffff0102fdd442"); !bytes.HasPrefix(got, want) || len(got) != len(want)+256+2 {
		t.Errorf("%d bytes that begin with %x, want %x", len(got), got[:10], want)
	}
	if rest := got[8:]; sum(rest) != 0 {
		t.Errorf("the checksum is off by %02X", sum(rest))
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
			got, _, err := response(simtest.Bytes(t, tt.frame), getFirmwareVersion)
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
		if got := isACK(simtest.Bytes(t, frame)); got != want {
			t.Errorf("%s is an acknowledgement: %v", frame, got)
		}
	}
}

func TestTargets_RefusesAListingThatDoesNotFit(t *testing.T) {
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
			got, err := targets(simtest.Bytes(t, tt.data))
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

func TestInterpret_StatusOfTheAir(t *testing.T) {
	wupa := iso14443a.Frame{Data: []byte{iso14443a.WUPA}, LastBits: 7, Want: 2}
	command := iso14443a.Frame{Data: []byte{0x93, 0x20}, Want: 5}
	const collides = iso14443a.UnknownPosition
	for _, tt := range []struct {
		name      string
		frame     iso14443a.Frame
		status    byte
		collision int
		err       error
	}{
		{"well", command, 0x00, 0, nil},
		{"silence", command, 0x01, 0, iso14443a.ErrNoAnswer},
		{"wrong CRC", command, 0x02, 0, iso14443a.ErrGarbled},
		{"wrong parity", command, 0x03, 0, iso14443a.ErrGarbled},
		{"wrong bits", command, 0x04, collides, nil},
		{"a collision", command, 0x06, collides, nil},
		{"a collision, with a flag beside", command, 0x46, collides, nil},
		{"protocol", command, 0x0B, 0, iso14443a.ErrGarbled},
		{"too hot", command, 0x0D, 0, iso14443a.ErrChip},
		{"too much current", command, 0x2D, 0, iso14443a.ErrChip},
		{"a request in silence", wupa, 0x01, 0, iso14443a.ErrNoAnswer},
		{"a request that several answer", wupa, 0x03, collides, nil},
		{"a request, too hot", wupa, 0x0D, 0, iso14443a.ErrChip},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := interpret([]byte{tt.status, 1}, tt.frame)
			if !errors.Is(err, tt.err) || a.Collision != tt.collision {
				t.Errorf("%+v, %v; want a collision of %d, %v", a, err, tt.collision, tt.err)
			}
		})
	}
	if _, err := interpret(nil, command); !errors.Is(err, iso14443a.ErrChip) {
		t.Errorf("no status: %v", err)
	}
}

func TestTimeoutCode_CoversWhatTheCardMayTake(t *testing.T) {
	for longest, want := range map[time.Duration]byte{
		0: 0x04, 800 * time.Microsecond: 0x04, 801 * time.Microsecond: 0x05, 5 * time.Millisecond: 0x07, 10 * time.Millisecond: 0x08,
		77 * time.Millisecond: 0x0B, time.Minute: 0x10,
	} {
		if got := timeoutCode(longest); got != want {
			t.Errorf("%v: %02X, want %02X", longest, got, want)
		}
	}
}

// Whatever comes off the bus: no panic, no frame with a wrong checksum, no half
// UID.
func FuzzResponse(f *testing.F) {
	f.Add(simtest.Bytes(f, "0000ff06fad50332010607e800"))
	f.Add(simtest.Bytes(f, "0000ff0ff1d54b010100440007048d2432273b804400"))
	f.Add(simtest.Bytes(f, "0000ffffff0006fad50332010607e800"))
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
		for _, card := range list {
			if n := len(card.UID.Bytes()); n != 4 && n != 7 && n != 10 {
				t.Errorf("a UID of %d bytes", n)
			}
		}
	})
}
