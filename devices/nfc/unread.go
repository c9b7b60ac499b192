package nfc

import (
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	unreadPolls  = 10 // in vain before a person is asked to lay the card down anew
	silentPolls  = 5  // after so many nothing lies there any more
	cardUnread   = 30 * time.Second
	noiseUnread  = 5 * time.Second  // noise is no card that is held badly
	setUpAgain   = 10 * time.Second // how often the chip is set up anew meanwhile
	stallLonger  = time.Second      // than the machine may stand still unnoticed
	stalledShown = time.Minute
)

// unread follows what is heard and cannot be read, from the first time to its end.
type unread struct {
	polls  int // in vain
	silent int // polls since the last of them
	card   bool
	since  time.Time // the first
	again  time.Time // when the chip is set up anew
}

// note takes in what a poll heard, and tells whether a person is to be asked now.
func (u *unread) note(heard iso14443a.Unread, read bool, now time.Time) (ask bool) {
	switch {
	case read:
		*u = unread{}
		return false
	case heard == iso14443a.UnreadNothing:
		if u.silent++; u.silent >= silentPolls {
			*u = unread{}
		}
		return false
	case u.polls == 0:
		u.since = now
	}
	u.silent = 0
	u.card = u.card || heard == iso14443a.UnreadCard
	u.polls++
	return u.polls == unreadPolls
}

// lasts tells whether this goes on for so long that no card is the cause.
func (u *unread) lasts(now time.Time) bool {
	most := noiseUnread
	if u.card {
		most = cardUnread
	}
	return u.polls >= unreadPolls && now.Sub(u.since) >= most
}

// setUp tells whether the chip is to be set up anew now.
func (u *unread) setUp(now time.Time) bool {
	if !u.lasts(now) || now.Before(u.again) {
		return false
	}
	u.again = now.Add(setUpAgain)
	return true
}

// stall follows how long nobody looked.
type stall struct {
	ended time.Time // the last poll, zero before the first
	told  time.Time // until when it is shown
}

// begin notes the start of a poll, which was to come pace after the last one.
func (s *stall) begin(now time.Time, pace time.Duration) {
	if !s.ended.IsZero() && now.Sub(s.ended)-pace > stallLonger {
		s.told = now.Add(stalledShown)
	}
}

// end notes the end of a poll that began at start.
func (s *stall) end(start, now time.Time) {
	if now.Sub(start) > stallLonger {
		s.told = now.Add(stalledShown)
	}
	s.ended = now
}
