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
	case kiosk.GreetingUnknownBadge, kiosk.GreetingPhone, kiosk.GreetingUnread:
		return PatternAsk
	}
	return PatternAsk
}

// plays is what each is called, and what buzzer and LED do for it.
var plays = [...]struct {
	name         string
	sound, light rhythm
}{
	PatternNone:     {name: "none"},
	PatternWelcome:  {"welcome", rhythm{120 * ms}, rhythm{600 * ms}},
	PatternAsk:      {"ask", rhythm{240 * ms, 120 * ms, 240 * ms}, rhythm{300 * ms, 200 * ms, 300 * ms}},
	PatternNotSaved: {"not saved", rhythm{480 * ms, 120 * ms, 120 * ms, 120 * ms, 120 * ms}, rhythm{200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms}},
}

// String names the pattern.
func (p Pattern) String() string {
	if p < 0 || int(p) >= len(plays) {
		return "unknown"
	}
	return plays[p].name
}
