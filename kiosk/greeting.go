package kiosk

// GreetingKind is what the door screen says to one who tapped.
type GreetingKind string

// The kinds of greeting, each with its own shape, colour and tone.
const (
	GreetingNone         GreetingKind = ""          // the door greets nobody (a volunteer's badge)
	GreetingFirst        GreetingKind = "first"     // welcome, for the first time
	GreetingWelcome      GreetingKind = "welcome"   // welcome back
	GreetingLongTime     GreetingKind = "longtime"  // welcome back after more than 90 days
	GreetingGoodbye      GreetingKind = "goodbye"   //
	GreetingAlreadyIn    GreetingKind = "already"   // tapped again within ten minutes
	GreetingStillHere    GreetingKind = "stillhere" // tapped again just after the goodbye: the stay goes on
	GreetingGoingHome    GreetingKind = "assumed"   // good that you are here; going home? tap once more
	GreetingUnknownBadge GreetingKind = "unknown"   // welcome, walk on to the host
	GreetingPhone        GreetingKind = "phone"     // a phone or bank card: use the room's badge
	GreetingUnread       GreetingKind = "again"     // something lies there that cannot be read: once more
	GreetingGuest        GreetingKind = "guest"     // the guest pass
	GreetingNotSaved     GreetingKind = "notsaved"  // red: nothing was kept, use the paper list
)

// Greeting is what the door screen shows of one tap, read back from what was
// committed.
type Greeting struct {
	Kind     GreetingKind
	Sign     Sign     // empty when there is none
	Name     string   // empty unless it is wanted on the screen
	Language Language // empty for Dutch
}

// Receipt is what became of a tap.
type Receipt struct {
	Greeting  Greeting
	Volunteer int64 // whose badge it was; 0 when no volunteer's
}
