package signal

import "example.org/inloop/kiosk"

// Pattern is one of the things that the pins can say. A greater one is
// stronger: more is lost when it goes unnoticed.
type Pattern int

// What the pins can say.
const (
	PatternNone     Pattern = iota // nothing at all
	PatternWelcome                 // all is well
	PatternAsk                     // walk on to a volunteer
	PatternNotSaved                // nothing was kept: the paper list
)

// PatternFor gives the pattern that goes with a kind of greeting. What is well for the
// one who tapped is a welcome, a goodbye too: the screen tells them apart. A
// kind that is not known here asks for a volunteer, as nobody may be welcomed
// by mistake.
func PatternFor(k kiosk.GreetingKind) Pattern {
	switch k {
	case kiosk.GreetingNone:
		return PatternNone
	case kiosk.GreetingFirst, kiosk.GreetingWelcome, kiosk.GreetingLongTime, kiosk.GreetingGuest, kiosk.GreetingGoingHome,
		kiosk.GreetingGoodbye, kiosk.GreetingAlreadyIn, kiosk.GreetingStillHere:
		return PatternWelcome
	case kiosk.GreetingNotSaved:
		return PatternNotSaved
	case kiosk.GreetingUnknownBadge, kiosk.GreetingPhone:
		return PatternAsk
	}
	return PatternAsk
}

// String names the pattern.
func (p Pattern) String() string {
	switch p {
	case PatternNone:
		return "none"
	case PatternWelcome:
		return "welcome"
	case PatternAsk:
		return "ask"
	case PatternNotSaved:
		return "not saved"
	}
	return "unknown"
}

// sound is what the buzzer does.
func (p Pattern) sound() rhythm {
	switch p {
	case PatternWelcome:
		return rhythm{120 * ms}
	case PatternAsk:
		return rhythm{240 * ms, 120 * ms, 240 * ms}
	case PatternNotSaved:
		return rhythm{480 * ms, 120 * ms, 120 * ms, 120 * ms, 120 * ms}
	}
	return nil
}

// light is what the LED does.
func (p Pattern) light() rhythm {
	switch p {
	case PatternWelcome:
		return rhythm{600 * ms}
	case PatternAsk:
		return rhythm{300 * ms, 200 * ms, 300 * ms}
	case PatternNotSaved:
		return rhythm{200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms}
	}
	return nil
}
