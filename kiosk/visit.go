package kiosk

import (
	"time"

	"example.org/inloop/sync/count"
)

// How says by what a visit came to be counted.
type How string

// What can make a visit count.
const (
	ByBadge   How = "badge"         // a tap of a resident's badge
	ByDesk    How = "desk"          // a volunteer, by name or +1
	ByPass    How = "guest_pass"    // a tap of the guest pass
	ByUnknown How = "unknown_badge" // an unknown badge that nobody linked before closing
	ByPaper   How = "paper"         // entered afterwards from the paper list
	ByImport  How = "import"        // imported from a spreadsheet
)

// Band is a guest's age band; Unasked is what a guest pass says.
type Band string

// The age bands of guests.
const (
	Unasked Band = "unasked"
	Child   Band = "0-11"
	Teen    Band = "12-17"
	Adult   Band = "18-64"
	Elder   Band = "65+"
)

// Bands returns the bands in the order in which the desk shows them.
func Bands() []Band { return []Band{Child, Teen, Adult, Elder, Unasked} }

// Measure returns the measure that counts guests of this band, or "" for
// Unasked, which is only in the total.
func (b Band) Measure() count.Measure {
	switch b {
	case Child:
		return count.MeasureGuestsChild
	case Teen:
		return count.MeasureGuestsTeen
	case Adult:
		return count.MeasureGuestsAdult
	case Elder:
		return count.MeasureGuestsElder
	default:
		return ""
	}
}

// Visit is one person, or one guest, in one part of one day: what is counted.
type Visit struct {
	ID      int64
	Person  int64 // 0 for a guest
	Day     count.Day
	Part    count.Part
	In      time.Time
	Out     time.Time // the measured end, zero when there is none
	How     How
	Band    Band // of a guest
	Assumed bool
	Void    bool // undone, dropped or taken back: counts nothing
	Epoch   int
}

// End says how a stay ended.
type End string

// How a stay can end.
const (
	Inside    End = ""          // it has not: the person is in
	Measured  End = "measured"  // she tapped or was checked out
	Estimated End = "estimated" // the clock closed it: in no length-of-stay figure
	Untimed   End = "untimed"   // she was still there in a later part of the day
)

// Stay is one person in the room from arriving to leaving. A visit is counted
// by part of the day; a stay only tells who is in.
type Stay struct {
	ID      int64
	Person  int64
	Day     count.Day
	Part    count.Part // in which it began
	In      Moment
	Out     Moment // zero while she is in
	End     End
	Assumed bool // begun by the tap of one who was in since an earlier part
}
