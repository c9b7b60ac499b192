package kiosk

import (
	"time"

	"example.org/inloop/sync/count"
)

// VisitSource says by what a visit came to be counted.
type VisitSource string

// What can make a visit count.
const (
	VisitSourceBadge        VisitSource = "badge"         // a tap of a resident's badge
	VisitSourceDesk         VisitSource = "desk"          // a volunteer, by name or +1
	VisitSourceGuestPass    VisitSource = "guest_pass"    // a tap of the guest pass
	VisitSourceUnknownBadge VisitSource = "unknown_badge" // an unknown badge that nobody linked before closing
	VisitSourcePaper        VisitSource = "paper"         // entered afterwards from the paper list
	VisitSourceImport       VisitSource = "import"        // imported from a spreadsheet
)

// Band is a guest's age band; Unasked is what a guest pass says.
type Band string

// The age bands of guests.
const (
	BandUnasked Band = "unasked"
	BandChild   Band = "0-11"
	BandTeen    Band = "12-17"
	BandAdult   Band = "18-64"
	BandElder   Band = "65+"
)

// Bands returns the bands in the order in which the desk shows them.
func Bands() []Band { return []Band{BandChild, BandTeen, BandAdult, BandElder, BandUnasked} }

// Visit is one person, or one guest, in one part of one day: what is counted.
type Visit struct {
	ID      int64
	Person  int64 // 0 for a guest
	Day     count.Day
	Part    count.Part
	In      time.Time
	Out     time.Time // the measured end, zero when there is none
	Source  VisitSource
	Band    Band // of a guest
	Assumed bool
	Void    bool // undone, dropped or taken back: counts nothing
	Epoch   int
}

// StayEnd says how a stay ended.
type StayEnd string

// How a stay can end.
const (
	StayEndNone      StayEnd = ""          // it has not: the person is in
	StayEndMeasured  StayEnd = "measured"  // tapped again or was checked out
	StayEndEstimated StayEnd = "estimated" // the clock closed it: in no length-of-stay figure
	StayEndUntimed   StayEnd = "untimed"   // still there in a later part of the day
)

// Stay is one person in the room from arriving to leaving. A visit is counted
// by part of the day; a stay only tells who is in.
type Stay struct {
	ID      int64
	Person  int64
	Day     count.Day
	Part    count.Part // in which it began
	In      Moment
	Out     Moment // zero while the person is in
	End     StayEnd
	Assumed bool // begun by the tap of one who was in since an earlier part
}
