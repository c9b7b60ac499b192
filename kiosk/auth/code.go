package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"
)

// CodeLife is how long a one-time code may be used.
const CodeLife = 24 * time.Hour

// NewCode returns 60 random bits as XXXX-XXXX-XXXX, in letters and digits that
// are not taken for one another.
func NewCode() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	c := base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").EncodeToString(b)
	return c[:4] + "-" + c[4:8] + "-" + c[8:12]
}

// CodeHash returns all that is kept of a code, however it was typed: small
// letters, spaces and missing hyphens make no difference.
func CodeHash(code string) []byte {
	plain := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
