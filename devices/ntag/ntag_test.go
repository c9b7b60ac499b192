package ntag

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/url"
	"testing"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim/simtest"
)

// Three NTAG215 that NXP made.
var signed = [][2]string{
	{"04f437c2993c80", "4d5d1005fe28968b2b9a44288253d7d9e8833f3ce9c81c2144e1240eb822749f"},
	{"046d48b2973c81", "1ba06985bc35e5d6e35f942159be6b9ac9fac2a42844df9fad9eeb579652928d"},
	{"04d3c2a2993c80", "54ba0d35d2acc919914bc7ba73c4c75cfefedd416574d2d2482e4f8ca3293127"},
}

func TestVerify_TagsOfNXP(t *testing.T) {
	for i, v := range signed {
		u, s := simtest.UID(t, v[0]), [32]byte(simtest.Bytes(t, v[1]))
		if err := Verify(u, s); err != nil {
			t.Errorf("tag %d: %v", i, err)
		}
		for bit := i; bit < 256; bit += 3 { // the three together flip each one
			bad := s
			bad[bit/8] ^= 1 << (bit % 8)
			if err := Verify(u, bad); !errors.Is(err, ErrNotGenuine) {
				t.Errorf("tag %d with bit %d flipped: %v", i, bit, err)
			}
		}
		if err := Verify(simtest.UID(t, signed[(i+1)%3][0]), s); !errors.Is(err, ErrNotGenuine) {
			t.Errorf("tag %d with another's UID: %v", i, err)
		}
	}
}

func TestVerify_RefusesMalformedSignatures(t *testing.T) {
	u := simtest.UID(t, signed[0][0])
	good := simtest.Bytes(t, signed[0][1])
	order := secp128r1().N.FillBytes(make([]byte, 16))
	for name, s := range map[string][]byte{
		"zeros":        make([]byte, 32),
		"ones":         bytes.Repeat([]byte{0xFF}, 32),
		"r is 0":       append(make([]byte, 16), good[16:]...),
		"s is 0":       append(good[:16:16], make([]byte, 16)...),
		"r is n":       append(order[:16:16], good[16:]...),
		"s is n":       append(good[:16:16], order...),
		"r and s swap": append(good[16:32:32], good[:16]...),
	} {
		if err := Verify(u, [32]byte(s)); !errors.Is(err, ErrNotGenuine) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Verify(simtest.UID(t, "b0bb8904"), [32]byte(good)); !errors.Is(err, ErrNotGenuine) {
		t.Errorf("a UID of 4 bytes: %v", err)
	}
}

func TestCurve_ItsConstantsFit(t *testing.T) {
	c, key := secp128r1(), nxp()
	//nolint:staticcheck // crypto/ecdh, which is meant in their place, knows no such curve
	for name, x := range map[string][2]*big.Int{"generator": {c.Gx, c.Gy}, "public key": {key.X, key.Y}} {
		if !c.IsOnCurve(x[0], x[1]) {
			t.Errorf("the %s is not on the curve", name)
		}
		if inf, _ := c.ScalarMult(x[0], x[1], c.N.Bytes()); inf.Sign() != 0 {
			t.Errorf("the %s is not of order n", name)
		}
	}
}

// RFC 4493, section 4.
func TestMAC_VectorsOfTheRFC(t *testing.T) {
	key := Key(simtest.Bytes(t, "2b7e151628aed2a6abf7158809cf4f3c"))
	message := simtest.Bytes(t, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	for n, want := range map[int]string{
		0: "bb1d6929e95937287fa37d129b756746", 16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827", 64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		if got := key.mac(message[:n]); !bytes.Equal(got[:], simtest.Bytes(t, want)) {
			t.Errorf("%d bytes: %x, want %s", n, got[:], want)
		}
	}
}

// AN10922, 2.2.1.
func TestKey_DiversifiedAsInAN10922(t *testing.T) {
	master := Key(simtest.Bytes(t, "00112233445566778899aabbccddeeff"))
	got := master.diversify(simtest.UID(t, "04782e21801d80"), "\x30\x42\xf5NXP Abu")
	if want := simtest.Bytes(t, "a8dd63a3b89d54b37ca802473fda9175"); !bytes.Equal(got[:], want) {
		t.Errorf("%x, want %x", got[:], want)
	}
	a, b := master.Of(simtest.UID(t, "04782e21801d80")), master.Of(simtest.UID(t, "04782e21801d81"))
	if a.Meta == a.File || a.Meta == b.Meta || a.File == b.File {
		t.Error("two keys are alike")
	}
}

func TestKey_NeverPrinted(t *testing.T) {
	key := Key(simtest.Bytes(t, "00112233445566778899aabbccddeeff"))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", key, "keys", TagKeys{key, key})
	for _, s := range []string{fmt.Sprintf("%v %s %x %d %+v %#v", key, key, key, key, key, key), log.String(), fmt.Sprint(TagKeys{key, key})} {
		if bytes.Contains([]byte(s), []byte("112233")) || bytes.Contains([]byte(s), []byte("17 34")) {
			t.Errorf("a key in %q", s)
		}
	}
}

// AN12196, 3.4: keys of zeros.
const (
	notePICC = "EF963FF7828658A599F3041510671E88"
	noteMAC  = "94EED9EE65337086"
	noteUID  = "04DE5F1EACC040"
)

func note(t testing.TB) Message {
	t.Helper()
	return Message{[16]byte(simtest.Bytes(t, notePICC)), [8]byte(simtest.Bytes(t, noteMAC))}
}

func TestCheck_VectorOfAN12196(t *testing.T) {
	counter, err := note(t).Check(simtest.UID(t, noteUID), TagKeys{})
	if err != nil || counter != 61 {
		t.Errorf("counter %d, %v; want 61", counter, err)
	}
}

func TestCheck_RefusesForgedMessages(t *testing.T) {
	u := simtest.UID(t, noteUID)
	for bit := range 128 {
		m := note(t)
		m.PICC[bit/8] ^= 1 << (bit % 8)
		if _, err := m.Check(u, TagKeys{}); !errors.Is(err, ErrForged) {
			t.Errorf("PICCData with bit %d flipped: %v", bit, err)
		}
	}
	for bit := range 64 {
		m := note(t)
		m.MAC[bit/8] ^= 1 << (bit % 8)
		if _, err := m.Check(u, TagKeys{}); !errors.Is(err, ErrForged) {
			t.Errorf("MAC with bit %d flipped: %v", bit, err)
		}
	}
	if _, err := note(t).Check(simtest.UID(t, "04DE5F1EACC041"), TagKeys{}); !errors.Is(err, ErrForged) {
		t.Errorf("another tag's message: %v", err)
	}
	if _, err := note(t).Check(u, TagKeys{Meta: Key{1}}); !errors.Is(err, ErrForged) {
		t.Errorf("another meta key: %v", err)
	}
	if _, err := note(t).Check(u, TagKeys{File: Key{1}}); !errors.Is(err, ErrForged) {
		t.Errorf("another file key: %v", err)
	}
}

func TestURI_OneRecordWithAURL(t *testing.T) {
	file := func(record string, rest ...byte) []byte {
		return append([]byte{byte(len(record) >> 8), byte(len(record))}, append([]byte(record), rest...)...)
	}
	good := "\xD1\x01\x10U\x04a.example/t?e=1"
	if u, err := uri(file(good, 0, 0, 0)); err != nil || u.String() != "https://a.example/t?e=1" {
		t.Errorf("%v, %v", u, err)
	}
	for name, f := range map[string][]byte{
		"nothing":            nil,
		"empty":              {0, 0},
		"longer than it is":  {0, 200, 0xD1, 1, 1, 'U', 0},
		"text record":        file("\xD1\x01\x10T\x04a.example/t?e=1"),
		"two records":        file("\x91\x01\x10U\x04a.example/t?e=1"),
		"payload too long":   file("\xD1\x01\x20U\x04a.example/t?e=1"),
		"an unknown prefix":  file("\xD1\x01\x10U\x23a.example/t?e=1"),
		"no URL":             file("\xD1\x01\x04U\x04%zz"),
		"control characters": file("\xD1\x01\x04U\x04a\x01b"),
	} {
		if _, err := uri(f); !errors.Is(err, iso14443a.ErrGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParse_NamesAndLengths(t *testing.T) {
	for query, ok := range map[string]bool{
		"picc_data=" + notePICC + "&cmac=" + noteMAC: true,
		"c=" + noteMAC + "&x=1&e=" + notePICC:        true,
		"e=" + notePICC:                              false,
		"c=" + noteMAC:                               false,
		"e=" + notePICC[2:] + "&c=" + noteMAC:        false,
		"e=" + notePICC + "&c=" + noteMAC + "00":     false,
		"e=" + notePICC + "&c=94EED9EE6533708x":      false,
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parse(q)
		if (err == nil) != ok {
			t.Errorf("%s: %v", query, err)
		}
		if ok && m != note(t) {
			t.Errorf("%s: read another message", query)
		}
	}
}

func FuzzURI(f *testing.F) {
	f.Add([]byte("\x00\x14\xD1\x01\x10U\x04a.example/t?e=1"))
	f.Add([]byte{0xFF, 0xFF, 0xD1})
	f.Fuzz(func(t *testing.T, file []byte) {
		u, err := uri(file)
		if err != nil {
			return
		}
		if m, err := parse(u.Query()); err == nil {
			// Nobody guesses a MAC of eight bytes.
			if _, err := m.Check(simtest.UID(t, noteUID), TagKeys{Meta: Key{7}, File: Key{9}}); err == nil {
				t.Errorf("%q is taken for a proof", file)
			}
		}
	})
}
