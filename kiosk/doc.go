// Package kiosk holds the words and the rules of one neighbourhood room: who a
// badge belongs to, what a tap means, when a visit counts and what the door
// screen says about it. It knows no database, no network and no chip; beside
// the calendar of package count it imports the standard library alone, so every
// rule can be read and tested without a machine around it.
//
// A [Tap] comes to [TapHandler.CheckIn]. The [TapStore] looks up the [Situation]
// and asks [Meaning], which answers with an [Outcome]: the [Effect] to be written
// down and the [Greeting] to be shown once that is safe. [Visit] and [Stay] are
// what is kept, [Resident] and [Volunteer] the people, and [View] is the day as
// the volunteers' page shows it. How the kiosk itself is doing is its [Health].
package kiosk
