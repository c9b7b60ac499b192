package count

// Measure is the name of something counted, spelled the same on every page,
// file and request.
type Measure string

// The measures that rooms count, and the figures that follow from them. What each
// is, and how it may be told, is its Definition in Standard.
const (
	MeasureVisits        Measure = "visits"
	MeasureBadgeVisits   Measure = "badge_visits"
	MeasureGuests        Measure = "guests"
	MeasureGuestsChild   Measure = "guests_0_11"
	MeasureGuestsTeen    Measure = "guests_12_17"
	MeasureGuestsAdult   Measure = "guests_18_64"
	MeasureGuestsElder   Measure = "guests_65"
	MeasureGuestsUnasked Measure = "guests_unasked"
	MeasureAssumed       Measure = "assumed"
	MeasureOpen          Measure = "open"

	MeasureOpened           Measure = "opened"
	MeasurePlannedParts     Measure = "planned_parts"
	MeasureOpenParts        Measure = "open_parts"
	MeasurePlannedMinutes   Measure = "planned_minutes"
	MeasureOpenMinutes      Measure = "open_minutes"
	MeasureVolunteers       Measure = "volunteers"
	MeasureVolunteerMinutes Measure = "volunteer_minutes"
	MeasureActivities       Measure = "activities"
	MeasureActivityVisits   Measure = "activity_visits"
	MeasureReferred         Measure = "referred"

	MeasureUnique     Measure = "unique"
	MeasureNew        Measure = "new"
	MeasureKnown      Measure = "known"
	MeasureRegular    Measure = "regular"
	MeasureBadgeShare Measure = "badge_share"
	MeasureReachN     Measure = "reach_n"
	MeasureReachA     Measure = "reach_a"
	MeasureReachK     Measure = "reach_k"
)

// Class says how much a measure could tell about one person, and so how long a
// period it may be counted over: A counts visits (per day), B persons (month and
// up), C what persons answered (quarter and up).
type Class byte

// The three classes of measures.
const (
	ClassA Class = 'A'
	ClassB Class = 'B'
	ClassC Class = 'C'
)
