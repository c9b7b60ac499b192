package pool

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"example.org/inloop/sync/count"
)

// MaxMembers is how many rooms can be counted together.
const MaxMembers = 100

// Alone is the organisation of a room that was never paired.
const Alone = "-"

// Identity is a kiosk's Ed25519 public key.
type Identity [ed25519.PublicKeySize]byte

// IdentityOf returns the identity of a kiosk's key.
func IdentityOf(key ed25519.PrivateKey) Identity {
	var id Identity
	copy(id[:], key[ed25519.PrivateKeySize-ed25519.PublicKeySize:]) // the public half
	return id
}

// String returns the identity in hex, as it is signed and hashed.
func (id Identity) String() string { return hex.EncodeToString(id[:]) }

// ExchangeKey is an X25519 public key, made for one period.
type ExchangeKey [32]byte

// String returns the key in hex.
func (k ExchangeKey) String() string { return hex.EncodeToString(k[:]) }

// SetHash is what stands for a set in all that is made for it.
type SetHash [sha256.Size]byte

// String returns the hash in hex.
func (h SetHash) String() string { return hex.EncodeToString(h[:]) }

// Member is one room of a set, with what its kiosk signed.
type Member struct {
	Kiosk     string
	Room      string // its name, for people
	Identity  Identity
	Key       ExchangeKey
	Counts    bool // false: its numbers are zeros
	Signature []byte
}

// Set is the rooms that are counted together in a period, strictly ascending by
// identity. It never changes.
type Set struct {
	Organisation string
	Period       count.PoolPeriod
	Members      []Member
}

// lines returns the texts as lines, each ended by a newline.
func lines(texts ...string) []byte { return []byte(strings.Join(texts, "\n") + "\n") }

// readyText is what a kiosk signs to be in the set of a period.
func readyText(organisation string, period count.PoolPeriod, m Member) []byte {
	text := lines("inloop-pool-ready-1", organisation, string(period), m.Kiosk, m.Key.String())
	if !m.Counts {
		text = append(text, "no\n"...)
	}
	return text
}

// Verify returns ErrSignature unless the member's kiosk signed that it is ready like
// this.
func (m Member) Verify(organisation string, period count.PoolPeriod) error {
	if !ed25519.Verify(m.Identity[:], readyText(organisation, period, m), m.Signature) {
		return fmt.Errorf("%w: of %s", ErrSignature, m.Kiosk)
	}
	return nil
}

// Check returns ErrSet unless the members are 1 to MaxMembers and in order, each once,
// and ErrSignature unless each has signed.
func (s Set) Check() error {
	if len(s.Members) < 1 || len(s.Members) > MaxMembers || s.Period.Check() != nil || !oneLine(s.Organisation) {
		return fmt.Errorf("%w: %d members for %q", ErrSet, len(s.Members), s.Period)
	}
	for i, m := range s.Members {
		if i > 0 && bytes.Compare(s.Members[i-1].Identity[:], m.Identity[:]) >= 0 {
			return fmt.Errorf("%w: want the members strictly ascending by identity", ErrSet)
		}
		if !oneLine(m.Kiosk) || slices.ContainsFunc(s.Members[:i], func(o Member) bool { return o.Kiosk == m.Kiosk }) {
			return fmt.Errorf("%w: kiosk %q twice, or no id", ErrSet, m.Kiosk)
		}
		if err := m.Verify(s.Organisation, s.Period); err != nil {
			return err
		}
	}
	return nil
}

// oneLine tells whether a text is one word, so that it cannot be read as two.
func oneLine(s string) bool { return s != "" && !strings.ContainsAny(s, " \n") }

// Hash returns the set's hash: of who is in it, with which keys.
func (s Set) Hash() SetHash {
	text := lines("inloop-pool-set-1", s.Organisation, string(s.Period))
	for _, m := range s.Members {
		text = fmt.Appendf(text, "%s %s %s\n", m.Kiosk, m.Identity, m.Key)
	}
	return sha256.Sum256(text)
}

// Teller returns the member that adds up: nobody chooses it, and it changes each year.
// It is in no empty set.
func (s Set) Teller() Member {
	rank := func(m Member) []byte {
		sum := sha256.Sum256(lines("inloop-pool-teller-1", s.Organisation, s.Period.CalendarYear(), m.Identity.String()))
		return sum[:]
	}
	return slices.MinFunc(s.Members, func(a, b Member) int { return bytes.Compare(rank(a), rank(b)) })
}

// Find returns the member with that identity.
func (s Set) Find(id Identity) (Member, bool) {
	i := slices.IndexFunc(s.Members, func(m Member) bool { return m.Identity == id })
	if i < 0 {
		return Member{}, false
	}
	return s.Members[i], true
}

// Counting returns how many members count.
func (s Set) Counting() (n int) {
	for _, m := range s.Members {
		if m.Counts {
			n++
		}
	}
	return n
}
