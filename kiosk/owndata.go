package kiosk

import "example.org/inloop/sync/count"

// OwnData is all that the room keeps of one person, for that person to read.
type OwnData struct {
	Resident
	Badges     int          // that work
	Lost       int          // badges that were reported lost
	Answered   count.Period // the quarter of the answers, empty when there are none
	Visits     []Visit      // those that count and have a day, newest first
	AskedAlone count.Day    // when a room's only volunteer first vouched for one without a badge, or count.NoDay
}

// OwnAnswers is what is kept of a person's answers. It goes into the file that
// they take along when they ask for it, and nowhere else.
type OwnAnswers struct {
	Isolation Isolation
	Route     Route
}
