// Package authtest serves the tests of others: [Hash] makes volunteers' PINs
// that cost next to nothing, for tests that are about something else. Under the
// race detector a look at a real one is a quarter of a second.
package authtest

import "github.com/alexedwards/argon2id"

// Hash is auth.Hash at the lowest cost there is. auth.Verify reads the cost from
// the hash, so that it takes as little.
func Hash(pin string) (string, error) {
	return argon2id.CreateHash(pin, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}
