package central

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// Bounds of a password: characters at least, bytes at most.
const (
	MinPassword = 8
	MaxPassword = 256
)

// argonHash is what is kept of a password: argon2id with 19 MiB, two passes and
// one lane, as the OWASP Password Storage Cheat Sheet has it.
func argonHash(password string) (string, error) {
	const kiB = 19 * 1024
	return argon2id.CreateHash(password, &argon2id.Params{Memory: kiB, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

// unusedHash is hashed where there is no account, so that the time taken
// does not tell. No password is known that fits.
const unusedHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGZvciAx$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// commonPasswords are those that attackers try first, of eight characters and
// more: shorter ones are refused anyway. One a line, in small letters.
//
//go:embed passwords.txt
var commonPasswords string

// hashPassword returns a password's hash, or a *PasswordError.
func (o *Centre) hashPassword(ctx context.Context, password, account string) (string, error) {
	small := strings.ToLower(password)
	user, _, _ := strings.Cut(account, "@")
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return "", &PasswordError{PasswordShort}
	case len(password) > MaxPassword:
		return "", &PasswordError{PasswordLong}
	case small == account, small == user, strings.Count(small, small[:1]) == len(small),
		strings.Contains("\n"+commonPasswords, "\n"+small+"\n"):
		return "", &PasswordError{PasswordCommon}
	}
	done, err := o.hashingPlace(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := o.hash(password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// fitsPassword tells whether the hash was made from the password, with the
// costs that stand in the hash.
func (o *Centre) fitsPassword(ctx context.Context, hash, password string) (bool, error) {
	if p, _, key, err := argon2id.DecodeHash(hash); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	} else if p.Iterations == 0 || p.Parallelism == 0 || len(key) == 0 { // argon2 would panic
		return false, errors.New("stored password: no costs")
	}
	if len(password) > MaxPassword {
		password = "" // none that was ever chosen; hashed all the same
	}
	done, err := o.hashingPlace(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	return same, nil
}

// hashingPlace waits for a place to hash in, and returns how to leave it: each
// hash takes a processor and memory, and strangers can ask for many.
func (o *Centre) hashingPlace(ctx context.Context) (done func(), err error) {
	select {
	case o.hashing <- struct{}{}:
		return func() { <-o.hashing }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}
