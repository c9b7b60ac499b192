package isodep

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
)

// script is a card that answers each block as it is told: "want>answer" in hex
// without CRC_A, nothing after > for silence, ! before an answer for a CRC_A
// that is wrong.
type script struct {
	t     *testing.T
	lines []string
}

func (s *script) Transceive(_ context.Context, f iso14443a.Frame) (iso14443a.Response, error) {
	s.t.Helper()
	sent := hex.EncodeToString(f.Data[:len(f.Data)-2])
	if iso14443a.CRC(f.Data[:len(f.Data)-2]) != [2]byte(f.Data[len(f.Data)-2:]) {
		s.t.Errorf("%s goes out with a wrong CRC_A", sent)
	}
	if len(s.lines) == 0 {
		s.t.Fatalf("%s goes out after the end", sent)
	}
	want, answer, _ := strings.Cut(s.lines[0], ">")
	s.lines = s.lines[1:]
	if sent != want {
		s.t.Errorf("%s goes out, want %s", sent, want)
	}
	if answer == "" {
		return iso14443a.Response{}, iso14443a.ErrNoAnswer
	}
	answer, wrong := strings.CutPrefix(answer, "!")
	data, err := hex.DecodeString(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	data = iso14443a.AppendCRC(data)
	if wrong {
		data[0] ^= 1
	}
	return iso14443a.Response{Data: data}, nil
}

const (
	rats    = "e050>0675777102" + "80"
	select1 = "00a4"
)

func TestAPDU_FollowsTheBlockRules(t *testing.T) {
	long := strings.Repeat("aa", 70)
	for _, tt := range []struct {
		name  string
		lines []string
		apdu  string
		want  string // "" for an error
	}{
		{"one block each way", []string{rats, "0200a4>029000"}, select1, "9000"},
		{"the answer is lost: asked for", []string{rats, "0200a4>", "b2>029000"}, select1, "9000"},
		{"the answer is damaged: asked for", []string{rats, "0200a4>!029000", "b2>029000"}, select1, "9000"},
		{"the block is lost: sent again", []string{rats, "0200a4>", "b2>a3", "0200a4>029000"}, select1, "9000"},
		{"lost too often", []string{rats, "0200a4>", "b2>", "b2>"}, select1, ""},
		{"more time", []string{rats, "0200a4>f203", "f203>f201", "f201>029000"}, select1, "9000"},
		{"more time, and the grant is lost", []string{rats, "0200a4>f203", "f203>", "b2>029000"}, select1, "9000"},
		{"an answer in pieces", []string{rats, "0200a4>120102", "a3>130304", "a2>029000"}, select1, "010203049000"},
		{"a piece is lost", []string{rats, "0200a4>120102", "a3>", "a3>03039000"}, select1, "0102039000"},
		{"a command in pieces", []string{rats, "12" + long[:122] + ">a2", "03" + long[122:] + ">039000"}, long, "9000"},
		{"an answer without a status", []string{rats, "0200a4>0290"}, select1, ""},
		{"a block of the other number", []string{rats, "0200a4>039000", "b2>039000", "b2>039000"}, select1, ""},
		{"no ATS", []string{"e050>"}, select1, ""},
		{"an ATS of another length", []string{"e050>07757771028" + "0"}, select1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{t: t, lines: tt.lines}
			apdu, err := hex.DecodeString(tt.apdu)
			if err != nil {
				t.Fatal(err)
			}
			got, err := New(s, clock.System{}).APDU(t.Context(), apdu)
			if hex.EncodeToString(got) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("%x, %v; want %q", got, err, tt.want)
			}
			if err != nil && !iso14443a.OfCard(err) {
				t.Errorf("%v is no error of the card", err)
			}
			if len(s.lines) > 0 {
				t.Errorf("not sent: %v", s.lines)
			}
		})
	}
}

func TestClose_DeselectsOrHalts(t *testing.T) {
	l := New(&script{t: t, lines: []string{"5000>"}}, clock.System{})
	if err := l.Close(t.Context()); err != nil {
		t.Errorf("a card of plain commands: %v", err)
	}
	l = New(&script{t: t, lines: []string{rats, "0200a4>029000", "c2>", "c2>c2", "5000>"}}, clock.System{})
	if _, err := l.APDU(t.Context(), []byte{0, 0xA4}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Command(t.Context(), []byte{0x3C, 0}, 32); !errors.Is(err, iso14443a.ErrGarbled) {
		t.Errorf("a plain command in between: %v", err)
	}
	for range 2 {
		if err := l.Close(t.Context()); err != nil {
			t.Errorf("a card of blocks: %v", err)
		}
	}
}

func TestCommand_LengthAndCheckBytes(t *testing.T) {
	for _, tt := range []struct {
		line string
		ok   bool
	}{{"3c00>0102", true}, {"3c00>010203", false}, {"3c00>01", false}, {"3c00>!0102", false}, {"3c00>", false}} {
		got, err := New(&script{t: t, lines: []string{tt.line}}, clock.System{}).Command(t.Context(), []byte{0x3C, 0}, 2)
		if (err == nil) != tt.ok || err == nil && !bytes.Equal(got, []byte{1, 2}) {
			t.Errorf("%s: %x, %v", tt.line, got, err)
		}
	}
}

func TestParseATS_ByItsFields(t *testing.T) {
	for _, tt := range []struct {
		ats  string
		want ats // zero for what is garbled
	}{
		{"01", ats{32, unit << 4, 0}},
		{"067577810280", ats{64, unit << 8, unit << 1}}, // an NTAG 424
		{"0278", ats{}},
		{"0575778002", ats{64, unit << 8, 0}},
		{"0570f0f002", ats{16, unit << 4, 0}},
		{"0378f0", ats{}},
		{"00", ats{}},
		{"", ats{}},
	} {
		b, err := hex.DecodeString(tt.ats)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseATS(b)
		if tt.want == (ats{}) {
			if !errors.Is(err, iso14443a.ErrGarbled) {
				t.Errorf("%s: %+v, %v; want it garbled", tt.ats, got, err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.ats, got, err, tt.want)
		}
	}
}

// noise is a card that answers anything, with a good CRC_A mostly.
type noise struct {
	data   []byte
	frames int
}

func (n *noise) Transceive(context.Context, iso14443a.Frame) (iso14443a.Response, error) {
	n.frames++
	if len(n.data) == 0 {
		return iso14443a.Response{}, iso14443a.ErrNoAnswer
	}
	size := min(int(n.data[0]&0x0F)+1, len(n.data))
	block := append([]byte(nil), n.data[:size]...)
	n.data = n.data[size:]
	if block[0] != 0x55 {
		block = iso14443a.AppendCRC(block)
	}
	return iso14443a.Response{Data: block}, nil
}

func FuzzAPDU(f *testing.F) {
	f.Add([]byte{0x05, 0x75, 0x77, 0x71, 0x02, 0x80, 0x02, 0x90, 0x00})
	f.Add(bytes.Repeat([]byte{0xF2, 0x01, 0xF2}, 100))
	f.Add(bytes.Repeat([]byte{0x12, 0x01, 0x13}, 400))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := &noise{data: data}
		l := New(n, stopped{})
		response, err := l.APDU(t.Context(), []byte{0, 0xB0, 0, 0, 0})
		if err == nil && len(response) < 2 {
			t.Errorf("a response of %d bytes", len(response))
		}
		if n.frames > mostResponse*mostWaits*mostErrors {
			t.Errorf("%d frames for one command", n.frames)
		}
		_ = l.Close(t.Context()) // noise may say whatever it likes
	})
}

// stopped is a clock on which waits take no time.
type stopped struct{ clock.System }

func (stopped) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
