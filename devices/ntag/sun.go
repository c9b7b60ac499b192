package ntag

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"

	"example.org/inloop/devices/iso14443a"
)

// ErrForged means that a message was not made by the tag whose UID was read,
// or not with the keys of this room.
var ErrForged = errors.New("message of the tag is forged")

// Message is what an NTAG 424 DNA says at one reading: secure unique NFC (NXP
// AN12196, 3.4).
type Message struct {
	PICC [16]byte // PICCData: UID and counter, encrypted
	MAC  [8]byte  // over both, truncated
}

// Names of the two in the tag's URL, in the order of preference: those of NXP's
// examples, and their short forms.
var (
	piccNames = []string{"picc_data", "e"}
	macNames  = []string{"cmac", "c"}
)

// ReadMessage reads the message of the selected tag: ISO SELECT of the NDEF
// application, ISO SELECT of its file, READ BINARY (NTAG 424 DNA data sheet,
// 10.9). A card that is no such tag, or holds no such message, is
// [iso14443a.ErrGarbled]; other errors are the link's.
func ReadMessage(ctx context.Context, l iso14443a.Link) (Message, error) {
	for _, step := range [][]byte{
		{0x00, 0xA4, 0x04, 0x00, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0x00},
		{0x00, 0xA4, 0x00, 0x0C, 0x02, 0xE1, 0x04},
	} {
		if _, err := ask(ctx, l, step); err != nil {
			return Message{}, fmt.Errorf("select file: %w", err)
		}
	}
	head, err := ask(ctx, l, []byte{0x00, 0xB0, 0x00, 0x00, 0x00})
	if err != nil {
		return Message{}, fmt.Errorf("read file: %w", err)
	}
	u, err := uri(head)
	if err != nil {
		return Message{}, err
	}
	return parse(u.Query())
}

// ask sends an APDU and gives what comes before a status of 9000.
func ask(ctx context.Context, l iso14443a.Link, apdu []byte) ([]byte, error) {
	got, err := l.APDU(ctx, apdu)
	if err != nil {
		return nil, err
	}
	n := len(got) - 2
	if n < 0 || got[n] != 0x90 || got[n+1] != 0x00 {
		return nil, fmt.Errorf("%w: the card refuses", iso14443a.ErrGarbled)
	}
	return got[:n], nil
}

// parse takes a message out of a URL's query.
func parse(q url.Values) (m Message, err error) {
	for _, part := range []struct {
		names []string
		into  []byte
	}{{piccNames, m.PICC[:]}, {macNames, m.MAC[:]}} {
		text := ""
		for _, name := range part.names {
			if text = q.Get(name); text != "" {
				break
			}
		}
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(part.into) {
			return m, fmt.Errorf("%w: no %s of %d bytes in the tag's URL", iso14443a.ErrGarbled, part.names[0], len(part.into))
		}
		copy(part.into, raw)
	}
	return m, nil
}

// Check verifies that the tag of this UID made the message with these keys,
// and gives its reading counter, 1 and up. A message is proof only while its
// counter is above every one that was seen of the tag. Anything wrong is
// [ErrForged].
func (m Message) Check(uid iso14443a.UID, k TagKeys) (counter uint32, err error) {
	sent, ctr, err := m.open(k.Meta)
	if err != nil {
		return 0, err
	}
	if subtle.ConstantTimeCompare(sent, uid.Bytes()) != 1 {
		return 0, fmt.Errorf("%w: another UID", ErrForged)
	}
	// SV2 (AN12196, 3.4.4): the session key for this UID and counter.
	vector := append([]byte{0x3C, 0xC3, 0x00, 0x01, 0x00, 0x80}, sent...)
	full := k.File.mac(append(vector, ctr...)).mac(nil)
	var want [8]byte
	for i := range want {
		want[i] = full[2*i+1]
	}
	if subtle.ConstantTimeCompare(want[:], m.MAC[:]) != 1 {
		return 0, fmt.Errorf("%w: wrong MAC", ErrForged)
	}
	counter = uint32(ctr[0]) | uint32(ctr[1])<<8 | uint32(ctr[2])<<16
	if counter == 0 {
		return 0, fmt.Errorf("%w: counter 0", ErrForged)
	}
	return counter, nil
}

// open decrypts PICCData (AN12196, 3.4.2): a tag byte for a UID of 7 bytes
// and a counter of 3, both, and padding.
func (m Message) open(meta Key) (uid, counter []byte, err error) {
	block, err := aes.NewCipher(meta[:])
	if err != nil {
		panic(err) // 16 bytes are a key
	}
	plain := make([]byte, 16)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(plain, m.PICC[:])
	if plain[0] != 0xC7 {
		return nil, nil, fmt.Errorf("%w: PICCData of another make or key", ErrForged)
	}
	return plain[1:8:8], plain[8:11:11], nil
}
