package central

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/inloop/sync/wire"
)

// Overview is what a coordinator sees of one period: her rooms, and what adds
// up over them.
type Overview struct {
	Now      time.Time     // in the rooms' zone
	Today    wire.Period   // the day of Now
	Period   wire.Period   // the month or quarter shown
	Running  bool          // the period has not ended
	Months   []wire.Period // that can be chosen, newest first
	Quarters []wire.Period // that can be chosen, newest first
	Total    VisitFigures  // over all rooms
	Rooms    []RoomFigures // by name
}

// RoomFigures are one room's figures in the period of an Overview.
type RoomFigures struct {
	Room        Room
	Counts      VisitFigures
	Persons     PersonFigures
	Reach       Reach // of the period's quarter
	ReachBefore Reach // of the quarter before that
}

// Overview returns the figures of all rooms of the account's organisation in
// period, a month or a quarter that Months or Quarters holds; "" is the running
// quarter. Another period is ErrNotFound.
func (o *Centre) Overview(ctx context.Context, a Account, period wire.Period) (Overview, error) {
	rooms, err := o.Rooms(ctx, a)
	if err != nil {
		return Overview{}, err
	}
	return o.overview(ctx, a, 0, rooms, period)
}

// RoomOverview returns the same for one room: Rooms holds it alone, and Total
// is its own. A room of another organisation is ErrNotFound.
func (o *Centre) RoomOverview(ctx context.Context, a Account, room int64, period wire.Period) (Overview, error) {
	rooms, err := o.Rooms(ctx, a)
	if err != nil {
		return Overview{}, err
	}
	i := slices.IndexFunc(rooms, func(r Room) bool { return r.ID == room })
	if i < 0 {
		return Overview{}, fmt.Errorf("room %d: %w", room, ErrNotFound)
	}
	return o.overview(ctx, a, room, rooms[i:i+1], period)
}

// overview reads the cells of one room, or of all where only is 0, and works
// them out for rooms.
func (o *Centre) overview(ctx context.Context, a Account, only int64, rooms []Room, period wire.Period) (Overview, error) {
	now := o.now().In(o.zone)
	today := civil(now, o.zone)
	if period == "" {
		period = quarterOf(today)
	}
	v := Overview{Now: now, Today: dayOf(today), Period: period}
	first, err := o.firstDay(ctx, a, only, today)
	if err != nil {
		return Overview{}, err
	}
	v.Months, v.Quarters = choices(first, today)
	if !slices.Contains(v.Months, period) && !slices.Contains(v.Quarters, period) {
		return Overview{}, fmt.Errorf("period %.20q: %w", string(period), ErrNotFound)
	}
	from, until, err := period.Span()
	if err != nil {
		return Overview{}, fmt.Errorf("period: %w", err)
	}
	v.Running = today.Before(until)
	cells, err := o.cells(ctx, a, only, span{from, until}, today, period)
	if err != nil {
		return Overview{}, err
	}
	var tallies []tally
	for _, r := range slices.SortedFunc(slices.Values(rooms), byName) {
		t := newTally(cells[r.ID], today, civil(r.Since, o.zone), civil(r.Kiosk.Reported, o.zone).Equal(today))
		tallies = append(tallies, t)
		v.Rooms = append(v.Rooms, figuresOf(r, t, period, span{from, until}))
	}
	v.Total = countsOf(tallies, span{from, until}, today)
	return v, nil
}

func byName(a, b Room) int {
	if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
		return c
	}
	return int(a.ID - b.ID)
}

func figuresOf(r Room, t tally, period wire.Period, s span) RoomFigures {
	quarter := monthStart(s.from).AddDate(0, -(int(s.from.Month())-1)%3, 0)
	return RoomFigures{
		Room:        r,
		Counts:      countsOf([]tally{t}, s, t.today),
		Persons:     t.persons(period, s),
		Reach:       t.reach(quarterOf(quarter), quarter.AddDate(0, 3, 0)),
		ReachBefore: t.reach(quarterOf(quarter.AddDate(0, -3, 0)), quarter),
	}
}

func (o *Centre) firstDay(ctx context.Context, a Account, room int64, today time.Time) (time.Time, error) {
	p, err := o.store.FirstDay(ctx, a.Organisation, room)
	if errors.Is(err, ErrNotFound) {
		return today, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("find first day: %w", err)
	}
	first, _, err := p.Span()
	if err != nil {
		return time.Time{}, fmt.Errorf("first day: %w", err)
	}
	return first, nil
}

// cells reads by room what the figures of a period need: its days with those of
// the weeks on its edges, the days that run now and those they are set beside,
// and the longer periods.
func (o *Centre) cells(ctx context.Context, a Account, room int64, s span, today time.Time, period wire.Period) (map[int64][]RoomCell, error) {
	chosen := span{s.from.AddDate(0, 0, -6), s.until.AddDate(0, 0, 6)}
	now := span{runningMonth(today).before.from, today.AddDate(0, 0, 2)}
	if week := runningWeek(today).before.from; week.Before(now.from) {
		now.from = week
	}
	spans := []span{chosen, now}
	if !chosen.until.Before(now.from) { // they touch: no cell may be read twice
		if now.from.Before(chosen.from) {
			chosen.from = now.from
		}
		if chosen.until.Before(now.until) {
			chosen.until = now.until
		}
		spans = []span{chosen}
	}
	longer := []wire.Period{period, quarterOf(s.from), quarterOf(s.from.AddDate(0, -3, 0))}
	byRoom := map[int64][]RoomCell{}
	for _, s := range spans {
		cells, err := o.store.Cells(ctx, a.Organisation, room, dayOf(s.from), dayOf(s.until), longer)
		if err != nil {
			return nil, fmt.Errorf("read cells: %w", err)
		}
		longer = nil
		for _, c := range cells {
			byRoom[c.Room] = append(byRoom[c.Room], c)
		}
	}
	return byRoom, nil
}
