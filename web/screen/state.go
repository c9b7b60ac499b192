package screen

import (
	"strings"
	"unicode/utf8"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
)

// state is all that a page knows. Words are written out here, so that the page
// needs neither translations nor clock.
type state struct {
	Seq  uint64           `json:"seq"`
	Look string           `json:"look,omitempty"` // "day" or "night"; empty: as the device has it
	Kind string           `json:"kind"`           // a kind of greeting, or one of those below
	Tap  uint64           `json:"tap,omitempty"`  // which tap is greeted: a page sounds each once
	Sign *sign            `json:"sign,omitempty"`
	Says map[string]words `json:"says,omitempty"` // by language; one language when the resident chose one
	Idle map[string]idle  `json:"idle"`           // by language
	Go   string           `json:"go,omitempty"`   // another page that is wanted here now
}

// The kinds that are not a greeting.
const (
	kindIdle     = "idle"
	kindAway     = "away"     // the reader does not work
	kindStarting = "starting" // not ready yet
)

type sign struct {
	Picture string `json:"picture"`
	Colour  string `json:"colour"`
}

// words is what a greeting says in one language.
type words struct {
	Dir   string `json:"dir"`
	Size  string `json:"size"` // of the title: "m", or "s", "xs", "xxs" when it is long
	Title string `json:"title"`
	Line  string `json:"line"`
	Hint  string `json:"hint,omitempty"`
	Sign  string `json:"sign,omitempty"`
}

// state makes the present state; s.mu is held.
func (s *Screen) state() state {
	now := s.now()
	st := state{Seq: s.seq, Kind: kindIdle, Idle: make(map[string]idle)}
	sure, badges := s.light("clock").Reason != "clock.unsure", s.light("reader").Reason != "reader.none"
	if sure {
		st.Look = s.idle.look(now)
	}
	for _, l := range s.translations.Languages() {
		st.Idle[l.Lang()] = s.idle.view(l, now, sure, badges)
	}
	if g := s.greeting; g != nil {
		st.Kind, st.Tap = string(g.Kind), s.taps
		if picture, colour, err := g.Sign.Split(); err == nil {
			st.Sign = &sign{Picture: picture, Colour: colour}
		}
		st.Says = s.says(*g, st.Sign)
		return st
	}
	st.Kind = s.fault()
	if kiosk.ReaderDown(s.lights) {
		st.Go = s.idle.Desk
	}
	if st.Kind != kindIdle {
		st.Says = s.says(kiosk.Greeting{Kind: kiosk.GreetingKind(st.Kind)}, nil)
	}
	return st
}

// says writes a greeting out: in the resident's own language when there is one,
// in all of them when nobody knows who stands there, for the page to choose.
func (s *Screen) says(g kiosk.Greeting, sg *sign) map[string]words {
	spoken := s.translations.Languages()
	if g.Language != "" {
		spoken = []web.Localizer{s.translations.In(string(g.Language))}
	} else if g.Sign != "" {
		spoken = []web.Localizer{s.translations.In(web.DefaultLanguage)}
	}
	said := make(map[string]words, len(spoken))
	for _, t := range spoken {
		id := "door." + string(g.Kind)
		w := words{Dir: t.Dir(), Title: t.T(id+".title", nil), Line: t.T(id+".line", nil)}
		if g.Name != "" && named(g.Kind) {
			w.Title = t.T(id+".named", map[string]any{"Name": g.Name})
		}
		if g.Kind == kiosk.GreetingGoingHome {
			w.Hint = t.T(id+".hint", nil)
		}
		if sg != nil {
			w.Sign = t.Sign(sg.Picture, sg.Colour)
		}
		w.Size = size(w.Title)
		said[t.Lang()] = w
	}
	return said
}

// named tells which greetings may hold a name: those of a resident known.
func named(k kiosk.GreetingKind) bool {
	switch k {
	case kiosk.GreetingFirst, kiosk.GreetingWelcome, kiosk.GreetingLongTime, kiosk.GreetingGoodbye,
		kiosk.GreetingAlreadyIn, kiosk.GreetingStillHere, kiosk.GreetingGoingHome:
		return true
	}
	return false
}

// size picks the type for a title, so that its longest word stays whole and a
// long name still fits 800 by 480.
func size(title string) string {
	longest := 0
	for _, word := range strings.Fields(title) {
		longest = max(longest, utf8.RuneCountInString(word))
	}
	all := utf8.RuneCountInString(title)
	switch {
	case longest <= 9 && all <= 24:
		return "m"
	case longest <= 11 && all <= 36:
		return "s"
	case longest <= 14 && all <= 60:
		return "xs"
	case longest <= 24 && all <= 60:
		return "xxs"
	default: // a long name: its beginning is enough to know oneself by
		return "cut"
	}
}

// fault is what the door shows instead of its idle face: visits that are not
// kept go before a reader that does not work. Orange lights are the desk's.
func (s *Screen) fault() string {
	store, reader := s.light("store"), s.light("reader")
	switch {
	case store.Reason == "store.starting" || store.Level != kiosk.LevelRed && reader.Reason == "reader.starting":
		return kindStarting
	case store.Level == kiosk.LevelRed:
		return string(kiosk.GreetingNotSaved)
	case reader.Level == kiosk.LevelRed:
		return kindAway
	}
	return kindIdle
}

// light is how a part is doing; a part that nobody spoke of is green.
func (s *Screen) light(part string) kiosk.Health {
	for _, l := range s.lights {
		if l.Part == part {
			return l
		}
	}
	return kiosk.Health{Part: part, Level: kiosk.LevelGreen}
}
