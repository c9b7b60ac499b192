package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

const (
	weeksBack  = 40
	silentDays = 21 // the second room was last heard of so long ago
)

// madeUp is a made-up room: where it keeps its data and who comes.
type madeUp struct {
	dir       string // of its data; its key lies beside it
	number    uint64 // another room for each
	people    int
	volunteer string
	until     time.Time
}

func (m madeUp) data() string { return filepath.Join(m.dir, "data") }
func (m madeUp) key() string  { return filepath.Join(m.dir, "key") }

// credentials open the volunteers' pages of a made-up room.
type credentials struct {
	Badge kiosk.UID // the volunteer's
	PIN   string
}

// timetable of the made-up rooms: open from Monday to Saturday, with a few
// days closed as a real room has them.
func timetable(zone *time.Location, until time.Time) kiosk.Timetable {
	t := kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: map[time.Weekday][]kiosk.OpeningHours{}, Exceptions: map[count.Day][]kiosk.OpeningHours{}}
	day := kiosk.OpeningHours{From: 9*60 + 30, Until: 17 * 60}
	for d := time.Monday; d <= time.Friday; d++ {
		t.Week[d] = []kiosk.OpeningHours{day}
	}
	t.Week[time.Tuesday] = []kiosk.OpeningHours{day, {From: 19 * 60, Until: 21*60 + 30}}
	t.Week[time.Saturday] = []kiosk.OpeningHours{{From: 10 * 60, Until: 14 * 60}}
	today := count.DayOf(until, zone)
	t.Since = today - weeksBack*7 // the rooms began with their history
	for _, back := range []count.Day{26, 27, 93, 94, 95, 96, 97, 160} {
		t.Exceptions[today-back] = nil
	}
	return t
}

// programme of the made-up room's week.
func programme() []kiosk.Activity {
	var all []kiosk.Activity
	add := func(d time.Weekday, from, until count.ClockTime, title string) {
		all = append(all, kiosk.Activity{Weekday: d, OpeningHours: kiosk.OpeningHours{From: from, Until: until}, Title: title})
	}
	for d := time.Monday; d <= time.Saturday; d++ {
		add(d, 10*60, 12*60, "Koffie en de krant")
	}
	add(time.Monday, 14*60, 16*60, "Samen soep maken")
	add(time.Tuesday, 13*60+30, 16*60, "Kaarten voor iedereen")
	add(time.Wednesday, 14*60, 16*60, "Taalcafé")
	add(time.Thursday, 13*60, 15*60, "Breien en naaien")
	add(time.Friday, 15*60, 17*60, "Spelletjes met de kinderen")
	return all
}

// play plays the room's history into a fresh store and returns what its only
// volunteer signs in with.
func (m madeUp) play(ctx context.Context, zone *time.Location, log *slog.Logger) (c credentials, err error) {
	table := timetable(zone, m.until)
	first := count.DayOf(m.until, zone) - weeksBack*7
	st := &stageClock{zone: zone}
	st.set(first.At(9*60, zone))
	store, err := m.open(ctx, st, table, log)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	h := &history{
		store: store, stage: st, timetable: table, people: neighbours(m.number, m.people, weeksBack),
		pass: cardOf(m.number, 900), rnd: rand.New(rand.NewPCG(m.number, 2)), numbers: map[int]int64{},
	}
	c = credentials{Badge: cardOf(m.number, 901), PIN: newPIN()}
	if h.volunteer, err = h.hire(ctx, m.volunteer, c); err != nil {
		return c, fmt.Errorf("made-up volunteer: %w", err)
	}
	return c, h.play(ctx, first, m.until)
}

func (m madeUp) open(ctx context.Context, clock kiosk.Clock, t kiosk.Timetable, log *slog.Logger) (*sqlite.Store, error) {
	keys, err := keyring.Load(m.key())
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Config{Dir: m.data(), Keys: keys, Clock: clock, Timetable: t, Log: log})
}

// hire lets a volunteer go through what a real one does: a one-time code, a
// badge of their own, a PIN. The pass for guests is hung up, too.
func (h *history) hire(ctx context.Context, name string, c credentials) (int64, error) {
	code, err := h.store.AddVolunteer(ctx, name)
	if err != nil {
		return 0, err
	}
	no, err := h.store.CheckCode(ctx, code)
	if err != nil {
		return 0, err
	}
	for _, card := range []struct {
		uid  kiosk.UID
		give func(badge int64) error
	}{
		{c.Badge, func(badge int64) error { return h.store.AssignVolunteerBadge(ctx, no, badge, no) }},
		{h.pass, func(badge int64) error { return h.store.MakeGuestPass(ctx, no, badge) }},
	} {
		if err := h.tap(ctx, card.uid); err != nil {
			return 0, err
		}
		badge, err := h.newest(ctx)
		if err != nil {
			return 0, err
		}
		if err := card.give(badge); err != nil {
			return 0, err
		}
	}
	return no, h.store.SetPIN(ctx, no, code, c.PIN)
}
