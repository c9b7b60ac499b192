package keyring_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
)

// fixed are the keys of a file of the bytes 0 to 31.
func fixed(t *testing.T) keyring.Keys {
	t.Helper()
	root := make([]byte, 32)
	for i := range root {
		root[i] = byte(i)
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, root, 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What the first release derived from one key file. Rooms hold values made by
// these: none of them may ever change.
func TestKeys_AreThoseOfTheFirstRelease(t *testing.T) {
	k := fixed(t)
	uid, err := kiosk.NewUID([]byte{0x04, 0x12, 0x97, 0x33, 0x85, 0x01, 0x69})
	if err != nil {
		t.Fatal(err)
	}
	tag := k.Tag()
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"a badge":           {k.UID(uid), "e58026b0693b67536fa85a7d98a8c182bbc2812759a8e3acb0c0cb4c4353fd94"},
		"a label":           {k.Label("A. de Boer"), "c3e822cd2548e75c6b2a48a7c280da1949076a67e84c2b72412e74044effdfe5"},
		"a sign":            {k.Sign("tulip.red"), "21fa764f0dfc60cb471885f78a79a7820431b6ebe457ef707a2bb3503e1efc52"},
		"digits of a badge": {k.Digits("558953"), "3d7bbb437ee38e65c2a3c098e253d672"},
		"the key check":     {k.Check(), "9125a94c9f880e23fe3bf848f0572fcd1d6d4788a4fa68a00dc929f34968bb15"},
		"rounding":          {k.Rounding(), "c718b72186f9b975639e5db11f5a585e8e8adfc87b1420e03c9f0dc5d8ea59b8"},
		"tags":              {tag[:], "28df2f4fb5d6390cda0c9c73792854cd"},
		"signing":           {k.Signing().Seed(), "6261d9a41bc494e8d9f104c01d73405b3fb76c9c6f0910ee985a638ff2c5a1dd"},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got, want := k.Erased(7), "ee4f6f222deed70f5e7bf1e7176ad7ec56736ac920f894c0531d71f0e3727c60"; got != want {
		t.Errorf("an erased person: %s, want %s", got, want)
	}
}

// A name that the first release sealed in row 7.
func TestOpen_WhatTheFirstReleaseSealed(t *testing.T) {
	sealed, err := hex.DecodeString("9374c134aa7956bba4383c92cffe3136c7a3fb6a8a4c242cd9f8f7b94dc0bb35e23cde59dc0241e73e32a1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fixed(t).OpenText(sealed, "person", "name", 7); err != nil || got != "Mevrouw de Boer" {
		t.Errorf("opened %q, %v", got, err)
	}
}

func TestSeal_OpensOnlyInItsPlace(t *testing.T) {
	k := fixed(t)
	a, err1 := k.Seal([]byte("few"), "intake", "outcome", 1)
	b, err2 := k.Seal([]byte("few"), "intake", "outcome", 1)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a, b) {
		t.Error("sealing twice gives the same bytes")
	}
	if got, err := k.Open(a, "intake", "outcome", 1); err != nil || string(got) != "few" {
		t.Errorf("opened %q, %v", got, err)
	}
	changed := bytes.Clone(a)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"in another row":    func() ([]byte, error) { return k.Open(a, "intake", "outcome", 2) },
		"in another column": func() ([]byte, error) { return k.Open(a, "intake", "name", 1) },
		"in another table":  func() ([]byte, error) { return k.Open(a, "person", "outcome", 1) },
		"changed":           func() ([]byte, error) { return k.Open(changed, "intake", "outcome", 1) },
	} {
		if got, err := open(); !errors.Is(err, keyring.ErrKey) {
			t.Errorf("%s: opened %q (%v), want ErrKey", name, got, err)
		}
	}
}

// A sealed name does not tell how long it is.
func TestSealText_LengthTellsNothing(t *testing.T) {
	k := fixed(t)
	for _, text := range []string{"A", "Jansen", strings.Repeat("x", 64)} {
		sealed, err := k.SealText(text, "person", "name", 1)
		if err != nil || len(sealed) != 64+28 || !keyring.Padded(sealed) {
			t.Errorf("%q is sealed in %d bytes, %v", text, len(sealed), err)
		}
		if got, err := k.OpenText(sealed, "person", "name", 1); err != nil || got != text {
			t.Errorf("opened %q, %v; want %q", got, err, text)
		}
	}
	if sealed, err := k.Seal([]byte("Jansen"), "person", "name", 1); err != nil || keyring.Padded(sealed) {
		t.Errorf("what the first release sealed passes for filled up (%v)", err)
	}
}

func TestSealText_AnEmptyTextIsNothing(t *testing.T) {
	k := fixed(t)
	if sealed, err := k.SealText("", "person", "name", 1); sealed != nil || err != nil {
		t.Errorf("sealed %x, %v", sealed, err)
	}
	if got, err := k.OpenText(nil, "person", "name", 1); got != "" || err != nil {
		t.Errorf("opened %q, %v", got, err)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets", "key")
	made, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keyring.Load(path)
	if err != nil || !again.Checks(made.Check()) || !made.Signing().Equal(again.Signing()) {
		t.Errorf("loading again gives other keys, %v", err)
	}
	if fixed(t).Checks(made.Check()) {
		t.Error("another room's keys pass the check")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("key file is %v, %v", info, err)
	}
	if got := fmt.Sprintf("%v %+v %x", made, made, made); strings.Trim(got, "[keys] ") != "" {
		t.Errorf("keys print as %q", got)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Load(path); err == nil {
		t.Error("a key file that others may read was taken")
	}
	if err := os.WriteFile(path+"2", []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Load(path + "2"); err == nil {
		t.Error("a key file of five bytes was taken")
	}
}

func TestOutside(t *testing.T) {
	dir := t.TempDir()
	k, err := keyring.Load(filepath.Join(dir, "keys", "key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, within := range []string{dir, filepath.Join(dir, "keys")} {
		if err := k.Outside(within); !errors.Is(err, keyring.ErrKey) {
			t.Errorf("data in %s: %v, want ErrKey", within, err)
		}
	}
	for _, beside := range []string{filepath.Join(dir, "data"), filepath.Join(dir, "keys", "data"), filepath.Join(dir, "key")} {
		if err := k.Outside(beside); err != nil {
			t.Errorf("data in %s: %v", beside, err)
		}
	}
	if err := (keyring.Keys{}).Outside(dir); err == nil {
		t.Error("no keys at all were taken")
	}
}
