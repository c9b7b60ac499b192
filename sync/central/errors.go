package central

import (
	"errors"
	"fmt"
	"time"
)

// What callers test for.
var (
	// ErrNotFound is returned for what does not exist, and in the same way for
	// what belongs to another organisation.
	ErrNotFound = errors.New("not found")
	// ErrCredentials is returned for a wrong name or password, not saying which.
	ErrCredentials = errors.New("name or password not right")
	// ErrNoSession is returned for a session token that is unknown, ended or
	// too old.
	ErrNoSession = errors.New("no session")
	// ErrNoInvitation is returned for a link that is unknown, used or too old.
	ErrNoInvitation = errors.New("no such invitation")
	// ErrTaken is returned for a name that is already in use.
	ErrTaken = errors.New("name is taken")
	// ErrPairCode is returned for a pairing code that is unknown, used or too old.
	ErrPairCode = errors.New("no such pairing code")
	// ErrName is returned for a name that is empty, too long or malformed.
	ErrName = errors.New("malformed name")
	// ErrBusy is returned when too many pairing codes are open at once.
	ErrBusy = errors.New("too many open pairing codes")
	// ErrTooMany is returned when an organisation would keep more of something
	// than it may.
	ErrTooMany = errors.New("too many")
	// ErrRole is returned to an account that asks for what its role may not see
	// or do. Nothing was looked up and nothing changed.
	ErrRole = errors.New("not for this account's role")
	// ErrOverloaded is returned by a store that has too much to write: nothing
	// was done.
	ErrOverloaded = errors.New("store is overloaded")
)

// WaitError is returned when too many attempts failed: nothing was looked at, and
// nothing will be before For has passed.
type WaitError struct {
	For time.Duration
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("too many attempts, wait %s", e.For.Round(time.Second))
}

// PasswordError is returned for a password that may not be chosen.
type PasswordError struct {
	Reason PasswordReason
}

func (e *PasswordError) Error() string { return "password refused: " + string(e.Reason) }

// PasswordReason is why a password was refused, a stable key for a page.
type PasswordReason string

// Why a password can be refused.
const (
	PasswordShort  PasswordReason = "short"  // under MinPassword characters
	PasswordLong   PasswordReason = "long"   // over MaxPassword bytes
	PasswordCommon PasswordReason = "common" // on the list that attackers try first, or the account's own name
)

// TellingNameError is returned for a room name that would tell something about
// everybody who is seen there, such as a word for loneliness or illness.
type TellingNameError struct {
	Word       string // the telling word, as it was typed
	Suggestion string // a neutral name
}

func (e *TellingNameError) Error() string {
	return fmt.Sprintf("room name holds %q: it says something about its visitors", e.Word)
}
