package iso14443a

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCRC_OfRealTraces(t *testing.T) {
	for data, want := range map[string]string{
		"5000": "57cd", "e080": "3173", "3004": "26ee",
		"08": "b6dd", "04": "da17", "20": "fc70", "24": "d836", "00": "fe51",
		"9370b0bb890486": "3d30", "937088048d2425": "6aba", "957032273b80ae": "caf4",
		"937008dfbff29a":             "d37d",
		"6a02c801000300027900000000": "c2d8",
	} {
		if got := CRC(unhex(t, data)); hex.EncodeToString(got[:]) != want {
			t.Errorf("CRC(%s) = %x, want %s", data, got, want)
		}
	}
}

func TestBCC_OfRealTraces(t *testing.T) {
	for part, want := range map[string]byte{
		"b0bb8904": 0x86, "88048d24": 0x25, "32273b80": 0xae, "8804a81d": 0x39, "12de5f80": 0x13, "08dfbff2": 0x9a,
	} {
		if got := BCC([4]byte(unhex(t, part))); got != want {
			t.Errorf("BCC(%s) = %02x, want %02x", part, got, want)
		}
	}
}

// script is a Transceiver that plays one conversation: pairs of what must be
// sent and what is answered, "-" for silence.
type script struct {
	t     *testing.T
	lines [][2]string
}

func (s *script) Transceive(_ context.Context, f Frame) (Response, error) {
	s.t.Helper()
	if len(s.lines) == 0 {
		s.t.Fatalf("sent % x, want nothing", f.Data)
	}
	line := s.lines[0]
	s.lines = s.lines[1:]
	if !bytes.Equal(f.Data, unhex(s.t, line[0])) {
		s.t.Fatalf("sent % x, want %s", f.Data, line[0])
	}
	if line[1] == "-" {
		return Response{}, ErrNoAnswer
	}
	a := Response{Data: unhex(s.t, line[1])}
	if f.Want != len(a.Data) {
		s.t.Fatalf("awaits %d bytes after %s, want %d", f.Want, line[0], len(a.Data))
	}
	return a, nil
}

func TestSelect_RealTraces(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines [][2]string
		uid   string
		sak   SAK
	}{
		{"4 bytes", [][2]string{
			{"52", "0400"}, {"9320", "b0bb890486"}, {"9370b0bb8904863d30", "08b6dd"},
		}, "b0bb8904", 0x08},
		{"7 bytes, level 1 says cascade and layer 4", [][2]string{
			{"52", "4403"}, {"9320", "88048d2425"}, {"937088048d24256aba", "24d836"},
			{"9520", "32273b80ae"}, {"957032273b80aecaf4", "20fc70"},
		}, "048d2432273b80", 0x20},
		{"Ultralight", [][2]string{
			{"52", "4400"}, {"9320", "8804a81d39"}, {"93708804a81d39" + crcOf("93708804a81d39"), "04da17"},
			{"9520", "12de5f8013"}, {"957012de5f8013" + crcOf("957012de5f8013"), "00fe51"},
		}, "04a81d12de5f80", 0x00},
		{"phone", [][2]string{
			{"52", "0400"}, {"9320", "08dfbff29a"}, {"937008dfbff29ad37d", "20fc70"},
		}, "08dfbff2", 0x20},
		{"10 bytes", [][2]string{
			{"52", "8400"}, {"9320", "88010203" + "88"}, {"9370880102038" + "8" + crcOf("937088010203"+"88"), "04da17"},
			{"9520", "88040506" + "8f"}, {"957088040506" + "8f" + crcOf("957088040506"+"8f"), "04da17"},
			{"9720", "0708090a0c"}, {"97700708090a0c" + crcOf("97700708090a0c"), "20fc70"},
		}, "0102030405060708090a", 0x20},
		{"frames that are lost on the way there", [][2]string{
			{"52", "4400"}, {"9320", "-"}, {"9320", "88048d2425"}, {"937088048d24256aba", "-"}, {"937088048d24256aba", "24d836"},
			{"9520", "-"}, {"9520", "32273b80ae"}, {"957032273b80aecaf4", "-"}, {"957032273b80aecaf4", "00fe51"},
		}, "048d2432273b80", 0x00},
		{"4 bytes that begin like a cascade", [][2]string{
			{"52", "0400"}, {"9320", "88010203" + "88"}, {"937088010203" + "88" + crcOf("937088010203"+"88"), "08b6dd"},
		}, "88010203", 0x08},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{t: t, lines: tt.lines}
			if err := Request(t.Context(), s, WUPA); err != nil {
				t.Fatal(err)
			}
			card, err := Select(t.Context(), s, WUPA)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(card.UID.Bytes(), unhex(t, tt.uid)) || card.SAK != tt.sak {
				t.Errorf("read %x with SAK %02x, want %s with %02x", card.UID.Bytes(), card.SAK, tt.uid, tt.sak)
			}
			if len(s.lines) != 0 {
				t.Errorf("%d frames were not sent", len(s.lines))
			}
		})
	}
}

func crcOf(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err) // a typo in the table
	}
	c := CRC(b)
	return hex.EncodeToString(c[:])
}

func TestReselect_WithoutAnticollision(t *testing.T) {
	uid, err := NewUID(unhex(t, "08dfbff2"))
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, lines: [][2]string{{"937008dfbff29ad37d", "20fc70"}}}
	if err := Reselect(t.Context(), s, uid); err != nil {
		t.Error(err)
	}
}

func TestHalt_NoAnswerMeansHalted(t *testing.T) {
	s := &script{t: t, lines: [][2]string{{"500057cd", "-"}}}
	if err := Halt(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestSelect_RefusesPartialUIDs(t *testing.T) {
	level1 := [2]string{"9320", "88048d2425"}
	chosen := "937088048d24256aba"
	for name, lines := range map[string][][2]string{
		"wrong BCC":                  {{"9320", "88048d2426"}},
		"four bytes for five":        {{"9320", "88048d24"}},
		"wrong CRC after SAK":        {level1, {chosen, "24d837"}},
		"SAK without CRC":            {level1, {chosen, "24"}},
		"silence at level 2":         {level1, {chosen, "24d836"}, {"9520", "-"}, {"9520", "-"}},
		"cascade without its tag":    {{"9320", "b0bb890486"}, {"9370b0bb8904863d30", "04da17"}},
		"silence at the selection":   {level1, {chosen, "-"}, {chosen, "-"}},
		"level 2 with a wrong BCC":   {level1, {chosen, "24d836"}, {"9520", "32273b80af"}},
		"level 2 selection is wrong": {level1, {chosen, "24d836"}, {"9520", "32273b80ae"}, {"957032273b80aecaf4", "20fc71"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &lenient{script{t: t, lines: lines}}
			card, err := Select(t.Context(), s, WUPA)
			if !OfCard(err) || card != (Target{}) {
				t.Errorf("gave %x, %v; want nothing and an error of the card", card.UID.Bytes(), err)
			}
		})
	}
}

// lenient lets answers have any length.
type lenient struct{ script }

func (l *lenient) Transceive(ctx context.Context, f Frame) (Response, error) {
	if line := l.lines[0]; line[1] != "-" {
		f.Want = len(line[1]) / 2
	}
	return l.script.Transceive(ctx, f)
}

func TestParseATQA_Exactly16Bits(t *testing.T) {
	for _, tt := range []struct {
		a    Response
		good bool
	}{
		{Response{Data: []byte{4, 0}}, true},
		{Response{Data: []byte{4}}, false},
		{Response{}, false},
		{Response{Data: []byte{4, 0}, LastBits: 5}, false},
		{Response{Data: []byte{4, 0, 0}}, false},
		{Response{Data: []byte{4, 0}, Collision: 7}, true}, // cards of two sizes
	} {
		if err := ParseATQA(tt.a); (err == nil) != tt.good || err != nil && !errors.Is(err, ErrGarbled) {
			t.Errorf("ParseATQA(%+v) = %v", tt.a, err)
		}
	}
}

func TestUID_NeverPrinted(t *testing.T) {
	uid, err := NewUID([]byte{0xDE, 0xAD, 0xBE, 0xEF})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d"} {
		if got := fmt.Sprintf(verb, uid); got != "[card]" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if got := fmt.Sprintf("%+v", Target{UID: uid}); strings.Contains(strings.ToLower(got), "de") {
		t.Errorf("a card prints %s", got)
	}
}

func TestNewUID_Lengths(t *testing.T) {
	for n := range 12 {
		uid, err := NewUID(make([]byte, n))
		if good := n == 4 || n == 7 || n == 10; (err == nil) != good || good && len(uid.Bytes()) != n {
			t.Errorf("NewUID of %d bytes: %v", n, err)
		}
	}
}
