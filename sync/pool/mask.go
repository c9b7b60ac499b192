package pool

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// pair is what two members of a set share and nobody else can know.
type pair struct {
	prk           []byte
	lower, higher Identity
}

// pairOf makes the secret of a member's own key with another one. It is bound to the
// set, so that masks of two sets never cancel.
func (h SetHash) pairOf(own *ecdh.PrivateKey, self Identity, other Member) (pair, error) {
	public, err := ecdh.X25519().NewPublicKey(other.Key[:])
	if err != nil {
		return pair{}, fmt.Errorf("%w: %s: %w", ErrSecret, other.Kiosk, err)
	}
	secret, err := own.ECDH(public) // refuses the all-zero result
	if err != nil {
		return pair{}, fmt.Errorf("%w: %s: %w", ErrSecret, other.Kiosk, err)
	}
	prk, err := hkdf.Extract(sha256.New, secret, h[:])
	if err != nil {
		return pair{}, fmt.Errorf("%w: %s: %w", ErrSecret, other.Kiosk, err)
	}
	p := pair{prk, self, other.Identity}
	if bytes.Compare(self[:], other.Identity[:]) > 0 {
		p.lower, p.higher = p.higher, p.lower
	}
	return p, nil
}

// mask returns n numbers that the lower of the two adds and the higher subtracts.
func (p pair) mask(n int) (Vector, error) {
	b, err := hkdf.Expand(sha256.New, p.prk, "inloop-pool-mask-1|"+p.lower.String()+"|"+p.higher.String(), 8*n)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return vectorOf(b), nil
}

// tag returns what proves to the other that a share is the kiosk's and was not changed.
func (p pair) tag(kiosk string, share []byte) ([]byte, error) {
	key, err := hkdf.Expand(sha256.New, p.prk, "inloop-pool-tag-1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(kiosk + "\n"))
	mac.Write(share)
	return mac.Sum(nil), nil
}

// masked returns the vector under the masks that a member has with all others.
func (s Set) masked(own *ecdh.PrivateKey, self Identity, v Vector) (Vector, error) {
	sum, hash := append(Vector(nil), v...), s.Hash()
	for _, other := range s.Members {
		if other.Identity == self {
			continue
		}
		p, err := hash.pairOf(own, self, other)
		if err != nil {
			return nil, err
		}
		m, err := p.mask(len(v))
		if err != nil {
			return nil, err
		}
		if p.lower == self {
			sum.add(m)
		} else {
			sum.subtract(m)
		}
	}
	return sum, nil
}
