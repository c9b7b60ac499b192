package kiosk

import (
	"errors"
	"fmt"
	"time"

	"example.org/inloop/sync/count"
)

// ErrClosingAnswers is returned for answers at closing that cannot be true.
var ErrClosingAnswers = errors.New("no such number of volunteers or hours")

// MaxVolunteers is how many may be said to have been there on one day.
const MaxVolunteers = 60

// openPart is how many minutes of a part of the day the room is open for that part to
// count as opened, or as planned.
const openPart = 60

// usualPart is how many minutes a part of the day is taken to last where nothing was
// planned: four hours, the Dutch dagdeel.
const usualPart = 240

// OpenSpan is a time in which the room was open, by the touches of its hosts.
type OpenSpan struct {
	From  time.Time
	Until time.Time // zero while nobody has said that it is closed
}

// ClosingAnswers are what a volunteer answers at closing. Both may be nil: not
// filled in, which is no zero.
type ClosingAnswers struct {
	Volunteers *int `json:"volunteers"`
	Minutes    *int `json:"minutes"` // of all of them together
}

// Check returns ErrClosingAnswers for what cannot be: hours of nobody, or more than a
// day has for each.
func (a ClosingAnswers) Check() error {
	switch {
	case a.Volunteers == nil && a.Minutes != nil:
		return fmt.Errorf("%w: hours without volunteers", ErrClosingAnswers)
	case a.Volunteers != nil && (*a.Volunteers < 0 || *a.Volunteers > MaxVolunteers):
		return fmt.Errorf("%w: %d volunteers", ErrClosingAnswers, *a.Volunteers)
	case a.Minutes != nil && (*a.Minutes < 0 || *a.Minutes > *a.Volunteers*24*60):
		return fmt.Errorf("%w: %d minutes of %d volunteers", ErrClosingAnswers, *a.Minutes, *a.Volunteers)
	}
	return nil
}

// RoomDay is what the volunteers' page shows of the room's own day.
type RoomDay struct {
	Since    time.Time // since when the room is open, zero while it is not
	Closed   time.Time // when it was closed, zero while it is open or was never opened today
	Answers  ClosingAnswers
	Referred int // how often somebody was referred to other help
}

// DayRecord is what the room did on a day, without a time of the clock: from it the
// day's numbers follow, and it is all that is kept once the day has ended.
type DayRecord struct {
	Opened     bool           `json:"opened"`               // a host touched "Open"
	Planned    [3]int         `json:"planned"`              // minutes, by part of the day
	Open       [3]int         `json:"open"`                 // likewise
	Activities [][3]bool      `json:"activities,omitempty"` // of the programme, by the parts that each is in
	Answers    ClosingAnswers `json:"answers"`
	Referred   int            `json:"referred"`
}

// Record returns what the room did on d. A span that nobody ended lasts until the day's
// last planned closing; one that began after it, or on a day without hours, until nobody
// knows when, and so counts no minute.
func (t Timetable) Record(d count.Day, spans []OpenSpan, programme []Activity) DayRecord {
	var planned []OpenSpan
	closes := time.Time{}
	for _, h := range t.Hours(d) {
		planned = append(planned, OpenSpan{d.At(h.From, t.Zone), d.At(h.Until, t.Zone)})
		closes = d.At(h.Until, t.Zone)
	}
	ended := make([]OpenSpan, 0, len(spans))
	for _, s := range spans {
		if s.Until.IsZero() {
			s.Until = closes
		}
		ended = append(ended, s)
	}
	r := DayRecord{Opened: len(spans) > 0, Planned: t.minutes(d, planned), Open: t.minutes(d, ended)}
	for _, a := range programme {
		if a.Weekday == d.Weekday() && (r.Opened || t.Open(d)) {
			r.Activities = append(r.Activities, t.partsOf(d, a.OpeningHours))
		}
	}
	return r
}

// partsOf tells which parts of the day hours are in.
func (t Timetable) partsOf(d count.Day, h OpeningHours) (in [3]bool) {
	for i, n := range t.minutes(d, []OpenSpan{{d.At(h.From, t.Zone), d.At(h.Until, t.Zone)}}) {
		in[i] = n > 0
	}
	return in
}

// minutes counts those of each part of a day that are in any of the spans, once where
// spans overlap.
func (t Timetable) minutes(d count.Day, spans []OpenSpan) (sum [3]int) {
	bounds := [4]time.Time{d.At(0, t.Zone), d.At(t.PartTimes.Afternoon, t.Zone), d.At(t.PartTimes.Evening, t.Zone), d.Ends(t.Zone)}
	for i := range sum {
		for at := bounds[i]; at.Before(bounds[i+1]); at = at.Add(time.Minute) {
			if within(spans, at) {
				sum[i]++
			}
		}
	}
	return sum
}

// within tells whether the minute that begins at this instant is in one of the spans.
func within(spans []OpenSpan, at time.Time) bool {
	for _, s := range spans {
		if !at.Before(s.From.Truncate(time.Minute)) && at.Before(s.Until.Truncate(time.Minute)) {
			return true
		}
	}
	return false
}

// Numbers returns the day's measures that are not counted by part of the day, given the
// visits of each part. nil is a number that nobody filled in.
func (r DayRecord) Numbers(visits map[count.Part]int64) map[count.Measure]*int64 {
	var opened, plannedParts, openParts, held, taken int64
	if r.Opened {
		opened = 1
	}
	var isOpen, active [3]bool
	for i, part := range count.Parts() {
		if r.Planned[i] >= openPart {
			plannedParts++
		}
		if isOpen[i] = r.Open[i] >= openPart || visits[part] > 0; isOpen[i] {
			openParts++
		}
	}
	for _, in := range r.Activities {
		if in[0] && isOpen[0] || in[1] && isOpen[1] || in[2] && isOpen[2] {
			held++
			for i := range in {
				active[i] = active[i] || in[i]
			}
		}
	}
	for i, part := range count.Parts() {
		if active[i] {
			taken += visits[part]
		}
	}
	planned, open, referred := total(r.Planned), total(r.Open), int64(r.Referred)
	return map[count.Measure]*int64{
		count.MeasureOpened: &opened, count.MeasurePlannedParts: &plannedParts, count.MeasureOpenParts: &openParts,
		count.MeasurePlannedMinutes: &planned, count.MeasureOpenMinutes: &open,
		count.MeasureVolunteers: wide(r.Answers.Volunteers), count.MeasureVolunteerMinutes: wide(r.Coarse().Answers.Minutes),
		count.MeasureActivities: &held, count.MeasureActivityVisits: &taken, count.MeasureReferred: &referred,
	}
}

// Coarse returns the record with the hours of a volunteer who was alone rounded up to
// whole parts of the day, so that no one person's hours stand there. A part lasts as
// long as the parts planned on that day do on average.
func (r DayRecord) Coarse() DayRecord {
	if r.Answers.Volunteers == nil || *r.Answers.Volunteers != 1 || r.Answers.Minutes == nil {
		return r
	}
	parts := 0
	for _, n := range r.Planned {
		if n > 0 {
			parts++
		}
	}
	long := usualPart
	if parts > 0 {
		long = (int(total(r.Planned)) + parts - 1) / parts
	}
	whole := (*r.Answers.Minutes + long - 1) / long * long
	r.Answers.Minutes = &whole
	return r
}

func total(minutes [3]int) int64 { return int64(minutes[0] + minutes[1] + minutes[2]) }

func wide(n *int) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}
