package signal

import "example.org/inloop/kiosk"

// Pattern is one of the things that the pins can say. A greater one is
// stronger: more is lost when it goes unnoticed.
type Pattern int

// What the pins can say.
const (
	None     Pattern = iota // nothing at all
	Welcome                 // all is well
	Ask                     // walk on to a volunteer
	NotSaved                // nothing was kept: the paper list
)

// For gives the pattern that goes with a kind of greeting. What is well for the
// one who tapped is a welcome, a goodbye too: the screen tells them apart. A
// kind that is not known here asks for a volunteer, as nobody may be welcomed
// by mistake.
func For(k kiosk.GreetingKind) Pattern {
	switch k {
	case kiosk.GreetingNone:
		return None
	case kiosk.GreetingFirst, kiosk.GreetingWelcome, kiosk.GreetingLongTime, kiosk.GreetingGuest, kiosk.GreetingGoingHome,
		kiosk.GreetingGoodbye, kiosk.GreetingAlreadyIn, kiosk.GreetingStillHere:
		return Welcome
	case kiosk.GreetingNotSaved:
		return NotSaved
	case kiosk.GreetingUnknownBadge, kiosk.GreetingPhone:
		return Ask
	}
	return Ask
}

// String names the pattern.
func (p Pattern) String() string {
	switch p {
	case None:
		return "none"
	case Welcome:
		return "welcome"
	case Ask:
		return "ask"
	case NotSaved:
		return "not saved"
	}
	return "unknown"
}

// sound is what the buzzer does.
func (p Pattern) sound() rhythm {
	switch p {
	case Welcome:
		return rhythm{120 * ms}
	case Ask:
		return rhythm{240 * ms, 120 * ms, 240 * ms}
	case NotSaved:
		return rhythm{480 * ms, 120 * ms, 120 * ms, 120 * ms, 120 * ms}
	}
	return nil
}

// light is what the LED does.
func (p Pattern) light() rhythm {
	switch p {
	case Welcome:
		return rhythm{600 * ms}
	case Ask:
		return rhythm{300 * ms, 200 * ms, 300 * ms}
	case NotSaved:
		return rhythm{200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms}
	}
	return nil
}
