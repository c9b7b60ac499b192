package sqlite

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"strconv"
)

// seal encrypts data for one place, so that a sealed value that is moved to
// another row or column does not open.
func (k Keys) seal(data []byte, table, column string, row int64) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, data, place(table, column, row)), nil
}

// open decrypts what seal made for the same place.
func (k Keys) open(sealed []byte, table, column string, row int64) ([]byte, error) {
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

// sealText seals a text; an empty one is nil.
func (k Keys) sealText(text, table, column string, row int64) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return k.seal([]byte(text), table, column, row)
}

// openText opens a text; nil is the empty one.
func (k Keys) openText(sealed []byte, table, column string, row int64) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := k.open(sealed, table, column, row)
	return string(text), err
}
