package kiosk_test

import (
	"errors"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// weekOf is a room open on Mondays from ten to half past twelve and from two to five.
func weekOf(t *testing.T) kiosk.Timetable {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return kiosk.Timetable{
		Zone: zone, PartTimes: kiosk.DefaultPartTimes(),
		Week: map[time.Weekday][]kiosk.OpeningHours{time.Monday: {{From: 10 * 60, Until: 12*60 + 30}, {From: 14 * 60, Until: 17 * 60}}},
	}
}

// span is an opening by clock times; "" for one that nobody ended.
func span(t *testing.T, tt kiosk.Timetable, d count.Day, from, until string) (s kiosk.OpenSpan) {
	t.Helper()
	at := func(text string) time.Time {
		c, err := count.ParseClockTime(text)
		if err != nil {
			t.Fatal(err)
		}
		return d.At(c, tt.Zone)
	}
	s.From = at(from)
	if until != "" {
		s.Until = at(until)
	}
	return s
}

func TestRecord_MinutesAndParts(t *testing.T) {
	tt := weekOf(t)
	monday, sunday := count.Date(2026, 11, 23), count.Date(2026, 11, 29)
	for name, x := range map[string]struct {
		day    count.Day
		spans  [][2]string
		visits map[count.Part]int64
		want   map[count.Measure]int64
	}{
		"nobody came, nobody opened": {monday, nil, nil, map[count.Measure]int64{
			count.MeasureOpened: 0, count.MeasurePlannedParts: 2, count.MeasurePlannedMinutes: 330, count.MeasureOpenParts: 0, count.MeasureOpenMinutes: 0}},
		"opened and closed": {monday, [][2]string{{"09:50", "17:10"}}, nil, map[count.Measure]int64{
			count.MeasureOpened: 1, count.MeasureOpenParts: 2, count.MeasureOpenMinutes: 440}},
		"a part of 59 minutes is not open": {monday, [][2]string{{"11:01", "12:30"}}, nil, map[count.Measure]int64{
			count.MeasureOpenParts: 0, count.MeasureOpenMinutes: 89}},
		"of 60 it is": {monday, [][2]string{{"11:00", "12:30"}}, nil, map[count.Measure]int64{count.MeasureOpenParts: 1}},
		"a visit opens its part": {monday, nil, map[count.Part]int64{count.PartEvening: 1}, map[count.Measure]int64{
			count.MeasureOpened: 0, count.MeasureOpenParts: 1, count.MeasureOpenMinutes: 0}},
		"nobody closed: the planned end": {monday, [][2]string{{"10:00", ""}}, nil, map[count.Measure]int64{count.MeasureOpenMinutes: 420}},
		"closed late counts to then": {monday, [][2]string{{"10:00", "18:30"}}, nil, map[count.Measure]int64{
			count.MeasureOpenMinutes: 510, count.MeasureOpenParts: 2}},
		"closed at noon and opened again": {monday, [][2]string{{"10:00", "12:00"}, {"14:00", "17:00"}}, nil, map[count.Measure]int64{
			count.MeasureOpenMinutes: 300, count.MeasureOpenParts: 2, count.MeasureOpened: 1}},
		"spans that overlap count once": {monday, [][2]string{{"10:00", "12:00"}, {"11:00", "13:00"}}, nil, map[count.Measure]int64{count.MeasureOpenMinutes: 180}},
		"opened after the last planned end, not closed": {monday, [][2]string{{"19:00", ""}}, nil, map[count.Measure]int64{
			count.MeasureOpened: 1, count.MeasureOpenMinutes: 0, count.MeasureOpenParts: 0}},
		"a day without hours": {sunday, [][2]string{{"13:00", "15:00"}}, nil, map[count.Measure]int64{
			count.MeasureOpened: 1, count.MeasurePlannedParts: 0, count.MeasurePlannedMinutes: 0, count.MeasureOpenParts: 1, count.MeasureOpenMinutes: 120}},
		"a day without hours, not closed": {sunday, [][2]string{{"13:00", ""}}, map[count.Part]int64{count.PartAfternoon: 3}, map[count.Measure]int64{
			count.MeasureOpened: 1, count.MeasureOpenParts: 1, count.MeasureOpenMinutes: 0}},
		"the night that ends summer time has 25 hours": {count.Date(2026, 10, 25), [][2]string{{"00:00", "23:59"}}, nil, map[count.Measure]int64{
			count.MeasureOpenMinutes: 25*60 - 1, count.MeasureOpenParts: 3}},
	} {
		var spans []kiosk.OpenSpan
		for _, s := range x.spans {
			spans = append(spans, span(t, tt, x.day, s[0], s[1]))
		}
		got := tt.Record(x.day, spans, nil).Numbers(x.visits)
		for m, n := range x.want {
			if got[m] == nil || *got[m] != n {
				t.Errorf("%s: %s %v, want %d", name, m, value(got[m]), n)
			}
		}
	}
}

func value(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

func TestNumbers_AskNobodyTwice(t *testing.T) {
	tt := weekOf(t)
	monday := count.Date(2026, 11, 23)
	one, three, none := 1, 3, 0
	for name, x := range map[string]struct {
		volunteers, minutes *int
		want                any // volunteer_minutes
	}{
		"skipped":                           {nil, nil, nil},
		"hours skipped":                     {&three, nil, nil},
		"three":                             {&three, ptr(130), int64(130)},
		"nobody":                            {&none, ptr(0), int64(0)},
		"one, an hour":                      {&one, ptr(60), int64(165)}, // 150 and 180 are planned
		"one, a part to the minute":         {&one, ptr(165), int64(165)},
		"one, a minute more":                {&one, ptr(166), int64(330)},
		"one, longer than the room is open": {&one, ptr(400), int64(495)},
	} {
		r := tt.Record(monday, nil, nil)
		r.Answers = kiosk.ClosingAnswers{Volunteers: x.volunteers, Minutes: x.minutes}
		got := r.Numbers(nil)
		if value(got[count.MeasureVolunteerMinutes]) != x.want {
			t.Errorf("%s: %v minutes, want %v", name, value(got[count.MeasureVolunteerMinutes]), x.want)
		}
		if (got[count.MeasureVolunteers] == nil) != (x.volunteers == nil) {
			t.Errorf("%s: volunteers %v", name, value(got[count.MeasureVolunteers]))
		}
		if again := r.Coarse().Coarse().Numbers(nil); value(again[count.MeasureVolunteerMinutes]) != x.want {
			t.Errorf("%s: rounded twice it is %v", name, value(again[count.MeasureVolunteerMinutes]))
		}
	}
	unplanned := tt.Record(count.Date(2026, 11, 29), nil, nil)
	unplanned.Answers = kiosk.ClosingAnswers{Volunteers: &one, Minutes: ptr(30)}
	if got := unplanned.Numbers(nil)[count.MeasureVolunteerMinutes]; value(got) != int64(240) {
		t.Errorf("half an hour alone on a day without hours is told as %v", value(got))
	}
}

func ptr(n int) *int { return &n }

func TestNumbers_ActivitiesAndTheirVisits(t *testing.T) {
	tt := weekOf(t)
	monday := count.Date(2026, 11, 23)
	programme := []kiosk.Activity{
		{Weekday: time.Monday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 12 * 60}, Title: "koffie"},
		{Weekday: time.Monday, OpeningHours: kiosk.OpeningHours{From: 11 * 60, Until: 14 * 60}, Title: "lunch"},
		{Weekday: time.Monday, OpeningHours: kiosk.OpeningHours{From: 19 * 60, Until: 21 * 60}, Title: "koor"},
		{Weekday: time.Tuesday, OpeningHours: kiosk.OpeningHours{From: 10 * 60, Until: 12 * 60}, Title: "taal"},
	}
	visits := map[count.Part]int64{count.PartMorning: 7, count.PartAfternoon: 4}
	got := tt.Record(monday, nil, programme).Numbers(visits)
	if n := value(got[count.MeasureActivities]); n != int64(2) {
		t.Errorf("%v activities, want coffee and lunch", n)
	}
	if n := value(got[count.MeasureActivityVisits]); n != int64(11) {
		t.Errorf("%v visits in their parts, want each part once: 11", n)
	}
	tt.Exceptions = map[count.Day][]kiosk.OpeningHours{monday: nil}
	if n := value(tt.Record(monday, nil, programme).Numbers(visits)[count.MeasureActivities]); n != int64(0) {
		t.Errorf("%v activities on a holiday on which nobody opened", n)
	}
}

func TestClosingAnswers_RefuseWhatCannotBe(t *testing.T) {
	for name, a := range map[string]kiosk.ClosingAnswers{
		"hours of nobody":     {Minutes: ptr(60)},
		"fewer than none":     {Volunteers: ptr(-1)},
		"a crowd":             {Volunteers: ptr(kiosk.MaxVolunteers + 1)},
		"more than a day":     {Volunteers: ptr(2), Minutes: ptr(2*24*60 + 1)},
		"hours of zero":       {Volunteers: ptr(0), Minutes: ptr(1)},
		"less than no minute": {Volunteers: ptr(1), Minutes: ptr(-1)},
	} {
		if err := a.Check(); !errors.Is(err, kiosk.ErrClosingAnswers) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range []kiosk.ClosingAnswers{{}, {Volunteers: ptr(0)}, {Volunteers: ptr(2), Minutes: ptr(2 * 24 * 60)}} {
		if err := a.Check(); err != nil {
			t.Errorf("%+v: %v", a, err)
		}
	}
}
