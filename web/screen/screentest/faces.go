package screentest

import (
	"example.org/inloop/kiosk"
	"example.org/inloop/web/screen"
)

// Face is one that the door can show.
type Face struct {
	Kind string // as the page names it
	Show func(*screen.Screen, kiosk.Language)
}

// Faces lists every face of the door but the idle one.
func Faces() []Face {
	greet := func(kind kiosk.GreetingKind, sign kiosk.Sign, name string) Face {
		return Face{string(kind), func(s *screen.Screen, l kiosk.Language) {
			s.Show(kiosk.Greeting{Kind: kind, Sign: sign, Name: name, Language: l})
		}}
	}
	light := func(kind, part, reason string) Face {
		return Face{kind, func(s *screen.Screen, _ kiosk.Language) {
			s.Show(kiosk.Greeting{}) // a greeting goes before any light
			s.SetLights([]kiosk.Health{{Part: part, Level: kiosk.LevelRed, Reason: reason}})
		}}
	}
	return []Face{
		greet(kiosk.GreetingFirst, "tulip.red", ""),
		greet(kiosk.GreetingWelcome, "teapot.blue", "Fatma"),
		greet(kiosk.GreetingLongTime, "bicycle.green", ""),
		greet(kiosk.GreetingGoodbye, "moon.black", "Mevrouw van der Wetering"),
		greet(kiosk.GreetingAlreadyIn, "snail.yellow", ""),
		greet(kiosk.GreetingStillHere, "boat.pink", ""),
		greet(kiosk.GreetingGoingHome, "turtle.green", ""),
		greet(kiosk.GreetingUnknownBadge, "", ""),
		greet(kiosk.GreetingPhone, "", ""),
		greet(kiosk.GreetingUnread, "", ""),
		greet(kiosk.GreetingGuest, "", ""),
		greet(kiosk.GreetingNotSaved, "", ""),
		light("away", "reader", "reader.gone"),
		light("starting", "store", "store.starting"),
	}
}
