package kiosk

import (
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
	return Situation{Card: ResidentBadge, Now: m, Today: Today{
		Day: testDay, Part: DefaultBounds().Part(count.ClockTime(m.Since / time.Minute)), FirstSeen: lastWeek, LastSeen: lastWeek,
	}}
}

// in adds a stay that began at a time and goes on.
func (s Situation) in(since string) Situation {
	m := at(since)
	s.Stay = &Stay{ID: 1, Day: testDay, Part: DefaultBounds().Part(count.ClockTime(m.Since / time.Minute)), In: m}
	s.Last, s.Visited = m, true
	return s
}

// out ends that stay.
func (s Situation) out(when string, end End) Situation {
	s.Stay.End, s.Stay.Out = end, at(when)
	if end == Measured {
		s.Last = at(when)
	}
	return s
}

func (s Situation) assumed() Situation { s.Stay.Assumed = true; return s }

func (s Situation) last(when string) Situation { s.Last = at(when); return s }

func (s Situation) with(f func(*Situation)) Situation { f(&s); return s }

// TestMeaning_EachRow is the table of the product page, a line a row.
func TestMeaning_EachRow(t *testing.T) {
	card := func(c Card, guests int) Situation { return Situation{Card: c, Now: at("10:00:00"), Guests: guests} }
	for _, c := range []struct {
		name string
		s    Situation
		want Outcome
	}{
		{"a volunteer's badge", card(VolunteerBadge, 0), Outcome{AskPIN, Nobody}},
		{"the guest pass", card(GuestPass, 0), Outcome{AddGuest, Guest}},
		{"the eighth guest within a minute", card(GuestPass, 7), Outcome{AddGuest, Guest}},
		{"the ninth guest within a minute", card(GuestPass, 8), Outcome{HoldGuest, Guest}},
		{"a phone", card(RandomUID, 0), Outcome{Nothing, Phone}},
		{"an unknown badge", card(UnknownBadge, 0), Outcome{NoteBadge, Stranger}},
		{"a lost badge", card(LostBadge, 0), Outcome{NoteBadge, Stranger}},

		{"not in today, never before", resident("10:00:00").with(func(s *Situation) { s.FirstSeen, s.LastSeen = count.NoDay, count.NoDay }), Outcome{Arrive, First}},
		{"not in today, last week", resident("10:00:00"), Outcome{Arrive, Welcome}},
		{"not in today, 90 days ago", resident("10:00:00").with(func(s *Situation) { s.LastSeen = testDay - 90 }), Outcome{Arrive, Welcome}},
		{"not in today, 91 days ago", resident("10:00:00").with(func(s *Situation) { s.LastSeen = testDay - 91 }), Outcome{Arrive, LongTime}},
		{"in, a minute later", resident("10:01:00").in("10:00:00"), Outcome{Nothing, AlreadyIn}},
		{"in, just under ten minutes", resident("10:09:59").in("10:00:00"), Outcome{Nothing, AlreadyIn}},
		{"in, ten minutes", resident("10:10:00").in("10:00:00"), Outcome{Leave, Goodbye}},
		{"in, same part, 45 minutes", resident("10:45:00").in("10:00:00"), Outcome{Leave, Goodbye}},
		{"gone, three minutes", resident("10:48:00").in("10:00:00").out("10:45:00", Measured), Outcome{Reopen, StillHere}},
		{"gone, ten minutes", resident("10:55:00").in("10:00:00").out("10:45:00", Measured), Outcome{Arrive, Welcome}},
		{"gone in the morning, back in the evening", resident("19:00:00").in("10:00:00").out("10:45:00", Measured), Outcome{Arrive, Welcome}},
		{"in since an earlier part", resident("13:00:00").in("10:00:00"), Outcome{Assume, GoingHome}},
		{"going home: two seconds after", resident("13:00:02").in("13:00:00").assumed(), Outcome{TakeBack, Goodbye}},
		{"going home: a minute after", resident("13:01:00").in("13:00:00").assumed(), Outcome{TakeBack, Goodbye}},
		{"not going home: one second after", resident("13:00:01").in("13:00:00").assumed(), Outcome{Nothing, AlreadyIn}},
		{"not going home: over a minute after", resident("13:01:01").in("13:00:00").assumed(), Outcome{Nothing, AlreadyIn}},
		{"assumed, half an hour later", resident("13:30:00").in("13:00:00").assumed(), Outcome{Leave, Goodbye}},
		{"closed by the clock, 59 minutes ago", resident("17:59:00").in("14:00:00").out("17:00:00", Estimated), Outcome{Confirm, Goodbye}},
		{"closed by the clock, an hour ago", resident("18:00:00").in("14:00:00").out("17:00:00", Estimated), Outcome{Arrive, Welcome}},
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
		{"a volunteer's badge goes before what its owner did today", resident("10:05:00").in("10:00:00").with(func(s *Situation) { s.Card = VolunteerBadge }), Outcome{AskPIN, Nobody}},
		{"the window goes before the ten minutes", resident("13:00:30").in("13:00:00").assumed(), Outcome{TakeBack, Goodbye}},
		{"the ten minutes go before the change of part", resident("12:03:00").in("11:58:00"), Outcome{Nothing, AlreadyIn}},
		{"and hold after a re-opening in an earlier part", resident("12:03:00").in("10:00:00").last("11:58:00"), Outcome{Nothing, AlreadyIn}},
		{"the ten minutes after a goodbye go before a new arrival in the next part", resident("12:03:00").in("10:00:00").out("11:58:00", Measured), Outcome{Reopen, StillHere}},
		{"closed by the clock goes before the ten minutes of an arrival", resident("17:03:00").in("16:56:00").out("17:00:00", Estimated), Outcome{Confirm, Goodbye}},
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
	if got := Meaning(s); got.Kind != AlreadyIn {
		t.Errorf("five minutes later by the boot, an hour by the wall clock: %q, want already", got.Kind)
	}
}
