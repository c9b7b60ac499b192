package central

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// hashToken is how a token is stored: who reads the database has no token. No
// salt is needed for what is random itself.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// crockford is the alphabet of Crockford's base 32 (crockford.com/base32.html):
// digits and capitals without I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLetters letters of five bits are the 40 bits of a pairing code.
const codeLetters = 8

// newLetters returns n random letters of that alphabet.
func newLetters(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails (Go 1.24)
	for i := range b {
		b[i] = crockford[b[i]%32] // 256 is a multiple of 32: no letter is likelier
	}
	return string(b)
}

// showCode writes a code as people read it: K7M4-Q2XD.
func showCode(code string) string {
	return code[:codeLetters/2] + "-" + code[codeLetters/2:]
}

// readCode returns the code that a person typed; what Crockford's base 32 takes
// for another letter, or for a gap, is taken so. ok is false for what cannot be
// a code.
func readCode(typed string) (code string, ok bool) {
	if len(typed) > 64 {
		return "", false
	}
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != codeLetters || strings.Trim(code, crockford) != "" {
		return "", false
	}
	return code, true
}
