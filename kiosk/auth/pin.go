package auth

import (
	"fmt"

	"github.com/alexedwards/argon2id"
)

// cost is that of one look at a PIN: OWASP's second choice for argon2id, which a
// Pi computes in well under a second.
func cost() *argon2id.Params {
	return &argon2id.Params{Iterations: 2, Memory: 19 * 1024, Parallelism: 1, SaltLength: 16, KeyLength: 32} // memory in KiB
}

// Hash returns all that is kept of a PIN, as a PHC string.
func Hash(pin string) (string, error) {
	hash, err := argon2id.CreateHash(pin, cost())
	if err != nil {
		return "", fmt.Errorf("hash PIN: %w", err)
	}
	return hash, nil
}

// Verify compares a PIN with what Hash made of one. A hash that cannot be read
// is that of no PIN.
func Verify(hash, pin string) bool {
	p, _, key, err := argon2id.DecodeHash(hash)
	if err != nil || p.Iterations == 0 || p.Parallelism == 0 || len(key) == 0 { // argon2 would panic
		return false
	}
	same, err := argon2id.ComparePasswordAndHash(pin, hash)
	return same && err == nil
}
