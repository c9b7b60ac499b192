package kiosk

import (
	"errors"
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

// at is a moment of the test's one boot: a clock time of one day.
func at(clock string) Moment {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err)
	}
	since := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	return Moment{Wall: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).Add(since), Boot: "b", Since: since}
}

const (
	testDay  = count.Day(20781) // 2026-11-24
	lastWeek = testDay - 7
)

// resident is the situation of a resident's badge: seen before, nothing today.
func resident(now string) Situation {
	m := at(now)
	return Situation{Badge: BadgeResident, Now: m, Today: Today{
		Day: testDay, Part: DefaultPartTimes().Part(count.ClockTime(m.Since / time.Minute)), FirstSeen: lastWeek, LastSeen: lastWeek,
	}}
}

// in adds a stay that began at a time and goes on.
func (s Situation) in(since string) Situation {
	m := at(since)
	s.Stay = &Stay{ID: 1, Day: testDay, Part: DefaultPartTimes().Part(count.ClockTime(m.Since / time.Minute)), In: m}
	s.Last, s.Visited = m, true
	return s
}

// out ends that stay.
func (s Situation) out(when string, end StayEnd) Situation {
	s.Stay.End, s.Stay.Out = end, at(when)
	if end == StayEndMeasured {
		s.Last = at(when)
	}
	return s
}

func (s Situation) assumed() Situation { s.Stay.Assumed = true; return s }

func (s Situation) last(when string) Situation { s.Last = at(when); return s }

func (s Situation) with(f func(*Situation)) Situation { f(&s); return s }

// TestMeaning_EachRow is the table of the product page, a line a row.
func TestMeaning_EachRow(t *testing.T) {
	card := func(c BadgeKind, guests int) Situation {
		return Situation{Badge: c, Now: at("10:00:00"), Guests: guests}
	}
	for _, c := range []struct {
		name string
		s    Situation
		want Outcome
	}{
		{"a volunteer's badge", card(BadgeVolunteer, 0), Outcome{EffectAskPIN, GreetingNone}},
		{"the guest pass", card(BadgeGuestPass, 0), Outcome{EffectAddGuest, GreetingGuest}},
		{"the eighth guest within a minute", card(BadgeGuestPass, 7), Outcome{EffectAddGuest, GreetingGuest}},
		{"the ninth guest within a minute", card(BadgeGuestPass, 8), Outcome{EffectHoldGuest, GreetingGuest}},
		{"a phone", card(BadgeRandomUID, 0), Outcome{EffectNone, GreetingPhone}},
		{"an unknown badge", card(BadgeUnknown, 0), Outcome{EffectNoteBadge, GreetingUnknownBadge}},
		{"a lost badge", card(BadgeLost, 0), Outcome{EffectNoteBadge, GreetingUnknownBadge}},

		{"not in today, never before", resident("10:00:00").with(func(s *Situation) { s.FirstSeen, s.LastSeen = count.NoDay, count.NoDay }), Outcome{EffectArrive, GreetingFirst}},
		{"not in today, last week", resident("10:00:00"), Outcome{EffectArrive, GreetingWelcome}},
		{"not in today, 90 days ago", resident("10:00:00").with(func(s *Situation) { s.LastSeen = testDay - 90 }), Outcome{EffectArrive, GreetingWelcome}},
		{"not in today, 91 days ago", resident("10:00:00").with(func(s *Situation) { s.LastSeen = testDay - 91 }), Outcome{EffectArrive, GreetingLongTime}},
		{"in, a minute later", resident("10:01:00").in("10:00:00"), Outcome{EffectNone, GreetingAlreadyIn}},
		{"in, just under ten minutes", resident("10:09:59").in("10:00:00"), Outcome{EffectNone, GreetingAlreadyIn}},
		{"in, ten minutes", resident("10:10:00").in("10:00:00"), Outcome{EffectLeave, GreetingGoodbye}},
		{"in, same part, 45 minutes", resident("10:45:00").in("10:00:00"), Outcome{EffectLeave, GreetingGoodbye}},
		{"gone, three minutes", resident("10:48:00").in("10:00:00").out("10:45:00", StayEndMeasured), Outcome{EffectReopen, GreetingStillHere}},
		{"gone, ten minutes", resident("10:55:00").in("10:00:00").out("10:45:00", StayEndMeasured), Outcome{EffectArrive, GreetingWelcome}},
		{"gone in the morning, back in the evening", resident("19:00:00").in("10:00:00").out("10:45:00", StayEndMeasured), Outcome{EffectArrive, GreetingWelcome}},
		{"in since an earlier part", resident("13:00:00").in("10:00:00"), Outcome{EffectAssume, GreetingGoingHome}},
		{"going home: two seconds after", resident("13:00:02").in("13:00:00").assumed(), Outcome{EffectTakeBack, GreetingGoodbye}},
		{"going home: a minute after", resident("13:01:00").in("13:00:00").assumed(), Outcome{EffectTakeBack, GreetingGoodbye}},
		{"not going home: one second after", resident("13:00:01").in("13:00:00").assumed(), Outcome{EffectNone, GreetingAlreadyIn}},
		{"not going home: over a minute after", resident("13:01:01").in("13:00:00").assumed(), Outcome{EffectNone, GreetingAlreadyIn}},
		{"assumed, half an hour later", resident("13:30:00").in("13:00:00").assumed(), Outcome{EffectLeave, GreetingGoodbye}},
		{"closed by the clock, 59 minutes ago", resident("17:59:00").in("14:00:00").out("17:00:00", StayEndEstimated), Outcome{EffectConfirm, GreetingGoodbye}},
		{"closed by the clock, an hour ago", resident("18:00:00").in("14:00:00").out("17:00:00", StayEndEstimated), Outcome{EffectArrive, GreetingWelcome}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Meaning(c.s); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestMeaning_OrderOfRows holds situations that fit two rows of the table: the
// upper one decides.
func TestMeaning_OrderOfRows(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Situation
		want Outcome
	}{
		{"a volunteer's badge goes before what its owner did today", resident("10:05:00").in("10:00:00").with(func(s *Situation) { s.Badge = BadgeVolunteer }), Outcome{EffectAskPIN, GreetingNone}},
		{"the window goes before the ten minutes", resident("13:00:30").in("13:00:00").assumed(), Outcome{EffectTakeBack, GreetingGoodbye}},
		{"the ten minutes go before the change of part", resident("12:03:00").in("11:58:00"), Outcome{EffectNone, GreetingAlreadyIn}},
		{"and hold after a re-opening in an earlier part", resident("12:03:00").in("10:00:00").last("11:58:00"), Outcome{EffectNone, GreetingAlreadyIn}},
		{"the ten minutes after a goodbye go before a new arrival in the next part", resident("12:03:00").in("10:00:00").out("11:58:00", StayEndMeasured), Outcome{EffectReopen, GreetingStillHere}},
		{"closed by the clock goes before the ten minutes of an arrival", resident("17:03:00").in("16:56:00").out("17:00:00", StayEndEstimated), Outcome{EffectConfirm, GreetingGoodbye}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Meaning(c.s); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestMeaning_WindowIsTimedByTheBoot lets the wall clock jump an hour between
// two taps: what counts is the time since the boot.
func TestMeaning_WindowIsTimedByTheBoot(t *testing.T) {
	s := resident("10:05:00").in("10:00:00")
	s.Now.Wall = s.Now.Wall.Add(time.Hour)
	if got := Meaning(s); got.Greeting != GreetingAlreadyIn {
		t.Errorf("five minutes later by the boot, an hour by the wall clock: %q, want already", got.Greeting)
	}
}

func TestMeaningByHand_ArrivesAsByABadge(t *testing.T) {
	left := func(now, at2 string, end StayEnd) Situation {
		s := resident(now).in("10:00:00")
		s.Stay.End, s.Stay.Out, s.Last = end, at(at2), at(at2)
		return s
	}
	for name, c := range map[string]struct {
		s      Situation
		effect Effect
		err    error
	}{
		"not there yet today":              {resident("11:00:00"), EffectArrive, nil},
		"is in":                            {resident("11:00:00").in("10:00:00"), EffectNone, ErrAlready},
		"left nine minutes ago":            {left("11:09:59", "11:00:00", StayEndMeasured), EffectReopen, nil},
		"left ten minutes ago":             {left("11:10:00", "11:00:00", StayEndMeasured), EffectArrive, nil},
		"closed by the clock a moment ago": {left("11:01:00", "11:00:00", StayEndEstimated), EffectArrive, nil},
	} {
		if effect, err := MeaningByHand(c.s); effect != c.effect || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v, want %v, %v", name, effect, err, c.effect, c.err)
		}
	}
}

func TestPaperEntry_Check(t *testing.T) {
	const oldest = testDay - 400
	for name, c := range map[string]struct {
		e    PaperEntry
		want error
	}{
		"a person this morning":    {PaperEntry{testDay, count.PartMorning, 5, 0}, nil},
		"guests yesterday evening": {PaperEntry{testDay - 1, count.PartEvening, 0, 200}, nil},
		"the oldest day":           {PaperEntry{oldest, count.PartMorning, 5, 0}, nil},
		"the part that is running": {PaperEntry{testDay, count.PartAfternoon, 5, 0}, ErrNotYet},
		"a part to come":           {PaperEntry{testDay, count.PartEvening, 5, 0}, ErrNotYet},
		"tomorrow":                 {PaperEntry{testDay + 1, count.PartMorning, 5, 0}, ErrFuture},
		"longer ago than is kept":  {PaperEntry{oldest - 1, count.PartMorning, 5, 0}, ErrTooOld},
		"no day":                   {PaperEntry{count.NoDay, count.PartMorning, 5, 0}, ErrNotFound},
		"no part":                  {PaperEntry{testDay - 1, "", 5, 0}, ErrNotFound},
		"nobody":                   {PaperEntry{testDay - 1, count.PartMorning, 0, 0}, ErrNotFound},
		"a person and guests":      {PaperEntry{testDay - 1, count.PartMorning, 5, 1}, ErrNotFound},
		"more guests than a sheet": {PaperEntry{testDay - 1, count.PartMorning, 0, 201}, ErrNotFound},
		"fewer guests than nobody": {PaperEntry{testDay - 1, count.PartMorning, 0, -1}, ErrNotFound},
	} {
		if err := c.e.Check(testDay, count.PartAfternoon, oldest); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
