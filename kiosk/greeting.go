package kiosk

// Kind is what the door screen says to one who tapped.
type Kind string

// The kinds of greeting, each with its own shape, colour and tone.
const (
	Nobody    Kind = ""          // the door greets nobody (a volunteer's badge)
	First     Kind = "first"     // welcome, for the first time
	Welcome   Kind = "welcome"   // welcome back
	LongTime  Kind = "longtime"  // welcome back after more than 90 days
	Goodbye   Kind = "goodbye"   //
	AlreadyIn Kind = "already"   // tapped again within ten minutes
	StillHere Kind = "stillhere" // tapped again just after the goodbye: the stay goes on
	GoingHome Kind = "assumed"   // good that you are here; going home? tap once more
	Stranger  Kind = "unknown"   // welcome, walk on to the host
	Phone     Kind = "phone"     // a phone or bank card: use the room's badge
	Guest     Kind = "guest"     // the guest pass
	NotSaved  Kind = "notsaved"  // red: nothing was kept, use the paper list
)

// Greeting is what the door screen shows of one tap, read back from what was
// committed.
type Greeting struct {
	Kind     Kind
	Sign     Sign     // empty when there is none
	Name     string   // empty unless she wants it on the screen
	Language Language // empty for Dutch
}

// Receipt is what became of a tap.
type Receipt struct {
	Greeting  Greeting
	Volunteer int64 // whose badge it was; 0 when no volunteer's
}
