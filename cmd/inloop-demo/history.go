package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// history plays a made-up room's past through the real store: every visit in
// it is a tap that was taken, and every figure is counted, not written.
type history struct {
	store     *sqlite.Store
	stage     *stageClock
	timetable kiosk.Timetable
	people    []neighbour
	pass      kiosk.UID // the guest pass
	volunteer int64
	rnd       *rand.Rand

	numbers map[int]int64 // of the people enrolled so far, by their place
}

// event is one thing that happens at one time.
type event struct {
	at time.Time
	do func(context.Context) error
}

// play lets the days from first until the given time happen.
func (h *history) play(ctx context.Context, first count.Day, until time.Time) error {
	last := h.timetable.Day(until)
	for day := first; day <= last; day++ {
		events := h.day(day, int(day-first)/7)
		slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
		for _, e := range events {
			if e.at.After(until) {
				break
			}
			h.stage.set(e.at)
			if err := e.do(ctx); err != nil {
				return fmt.Errorf("%s: %w", e.at.Format(time.DateTime), err)
			}
		}
	}
	h.stage.set(until)
	return h.store.Tick(ctx)
}

// day draws what happens on one day. The clock's own work is done every fourth
// Sunday: every tap closes what is due by itself, and one night makes up for all
// before it.
func (h *history) day(day count.Day, week int) []event {
	zone := h.timetable.Zone
	var events []event
	if day.Weekday() == time.Sunday && week%4 == 3 {
		events = append(events, event{day.At(5, zone), h.store.Tick})
	}
	for _, hours := range h.timetable.Hours(day) {
		span := int(hours.Until - hours.From)
		at := func(minute int) time.Time {
			return day.At(hours.From, zone).Add(time.Duration(minute)*time.Minute + time.Duration(h.rnd.IntN(50))*time.Second)
		}
		for i := range h.people {
			p := &h.people[i]
			here := week >= p.joined && week < p.left || p.back != 0 && week >= p.back
			// Five and a half open days make a week.
			if here && h.rnd.Float64() < p.week/5.5 {
				events = append(events, h.visit(i, week, at, span)...)
			}
		}
		for range h.rnd.IntN(5) {
			events = append(events, h.guest(at(h.rnd.IntN(span-20))))
		}
	}
	return events
}

// visit is one neighbour's coming and, unless that is forgotten, going.
func (h *history) visit(i, week int, at func(int) time.Time, span int) []event {
	p := &h.people[i]
	come := h.rnd.IntN(span - 60)
	events := []event{{at(come), func(ctx context.Context) error { return h.arrive(ctx, i, week) }}}
	if h.rnd.Float64() >= p.forgets {
		leave := at(come + 25 + h.rnd.IntN(100))
		events = append(events, event{leave, func(ctx context.Context) error { return h.tap(ctx, p.uid) }})
	}
	return events
}

func (h *history) tap(ctx context.Context, uid kiosk.UID) error {
	_, err := h.store.CheckIn(ctx, kiosk.Tap{UID: uid, At: h.stage.Now()})
	return err
}

// arrive is a tap, the enrolment that follows the very first one, and the
// questions in the week in which they were asked.
func (h *history) arrive(ctx context.Context, i, week int) error {
	p := &h.people[i]
	if err := h.tap(ctx, p.uid); err != nil {
		return err
	}
	no, known := h.numbers[i]
	if !known {
		badge, err := h.newest(ctx)
		if err != nil {
			return err
		}
		if no, err = h.store.Enrol(ctx, h.volunteer, kiosk.Enrolment{Badge: badge, Resident: p.Resident}); err != nil {
			return fmt.Errorf("enrol: %w", err)
		}
		h.numbers[i] = no
	}
	if p.answer == nil || week < p.asked {
		return nil
	}
	answer := *p.answer
	p.answer = nil
	return h.store.Intake(ctx, no, answer)
}

// newest returns the number of the unknown badge that was tapped last.
func (h *history) newest(ctx context.Context) (int64, error) {
	view, err := h.store.View(ctx)
	if err != nil {
		return 0, err
	}
	if len(view.Badges) == 0 {
		return 0, fmt.Errorf("no new badge: %w", kiosk.ErrNotFound)
	}
	return slices.MaxFunc(view.Badges, func(a, b kiosk.NewBadge) int { return a.At.Compare(b.At) }).No, nil
}

// guest comes by the pass on its hook, or is counted at the desk.
func (h *history) guest(at time.Time) event {
	bands := kiosk.Bands()
	band := bands[h.rnd.IntN(len(bands))]
	if band == kiosk.BandUnasked {
		return event{at, func(ctx context.Context) error { return h.tap(ctx, h.pass) }}
	}
	return event{at, func(ctx context.Context) error { return h.store.AddGuest(ctx, h.volunteer, band) }}
}
