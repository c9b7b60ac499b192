package ntag

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"example.org/inloop/devices/iso14443a"
)

// ErrNotGenuine means that a tag showed a signature that is not NXP's for its
// UID, or not even a possible one.
var ErrNotGenuine = errors.New("tag is not signed by NXP")

// SignatureSize is the length of an originality signature in bytes.
const SignatureSize = 32

// ReadSignature reads the originality signature of the selected tag: READ_SIG
// (NTAG213/215/216 data sheet, 10.8), 32 bytes.
func ReadSignature(ctx context.Context, l iso14443a.Link) ([SignatureSize]byte, error) {
	got, err := l.Command(ctx, []byte{0x3C, 0x00}, SignatureSize)
	if err != nil {
		return [SignatureSize]byte{}, fmt.Errorf("read signature: %w", err)
	}
	if len(got) != SignatureSize {
		return [SignatureSize]byte{}, fmt.Errorf("read signature: %w: %d bytes", iso14443a.ErrGarbled, len(got))
	}
	return [SignatureSize]byte(got), nil
}

// Verify checks a signature of 32 bytes, r and s, against the tag's UID of 7
// bytes: ECDSA over secp128r1 (NXP AN11350), in which the UID itself stands for
// the hash. nil means that NXP has once made a tag of that UID, not that this is
// it: UID and signature can be copied together. Anything else is
// [ErrNotGenuine].
func Verify(uid iso14443a.UID, signature [SignatureSize]byte) error {
	hash := uid.Bytes()
	if len(hash) != 7 {
		return fmt.Errorf("%w: a UID of %d bytes, want 7", ErrNotGenuine, len(hash))
	}
	r, s := new(big.Int).SetBytes(signature[:16]), new(big.Int).SetBytes(signature[16:])
	if !ecdsa.Verify(nxp(), hash, r, s) {
		return ErrNotGenuine
	}
	return nil
}
