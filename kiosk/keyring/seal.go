package keyring

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"strconv"
)

// Seal encrypts data for one place, so that a sealed value that is moved to
// another row or column does not open.
func (k Keys) Seal(data []byte, table, column string, row int64) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, data, place(table, column, row)), nil
}

// Open decrypts what Seal made for the same place; anything else is an ErrKey.
func (k Keys) Open(sealed []byte, table, column string, row int64) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	data, err := aead.Open(nil, nil, sealed, place(table, column, row))
	if err != nil {
		return nil, fmt.Errorf("%w: sealed %s.%s does not open", ErrKey, table, column)
	}
	return data, nil
}

// aead is AES-256-GCM with a random nonce in front of each value.
func (k Keys) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.sealing)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func place(table, column string, row int64) []byte {
	return []byte(table + "|" + column + "|" + strconv.FormatInt(row, 10))
}

// What a sealed text grows by: a nonce in front, a check behind. The text itself is
// filled up with zero bytes to a multiple of textSize, so that its length does not tell
// a short name from a long one.
const (
	overhead = 12 + 16
	textSize = 64
)

// Padded tells whether a text was sealed with a length that tells nothing. The first
// release did not.
func Padded(sealed []byte) bool { return (len(sealed)-overhead)%textSize == 0 }

// SealText seals a text, which has no zero byte; an empty one is nil.
func (k Keys) SealText(text, table, column string, row int64) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	filled := make([]byte, (len(text)+textSize-1)/textSize*textSize)
	copy(filled, text)
	return k.Seal(filled, table, column, row)
}

// OpenText opens a text; nil is the empty one.
func (k Keys) OpenText(sealed []byte, table, column string, row int64) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := k.Open(sealed, table, column, row)
	return string(bytes.TrimRight(text, "\x00")), err
}
