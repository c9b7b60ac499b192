package auth

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"

	"example.org/inloop/kiosk"
)

// Digest returns what may be kept of digits: the HMAC of the room's keys, always
// of one length.
type Digest func(digits string) []byte

// PINFragments returns digests of the digits that one could read off a badge or
// an app and be tempted to take for a PIN: the first and last six hex digits of
// its number, and the last six decimal digits in both byte orders.
func PINFragments(uid kiosk.UID, digest Digest) []byte {
	b := uid.Bytes()
	h := hex.EncodeToString(b)
	digits := []string{h[:6], h[len(h)-6:], lastSix(b)}
	slices.Reverse(b)
	digits = append(digits, lastSix(b))
	var fragments []byte
	for _, d := range digits {
		fragments = append(fragments, digest(d)...)
	}
	return fragments
}

// OnBadge tells whether a PIN is one of the digits on the badge of fragments.
func OnBadge(pin string, fragments []byte, digest Digest) bool {
	own := digest(pin)
	for f := range slices.Chunk(fragments, len(own)) {
		if bytes.Equal(f, own) {
			return true
		}
	}
	return false
}

// lastSix returns the last six decimal digits of a big-endian number.
func lastSix(b []byte) string {
	s := strings.Repeat("0", 6) + new(big.Int).SetBytes(b).String()
	return s[len(s)-6:]
}
