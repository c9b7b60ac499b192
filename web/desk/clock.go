package desk

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// minuteStep is how fine the page tells the time: who reads a watch reads five minutes.
const minuteStep = 5

// clockPage lets a volunteer tell the time in three touches: a day of the month that
// is shown, an hour, minutes.
type clockPage struct {
	Month    string // in words
	Previous string // where the month before is
	Next     string
	Weekdays []string
	Weeks    [][]dayOfMonth
	Day      string // chosen; empty at first
	Hour     string // chosen; empty at first
	Heading  string // what was chosen so far
	Hours    []hourChoice
	Minutes  []hourChoice
}

// dayOfMonth is one field of a calendar; without a day it is empty.
type dayOfMonth struct {
	Day    string
	Number int
}

type hourChoice struct {
	Value, Word string
}

// setClock shows the page on which a volunteer tells the time.
func (d *Desk) setClock(w http.ResponseWriter, r *request) error {
	if !d.asksTime() {
		return kiosk.ErrAlready
	}
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	body := clockPage{Day: r.URL.Query().Get("day"), Hour: r.URL.Query().Get("hour")}
	if body.Day == "" {
		return d.show(w, r, "clock", page{Title: r.localizer.T("desk.clock.title", nil), Body: d.month(r, body, v.Day)})
	}
	day, err := count.ParseDay(body.Day)
	if err != nil {
		return err
	}
	body.Heading = r.localizer.Date(day.At(12*60, d.cfg.Timetable.Zone))
	hour, err := strconv.Atoi(body.Hour)
	switch {
	case body.Hour == "":
		for h := range 24 {
			body.Hours = append(body.Hours, hourChoice{strconv.Itoa(h), r.localizer.Clock(time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC))})
		}
	case err != nil || hour < 0 || hour > 23:
		return fmt.Errorf("%w: hour %.10q", errForm, body.Hour)
	default:
		for m := 0; m < 60; m += minuteStep {
			body.Minutes = append(body.Minutes, hourChoice{strconv.Itoa(m), r.localizer.Clock(time.Date(2000, 1, 1, hour, m, 0, 0, time.UTC))})
		}
	}
	return d.show(w, r, "clock", page{Title: r.localizer.T("desk.clock.title", nil), Body: body})
}

// month lays out the month of the address, or the one of the last day that the
// room knows: the true one is seldom far from it.
func (d *Desk) month(r *request, body clockPage, known count.Day) clockPage {
	if known == count.NoDay {
		known = count.DayOf(d.now(), d.cfg.Timetable.Zone)
	}
	if day, err := count.ParseDay(r.URL.Query().Get("month")); err == nil {
		known = day
	}
	first := known.FirstOfMonth()
	next := (first + 31).FirstOfMonth()
	year, month, _ := first.Civil()
	body.Month = r.localizer.Say("desk.clock.month", "Month", r.localizer.Month(month), "Year", year)
	body.Previous = "/desk/clock?month=" + (first - 1).FirstOfMonth().String()
	body.Next = "/desk/clock?month=" + next.String()
	monday := mondayOf(first)
	for day := monday; day < next; day += 7 {
		var week []dayOfMonth
		for one := day; one < day+7; one++ {
			field := dayOfMonth{}
			if first <= one && one < next {
				_, _, number := one.Civil()
				field = dayOfMonth{one.String(), number}
			}
			week = append(week, field)
		}
		body.Weeks = append(body.Weeks, week)
	}
	body.Weekdays = d.weekdays(r, monday)
	return body
}

// mondayOf is the first day of a day's week.
func mondayOf(day count.Day) count.Day { return day - count.Day((int(day.Weekday())+6)%7) }

// weekdays are the names of the days of a week, from Monday on.
func (d *Desk) weekdays(r *request, of count.Day) (all []string) {
	for day := mondayOf(of); day < mondayOf(of)+7; day++ {
		all = append(all, r.localizer.Weekday(day.At(12*60, d.cfg.Timetable.Zone).Weekday()))
	}
	return all
}

// asksTime tells whether a volunteer is asked what time it is.
func (d *Desk) asksTime() bool { return d.cfg.Confirm != nil && d.seeking() }

// confirmClock takes a volunteer's word that the time on the page is the true one,
// or the other that stands there, which the centre told, or the one that was chosen.
func (d *Desk) confirmClock(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"other", "day", "hour", "minute"}, func() (done, error) {
		if !d.asksTime() {
			return done{}, kiosk.ErrAlready
		}
		if r.PostForm.Get("other") != "" {
			if _, ask := d.otherTime(); !ask {
				return done{}, kiosk.ErrAlready
			}
			return done{said: r.localizer.T("desk.did.done", nil)}, d.cfg.ConfirmOther(r.Context())
		}
		m := d.cfg.Clock.Now()
		if r.PostForm.Has("day") {
			at, err := d.chosenTime(r)
			if err != nil {
				return done{}, err
			}
			m.Wall = at
		}
		if err := d.cfg.Confirm(r.Context(), m); err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.done", nil)}, nil
	})
}

// chosenTime reads the day, hour and minute of the form.
func (d *Desk) chosenTime(r *request) (time.Time, error) {
	day, err := count.ParseDay(r.PostForm.Get("day"))
	if err != nil {
		return time.Time{}, err
	}
	hour, err := count.ParseNumber(r.PostForm.Get("hour"))
	if err != nil || hour > 23 {
		return time.Time{}, fmt.Errorf("%w: hour", errForm)
	}
	minute, err := count.ParseNumber(r.PostForm.Get("minute"))
	if err != nil || minute > 59 {
		return time.Time{}, fmt.Errorf("%w: minute", errForm)
	}
	return day.At(count.ClockTime(hour*60+minute), d.cfg.Timetable.Zone), nil
}
