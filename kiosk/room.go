package kiosk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/sync/count"
)

// Errors of what a volunteer asks of the room.
var (
	ErrNotFound = errors.New("not there (any more)")
	ErrAlready  = errors.New("already so")
	ErrUndone   = errors.New("cannot be undone any more")
	ErrFuture   = errors.New("day lies ahead")
	ErrTooOld   = errors.New("day is older than what the room keeps")
	ErrNotYet   = errors.New("part of the day is not over yet")
	ErrPast     = errors.New("time had passed already")
	ErrNoDay    = errors.New("nobody knows what day it is")
)

// How far the volunteers' page looks back.
const (
	RecentGuests    = 10 * time.Minute // "the guest of a moment ago"
	RecentNewcomers = 15 * time.Minute // who came for the first time
	Undoable        = 10               // actions of today that can be undone, the newest
)

// Present is one person who is in.
type Present struct {
	Resident
	Since  time.Time
	New    bool // the first day here
	Before bool // in since before a power cut: to be looked at
}

// Compare orders people as a list is read: by name, then by sign.
func (p Present) Compare(q Present) int {
	return cmp.Or(cmp.Compare(p.Name, q.Name), cmp.Compare(p.Sign, q.Sign), cmp.Compare(p.No, q.No))
}

// HeldGuest is a guest-pass tap that waits for a volunteer's eye.
type HeldGuest struct {
	Visit int64
	At    time.Time
}

// NewBadge is an unknown badge tapped today that is nobody's yet.
type NewBadge struct {
	No   int64
	At   time.Time // its first tap of the day
	Last time.Time // its latest
	Lost int64     // resident whose lost badge it is, 0 if none
}

// ActionKind says what a volunteer does.
type ActionKind string

// What a volunteer can do that can be undone.
const (
	ActionCheckIn       ActionKind = "checkin"
	ActionCheckOut      ActionKind = "checkout"
	ActionAddGuest      ActionKind = "guest"
	ActionReviewGuest   ActionKind = "judge"
	ActionEnrol         ActionKind = "enrol"
	ActionAssignBadge   ActionKind = "link"
	ActionMakeGuestPass ActionKind = "pass"
	ActionDropBadge     ActionKind = "drop"
	ActionMarkLost      ActionKind = "lose"
	ActionPaper         ActionKind = "paper"
	ActionProfile       ActionKind = "profile"
	ActionDate          ActionKind = "date"
	ActionClock         ActionKind = "clock"
	ActionKeepIn        ActionKind = "allin"  // all who were in before a power cut still are
	ActionClearOut      ActionKind = "allout" // none of them is
	ActionVolunteer     ActionKind = "volunteer"
	ActionOpen          ActionKind = "open"
	ActionClose         ActionKind = "close"
	ActionRefer         ActionKind = "refer"
	ActionAnswerClosing ActionKind = "closing"
	ActionTypeSlips     ActionKind = "slips"
)

// Action is what a volunteer does.
type Action struct {
	Kind   ActionKind
	By     int64 // the volunteer
	Person int64 // whom it is about, 0 for nobody
	Band   Band  // of a guest
	Number int   // of guests, or of people
}

// PastAction is an action in the list of what volunteers did last.
type PastAction struct {
	No      int64
	Kind    ActionKind
	At      time.Time
	Person  Resident // whom it was about; zero when nobody
	Band    Band     // of a guest
	Number  int      // of guests, of visits, or of people
	CanUndo bool     // false while something that happened later depends on it
}

// View is all that the volunteers' page shows of today.
type View struct {
	Day       count.Day
	Part      count.Part
	Open      bool         // planned open now
	In        int          // open stays
	Capacity  int          // 0 when not set
	Present   []Present    // newest first
	Visits    int          // today, badge visits and guests
	AtLeast   bool         // a backup was put back today, so that there were more
	Guests    map[Band]int // today, accepted
	Recent    []Visit      // guests of RecentGuests
	Held      []HeldGuest
	Badges    []NewBadge
	Actions   []PastAction // those that can be undone, newest first
	Newcomers int          // first-time visitors of RecentNewcomers
	Undated   int          // visits whose day is not known yet
	Unsure    int          // visits on a day that only a clock has told which nobody proved
	Room      RoomDay      // what the room itself does today
	Health    []Health
	Sending   Sending
}

// Enrolment makes a person of an unknown badge, or of nobody's.
type Enrolment struct {
	Badge    int64 // NewBadge.No, 0 for a person without a badge
	Guest    int64 // id of a guest's visit of today that was this person, 0 if none
	Resident       // No is ignored
}

// PaperEntry is what stood on the paper list for one part of a past day, or of
// today before now. Either Person or Guests is set.
type PaperEntry struct {
	Day    count.Day
	Part   count.Part
	Person int64
	Guests int
}

// paperGuests is how many guests one entry of the paper list may hold.
const paperGuests = 200

// Check tells whether an entry can be made in the part now of today, when
// visits are kept from oldest on: ErrFuture and ErrNotYet for a part that is not
// over, ErrTooOld when nothing is kept of that day any more, ErrNotFound for no
// part of a day and for an entry with nobody in it.
func (e PaperEntry) Check(today count.Day, now count.Part, oldest count.Day) error {
	at := slices.Index(count.Parts(), e.Part)
	switch {
	case at < 0 || e.Day == count.NoDay:
		return fmt.Errorf("part %.10q: %w", string(e.Part), ErrNotFound)
	case e.Day > today:
		return ErrFuture
	case e.Day < oldest:
		return ErrTooOld
	case e.Day == today && at >= slices.Index(count.Parts(), now):
		return ErrNotYet
	case e.Person != 0 && e.Guests == 0, e.Person == 0 && e.Guests > 0 && e.Guests <= paperGuests:
		return nil
	}
	return fmt.Errorf("%w: want a person, or 1 to %d guests", ErrNotFound, paperGuests)
}
