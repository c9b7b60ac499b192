package ntag

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"example.org/inloop/devices/iso14443a"
)

// ErrNotGenuine means that a tag showed a signature that is not NXP's for its
// number, or none that could be.
var ErrNotGenuine = errors.New("tag is not signed by NXP")

// SignatureSize is the length of an originality signature in bytes.
const SignatureSize = 32

// nxp is the public key by which NTAG21x are signed (NXP AN11350).
var nxp = point{number("494E1A386D3D3CFE3DC10E5DE68A499B"), number("1C202DB5B132393E89ED19FE5BE8BC61")}

// Signature reads the originality signature of the selected tag: READ_SIG
// (NTAG213/215/216 data sheet, 10.8), 32 bytes.
func Signature(ctx context.Context, l iso14443a.Link) ([SignatureSize]byte, error) {
	got, err := l.Command(ctx, []byte{0x3C, 0x00}, SignatureSize)
	if err != nil {
		return [SignatureSize]byte{}, fmt.Errorf("read signature: %w", err)
	}
	if len(got) != SignatureSize {
		return [SignatureSize]byte{}, fmt.Errorf("read signature: %w: %d bytes", iso14443a.ErrGarbled, len(got))
	}
	return [SignatureSize]byte(got), nil
}

// Verify checks a signature of 32 bytes, r and s, against the tag's number of 7
// bytes: ECDSA over secp128r1 (NXP AN11350), in which the number itself stands
// for the hash. nil means that NXP has once made a tag of that number, not that
// this is it: number and signature can be copied together. Anything else is
// [ErrNotGenuine].
func Verify(uid iso14443a.UID, signature [SignatureSize]byte) error {
	number := uid.Bytes()
	if len(number) != 7 {
		return fmt.Errorf("%w: a number of %d bytes, want 7", ErrNotGenuine, len(number))
	}
	c := secp128r1
	r, s := new(big.Int).SetBytes(signature[:16]), new(big.Int).SetBytes(signature[16:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(c.n) >= 0 || s.Cmp(c.n) >= 0 {
		return fmt.Errorf("%w: no such signature", ErrNotGenuine)
	}
	w := new(big.Int).ModInverse(s, c.n)
	u1 := new(big.Int).Mul(new(big.Int).SetBytes(number), w)
	u2 := new(big.Int).Mul(r, w)
	sum := point{c.gx, c.gy}.times(u1.Mod(u1, c.n)).add(nxp.times(u2.Mod(u2, c.n)))
	if sum.x == nil || new(big.Int).Mod(sum.x, c.n).Cmp(r) != 0 {
		return ErrNotGenuine
	}
	return nil
}
