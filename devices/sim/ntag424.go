package sim

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// NTAG424 is what an NTAG 424 DNA is personalised with: the keys of its secure
// dynamic messaging, whose URL is new at each reading.
type NTAG424 struct {
	UID     [7]byte
	Meta    [16]byte // SDMMetaReadKey
	File    [16]byte // SDMFileReadKey
	Counter uint32   // SDMReadCtr, of readings so far
	Waits   int      // how often it asks for time before an answer
}

// NewNTAG424 makes an NTAG 424 DNA.
func NewNTAG424(n NTAG424) *Card {
	t := &tag424{NTAG424: n}
	return &Card{
		uid: n.UID[:], sak: 0x20, atqa: 0x03,
		dep: &dep{app: t.apdu, begin: t.begin, waits: n.Waits},
	}
}

// NewBankCard makes a card that speaks blocks and refuses every command.
func NewBankCard(uid [4]byte) *Card {
	return &Card{uid: uid[:], sak: 0x20, dep: &dep{app: func([]byte) []byte { return []byte{0x6A, 0x82} }}}
}

type tag424 struct {
	NTAG424
	selected bool // the application
	file     []byte
}

func (t *tag424) begin() { t.selected, t.file = false, nil }

// apdu answers ISO SELECT and READ BINARY (NTAG 424 DNA data sheet, 10.9).
func (t *tag424) apdu(c []byte) []byte {
	application := []byte{0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01}
	switch {
	case len(c) >= 12 && c[0] == 0 && c[1] == 0xA4 && c[2] == 4 && c[4] == 7 && slices.Equal(c[5:12], application):
		t.selected = true
		return []byte{0x90, 0x00}
	case len(c) >= 7 && c[0] == 0 && c[1] == 0xA4 && c[2] == 0 && c[4] == 2 && c[5] == 0xE1 && c[6] == 0x04 && t.selected:
		t.file = t.message()
		return []byte{0x90, 0x00}
	case len(c) >= 5 && c[0] == 0 && c[1] == 0xB0 && t.file != nil:
		from, n := int(c[2])<<8|int(c[3]), int(c[4])
		if n == 0 {
			n = 256
		}
		if from >= len(t.file) {
			return []byte{0x6A, 0x82}
		}
		to := min(from+n, len(t.file))
		return append(append([]byte(nil), t.file[from:to]...), 0x90, 0x00)
	}
	return []byte{0x6A, 0x82}
}

// message is the NDEF file of this reading: a URL with the encrypted PICCData
// and the MAC over nothing (AN12196, 3.3 and 3.4).
func (t *tag424) message() []byte {
	t.Counter++
	ctr := []byte{byte(t.Counter), byte(t.Counter >> 8), byte(t.Counter >> 16)}
	plain := append(append([]byte{0xC7}, t.UID[:]...), ctr...)
	plain = append(plain, 0x11, 0x22, 0x33, 0x44, 0x55) // random padding of the tag
	block, err := aes.NewCipher(t.Meta[:])
	if err != nil {
		panic(err) // a key of 16 bytes is one
	}
	picc := make([]byte, 16)
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(picc, plain)
	sv := append([]byte{0x3C, 0xC3, 0x00, 0x01, 0x00, 0x80}, t.UID[:]...)
	session := chain(t.File[:], append(sv, ctr...))
	full := chain(session, nil)
	var mac []byte
	for i := 1; i < 16; i += 2 {
		mac = append(mac, full[i])
	}
	uri := fmt.Sprintf("inloop.example/t?picc_data=%s&cmac=%s",
		strings.ToUpper(hex.EncodeToString(picc)), strings.ToUpper(hex.EncodeToString(mac)))
	record := append([]byte{0xD1, 0x01, byte(len(uri) + 1), 'U', 0x04}, uri...)
	file := append([]byte{0, byte(len(record))}, record...)
	return append(file, make([]byte, 256-len(file))...)
}

// chain is AES-CMAC (NIST SP 800-38B), written out for at most 16 bytes: one
// block, whole or padded.
func chain(key, message []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of 16 bytes is one
	}
	sub := make([]byte, 16)
	block.Encrypt(sub, sub)
	last := make([]byte, 16)
	copy(last, message)
	rounds := 1
	if len(message) < 16 {
		last[len(message)] = 0x80
		rounds = 2
	}
	for range rounds {
		carry := sub[0] >> 7
		for i := range 15 {
			sub[i] = sub[i]<<1 | sub[i+1]>>7
		}
		sub[15] = sub[15]<<1 ^ carry*0x87
	}
	for i := range last {
		last[i] ^= sub[i]
	}
	block.Encrypt(last, last)
	return last
}
