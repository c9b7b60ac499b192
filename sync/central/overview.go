package central

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// Overview is what a coordinator sees of one period: the rooms, and what adds
// up over them.
type Overview struct {
	Now      time.Time      // in the rooms' zone
	Today    count.Day      // of Now
	Period   count.Period   // the month or quarter shown
	Running  bool           // the period has not ended
	Months   []count.Period // that can be chosen, newest first
	Quarters []count.Period // that can be chosen, newest first
	Total    VisitFigures   // over all rooms
	Rooms    []RoomFigures  // by name
}

// RoomFigures are one room's figures in the period of an Overview.
type RoomFigures struct {
	Room    Room
	Counts  VisitFigures
	Persons PersonFigures
}

// Overview returns the figures of all rooms of the account's organisation in
// period, a month or a quarter that Months or Quarters holds; "" is the running
// quarter. Another period is ErrNotFound.
func (o *Centre) Overview(ctx context.Context, a Account, period count.Period) (Overview, error) {
	rooms, err := o.Rooms(ctx, a)
	if err != nil {
		return Overview{}, err
	}
	return o.overview(ctx, a, 0, rooms, period)
}

// RoomOverview returns the same for one room: Rooms holds it alone, and Total
// is its own. A room of another organisation is ErrNotFound.
func (o *Centre) RoomOverview(ctx context.Context, a Account, room int64, period count.Period) (Overview, error) {
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
func (o *Centre) overview(ctx context.Context, a Account, only int64, rooms []Room, period count.Period) (Overview, error) {
	now := o.now().In(o.zone)
	today := count.DayOf(now, o.zone)
	if period == "" {
		period = today.Quarter()
	}
	v := Overview{Now: now, Today: today, Period: period}
	first, err := o.firstDay(ctx, a, only, today)
	if err != nil {
		return Overview{}, err
	}
	v.Months, v.Quarters = choices(first, today)
	if !slices.Contains(v.Months, period) && !slices.Contains(v.Quarters, period) {
		return Overview{}, fmt.Errorf("period %.20q: %w", string(period), ErrNotFound)
	}
	days, err := period.Days()
	if err != nil {
		return Overview{}, fmt.Errorf("period: %w", err)
	}
	v.Running = today <= days.Last
	cells, err := o.cellsFor(ctx, a, only, days, today, period)
	if err != nil {
		return Overview{}, err
	}
	var tallies []tally
	for _, r := range slices.SortedFunc(slices.Values(rooms), byName) {
		t := newTally(o.measures, cells[r.ID], today, count.DayOf(r.Since, o.zone), count.DayOf(r.Kiosk.Reported, o.zone) == today, r.Undated)
		t.lost = lostDays{r.Lost, r.LostUntold}
		tallies = append(tallies, t)
		v.Rooms = append(v.Rooms, figuresOf(r, t, period, days))
	}
	v.Total = countsOf(tallies, days, today)
	return v, nil
}

func byName(a, b Room) int {
	if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
		return c
	}
	return int(a.ID - b.ID)
}

func figuresOf(r Room, t tally, period count.Period, days count.Days) RoomFigures {
	return RoomFigures{Room: r, Counts: countsOf([]tally{t}, days, t.today), Persons: t.persons(period, days)}
}

func (o *Centre) firstDay(ctx context.Context, a Account, room int64, today count.Day) (count.Day, error) {
	first, err := o.cells.FirstDay(ctx, a.Organisation, room)
	if errors.Is(err, ErrNotFound) {
		return today, nil
	}
	if err != nil {
		return count.NoDay, fmt.Errorf("find first day: %w", err)
	}
	return first, nil
}

// cellsFor reads by room what the figures of a period need: its days with those of
// the weeks on its edges, the days that run now and those they are set beside,
// and the longer periods.
func (o *Centre) cellsFor(ctx context.Context, a Account, room int64, days count.Days, today count.Day, period count.Period) (map[int64][]RoomCell, error) {
	chosen := count.Days{First: days.First - 6, Last: days.Last + 6}
	now := count.Days{First: min(runningMonth(today).before.First, runningWeek(today).before.First), Last: today + 1}
	spans := []count.Days{chosen, now}
	if chosen.Last+1 >= now.First { // they touch: no cell may be read twice
		spans = []count.Days{{First: min(chosen.First, now.First), Last: max(chosen.Last, now.Last)}}
	}
	longer := []count.Period{period}
	byRoom := map[int64][]RoomCell{}
	for _, s := range spans {
		cells, err := o.cells.Cells(ctx, a.Organisation, room, s, longer)
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

// CellStore answers what rooms sent.
type CellStore interface {
	// Cells returns the cells of the organisation's rooms, of one or of all
	// where room is 0: those of the days, and those of the longer periods named.
	Cells(ctx context.Context, organisation, room int64, days count.Days, longer []count.Period) ([]RoomCell, error)

	// FirstDay returns the first day that any of the rooms sent, or
	// ErrNotFound.
	FirstDay(ctx context.Context, organisation, room int64) (count.Day, error)
}

// RoomCell is a cell with the room and the series that it belongs to.
type RoomCell struct {
	Room   int64
	Series int
	Cell   wire.Cell
}
