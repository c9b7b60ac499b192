package pool

import "errors"

// Why a kiosk does not take part, or not in this way. It goes on counting.
var (
	ErrClock        = errors.New("the clock is not trusted")
	ErrNotNewest    = errors.New("not the newest period that has ended")
	ErrTooEarly     = errors.New("before the eighth day after the period")
	ErrTooLate      = errors.New("after the round's last day")
	ErrNewEpoch     = errors.New("the database was put back after the round had begun")
	ErrOrganisation = errors.New("another organisation than before: a person has to accept it")
	ErrAside        = errors.New("a room was set aside here")
	ErrSet          = errors.New("no set of rooms")
	ErrNotAsOffered = errors.New("this kiosk is not in the set as it said")
	ErrSignature    = errors.New("a member's signature does not fit")
	ErrUnlisted     = errors.New("a member was never listed")
	ErrListedLate   = errors.New("a member was listed after the period had ended")
	ErrFewRooms     = errors.New("fewer than half of the known rooms count")
	ErrAlone        = errors.New("fewer than two rooms count, and another is known")
	ErrAnswered     = errors.New("answered before, for another set")
	ErrShares       = errors.New("not exactly the shares of the other members")
	ErrTag          = errors.New("a share was changed on its way")
	ErrSecret       = errors.New("a member's key gives no secret")
	ErrTooLarge     = errors.New("a sum is no count of persons")
	ErrResult       = errors.New("the result is not the teller's")
	ErrBelowOwn     = errors.New("the result is below what this room counted alone")
)
