package central

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Bounds of a password: characters at least, bytes at most.
const (
	MinPassword = 8
	MaxPassword = 256
)

// The cost of one password: OWASP Password Storage Cheat Sheet, argon2id with
// 19 MiB, two passes and one lane.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
	hashSize   = 32
	saltSize   = 16
)

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
	var salt [saltSize]byte
	_, _ = rand.Read(salt[:])
	key, err := o.argon2(ctx, password, salt[:], hashPasses, hashMemory, hashLanes, hashSize)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes, b64(salt[:]), b64(key)), nil
}

// fitsPassword tells whether the hash was made from the password, with the
// costs that stand in the hash.
func (o *Centre) fitsPassword(ctx context.Context, hash, password string) (bool, error) {
	var version int
	var memory, passes uint32
	var lanes uint8
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false, fmt.Errorf("stored password: %d fields, want 6 of argon2id", len(fields))
	}
	if _, err := fmt.Sscanf(fields[2]+" "+fields[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	if version != argon2.Version {
		return false, fmt.Errorf("stored password: argon2 version %d, want %d", version, argon2.Version)
	}
	salt, err := base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil {
		return false, fmt.Errorf("stored password's salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(fields[5])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	if len(password) > MaxPassword {
		password = "" // none that was ever chosen; hashed all the same
	}
	got, err := o.argon2(ctx, password, salt, passes, memory, lanes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// argon2 hashes when there is a place: each takes a processor and memory, and
// strangers can ask for many.
func (o *Centre) argon2(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8, size uint32) ([]byte, error) {
	select {
	case o.hashing <- struct{}{}:
		defer func() { <-o.hashing }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, size), nil
}
