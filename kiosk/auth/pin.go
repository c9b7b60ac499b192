package auth

import (
	"fmt"

	"github.com/alexedwards/argon2id"

	"example.org/inloop/kiosk"
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

// ValidatePIN returns kiosk.ErrWeakPIN unless pin is 6 digits that are no run,
// no repetition and no date-like pattern everybody tries first.
func ValidatePIN(pin string) error {
	if len(pin) != 6 {
		return fmt.Errorf("%w: want 6 digits", kiosk.ErrWeakPIN)
	}
	same, up, down := true, true, true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return fmt.Errorf("%w: want 6 digits", kiosk.ErrWeakPIN)
		}
		if i > 0 {
			same = same && pin[i] == pin[i-1]
			up = up && pin[i] == pin[i-1]+1
			down = down && pin[i] == pin[i-1]-1
		}
	}
	pairs := pin[:2] == pin[2:4] && pin[2:4] == pin[4:]
	halves := pin[:3] == pin[3:]
	if same || up || down || pairs || halves {
		return fmt.Errorf("%w: no row of digits and no repetition", kiosk.ErrWeakPIN)
	}
	return nil
}
