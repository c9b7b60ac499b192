package reach

import (
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

const (
	backDays = 28 // in which somebody new is back, or is not
	fewSlots = 3  // with fewer weekday parts planned, everybody holds to one
)

// Yearly is what is counted of a year alone, of people, and only ever told of several
// rooms together. Like Tally it lies on the disks of rooms under the names of its tags.
type Yearly struct {
	BackN  int64    `json:"BackN,omitempty"`  // new, and 28 days of the year came after
	BackK  int64    `json:"BackK,omitempty"`  // of BackN: came again in those
	HabitN int64    `json:"HabitN,omitempty"` // regulars
	HabitK int64    `json:"HabitK,omitempty"` // of HabitN: four of five visits on one part of one weekday
	Routes [6]int64 `json:"Routes,omitzero"`  // new, by route, in the order of routeMeasures
}

func routeMeasures() []count.Measure {
	return []count.Measure{
		count.MeasureRouteNeighbour, count.MeasureRouteDoctor, count.MeasureRouteDistrictTeam,
		count.MeasureRouteFlyer, count.MeasureRouteWalkedIn, count.MeasureRouteNotSaid,
	}
}

func (y *Yearly) add(o Yearly, sign int64) {
	y.BackN += sign * o.BackN
	y.BackK += sign * o.BackK
	y.HabitN += sign * o.HabitN
	y.HabitK += sign * o.HabitK
	for i, n := range o.Routes {
		y.Routes[i] += sign * n
	}
}

// fresh adds somebody new, whose first visit is the i-th.
func (p person) fresh(y *Yearly, i int, last count.Day) {
	first := p.parts[i].day
	if first+backDays <= last {
		y.BackN++
		if next := p.index(first + 1); next < len(p.parts) && p.parts[next].day <= first+backDays {
			y.BackK++
		}
	}
	route := slices.Index(kiosk.Routes(), p.Answers.Route)
	if route < 0 {
		route = len(y.Routes) - 1 // not said
	}
	y.Routes[route]++
}

// habit adds a regular with these visits.
func habit(y *Yearly, visits []attended) {
	type slot struct {
		weekday time.Weekday
		part    count.Part
	}
	times, most := make(map[slot]int), 0
	for _, v := range visits {
		s := slot{v.day.Weekday(), v.part}
		times[s]++
		most = max(most, times[s])
	}
	y.HabitN++
	if 5*most >= 4*len(visits) {
		y.HabitK++
	}
}
