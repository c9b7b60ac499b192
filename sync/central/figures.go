package central

import "example.org/inloop/sync/count"

// Absence says why a number is not there, as a stable key that a page words.
type Absence string

// Why a number can be absent. Absent is never zero.
const (
	AbsenceNone        Absence = ""             // it is there
	AbsenceNotReceived Absence = "not_received" // no kiosk sent it
	AbsenceUndated     Absence = "undated"      // not to be compared: visits wait for a date
	AbsenceNotEnded    Absence = "not_ended"    // the period has not ended
	AbsenceTooFew      Absence = "too_few"      // too few people, of whom or on either side
	AbsenceWithheld    Absence = "withheld"     // the kiosk withholds it: the room is too new to tell
	AbsenceQuarters    Absence = "quarters"     // counted over quarters and years alone
	AbsenceFewBadges   Absence = "few_badges"   // under disclose.MinBadgeShare of the visits came with a badge
	AbsenceNoVisits    Absence = "no_visits"    // a share of nothing
	AbsenceLater       Absence = "later"        // counted together, and the round has not ended
	AbsenceFailed      Absence = "failed"       // counted together, and the round gave no figure
	AbsenceSummed      Absence = "summed"       // with the round's number it would be told nearer than its own rounding does
	AbsenceManyRooms   Absence = "many_rooms"   // over wire.MaxPool rooms, which are not counted together
	AbsenceUnfilled    Absence = "unfilled"     // the room asked, and nobody answered
)

// Number is a count or a percentage that may be absent. N means something only
// when Reason is Shown.
type Number struct {
	N      int64
	Reason Absence
}

// OK tells whether the number is there.
func (n Number) OK() bool { return n.Reason == AbsenceNone }

// Visits are counts of class A by measure: exact, for the rooms' own coordinator
// only. What is not in it the room did not know how to count, see Figure.
type Visits map[count.Measure]int64

func (v Visits) add(w Visits) {
	for m, n := range w {
		v[m] += n
	}
}

// Badge is the visits by badge or at the desk.
func (v Visits) Badge() int64 { return v[count.MeasureBadgeVisits] }

// Guests is the guests of every kind.
func (v Visits) Guests() int64 { return v[count.MeasureGuests] }

// Assumed is those of Badge that no tap of their own started.
func (v Visits) Assumed() int64 { return v[count.MeasureAssumed] }

// Total is all visits: by badge and guests.
func (v Visits) Total() int64 { return v.Badge() + v.Guests() }

// Unasked is how many guests fell in no age band.
func (v Visits) Unasked() int64 {
	return max(0, v.Guests()-v[count.MeasureGuestsChild]-v[count.MeasureGuestsTeen]-v[count.MeasureGuestsAdult]-v[count.MeasureGuestsElder])
}

// Figure returns the number of a measure of class A, ReasonNotReceived when none
// came: what is missing is never a zero.
func (v Visits) Figure(d count.Definition) Number {
	n, came := v[d.Measure]
	switch {
	case d.Measure == count.MeasureVisits:
		n = v.Total()
	case d.Measure == count.MeasureGuestsUnasked:
		n = v.Unasked()
	case !came:
		return Number{Reason: AbsenceNotReceived}
	}
	return Number{N: n}
}

// BadgeShare is the percentage of visits made by badge, else ReasonNoVisits.
func (v Visits) BadgeShare() Number { return percent(v.Badge(), v.Total()) }

// DayState is what is known of a day.
type DayState string

// What can be known of a day. Over several rooms, Partial also stands for a
// day that some of them have not sent.
const (
	DayMissing  DayState = "missing"  // nothing received: not a zero
	DayUndated  DayState = "undated"  // all came, and it may lack visits that wait for a date
	DayPartial  DayState = "partial"  // counts came, the end of the day did not
	DayReceived DayState = "received" // whole
	DayClosed   DayState = "closed"   // whole, planned closed; it may hold visits all the same
	DayLive     DayState = "live"     // today, so far
)

// DayFigures is one day of a series, up to today.
type DayFigures struct {
	Date    count.Day
	State   DayState
	Visits  Visits // means nothing when State is Missing
	Undated int64  // visits that wait for a date and can be of this one

	Unfilled map[count.Measure]int // rooms in which nobody answered, by what was asked
}

// Weeks counts the ended ISO weeks of a period, a week being in the period
// that holds its Thursday, and those of them of which all seven days came.
type Weeks struct {
	Received, Expected int
}

// Comparison is a running day, week or month beside the same number of days one
// week or one month before. Only rooms of which every day of both came whole are
// compared, and of the day beside today the parts of which today's numbers have come.
type Comparison struct {
	Days, DaysBefore   count.Days // the running days and those beside them, fewer only where their month is short
	Now                Visits     // of all rooms, as far as received
	NowReason          Absence    // NotReceived when no day of the span came
	Comparable, Before Visits     // of the rooms compared, now and before
	BeforeReason       Absence    // NotReceived when no room can be compared, Undated when one may lack visits
	Rooms, Of          int        // rooms compared, of all
	Undated            int64      // visits that wait for a date and can be of Days
	AtLeast            bool       // today is among Days, and a room lost visits of it
	Ended              int        // parts of today that came from the room that is furthest
}

// PartVisits are the visits of one part of the day.
type PartVisits struct {
	Part   count.Part
	Visits Visits
}

// VisitFigures are figures of class A, of one room or over several: they add up.
type VisitFigures struct {
	Today, Week, Month Comparison
	Visits             Visits       // of the whole period, as far as received
	Reason             Absence      // NotReceived when no day of the period came
	Days               []DayFigures // of the period, up to today
	Parts              []PartVisits // of the period, in the order of the day
	Weeks              Weeks        // of the period; over several rooms, room-weeks
	Undated            int64        // visits that wait for a date and can be of the period

	Unfilled map[count.Measure]int // days on which nobody answered, by what was asked; over several rooms, room-days
}

// PersonFigures are figures of class B of one room in one month or quarter. They are
// never added over rooms: one person may visit two.
type PersonFigures struct {
	Numbers    map[count.Measure]Number // of every measure of the class
	BadgeShare Number                   // percent, of the same period
	AtLeast    bool                     // counted after a restore: there may be more
	Undated    int64                    // visits that wait for a date and can be of the period
}

// percent is part of whole, rounded to the nearest.
func percent(part, whole int64) Number {
	if whole == 0 {
		return Number{Reason: AbsenceNoVisits}
	}
	return Number{N: (200*part + whole) / (2 * whole)}
}
