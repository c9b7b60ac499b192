package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"example.org/inloop/kiosk"
)

// fragmentSize is how much is kept of the HMAC of digits on a badge.
const fragmentSize = 16

// mac is HMAC-SHA256 of data for one purpose. The purposes are on the disks of
// rooms and never change, whatever the methods are called.
func (k Keys) mac(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, k.badge)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(data)
	return h.Sum(nil)
}

// UID returns all that is ever kept of a card's number.
func (k Keys) UID(uid kiosk.UID) []byte { return k.mac("uid", uid.Bytes()) }

// Label returns by what a label of an imported list is found again.
func (k Keys) Label(label string) []byte { return k.mac("label", []byte(label)) }

// Sign returns by what the sign of a resident is known.
func (k Keys) Sign(sign string) []byte { return k.mac("sign", []byte(sign)) }

// Erased returns by what the number of an erased person is known, in hex.
func (k Keys) Erased(person int64) string {
	return hex.EncodeToString(k.mac("erased", strconv.AppendInt(nil, person, 10)))
}

// Digits returns what is kept of digits that stand on a badge: too little to
// tell a card by.
func (k Keys) Digits(digits string) []byte { return k.mac("tail", []byte(digits))[:fragmentSize] }

// Check returns by what the room's data know their key file.
func (k Keys) Check() []byte { return k.mac("check", nil) }

// Checks tells whether mac is the [Keys.Check] of these keys.
func (k Keys) Checks(mac []byte) bool { return hmac.Equal(mac, k.Check()) }
