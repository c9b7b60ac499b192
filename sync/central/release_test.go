package central_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/wire"
)

// office is an organisation with a funder that sees the whole and the first room, rooms
// that were paired in June, and a reader.
type office struct {
	*server
	a, reader central.Account
	rooms     []*partner
}

func newOffice(t testing.TB, s *server, rooms int) *office {
	t.Helper()
	s.at(t, "2026-06-01 12:00")
	o := &office{server: s, a: s.coordinator(t, "Stichting Een", "a@een.example")}
	for n := range rooms {
		o.rooms = append(o.rooms, newPartner(t, s, o.a, byte(n+1), 62+int64(n), 35, 10))
	}
	town, err := s.SaveFunder(t.Context(), o.a, central.Funder{Name: "Gemeente", Contract: "17", Whole: true, Rooms: []int64{o.rooms[0].room.ID}})
	must(t, err)
	link, err := s.InviteReader(t.Context(), o.a, town, "kim@stad.example")
	must(t, err)
	session, err := s.AcceptReader(t.Context(), link, password, "")
	must(t, err)
	o.reader, err = s.Session(t.Context(), session)
	must(t, err)
	return o
}

// quarter sends all days of a quarter from each room, and its persons.
func (o *office) quarter(t testing.TB, q count.Period, unique int64) {
	t.Helper()
	first, last, err := q.Span()
	must(t, err)
	for i, p := range o.rooms {
		o.sendDays(t, p.kiosk, first.String(), (last + 1).String(), int64(3+i))
		o.report(t, p.kiosk, p.cell(q, count.MeasureUnique, count.PartNone, unique+int64(i)), p.cell(q, count.MeasureNew, count.PartNone, 9),
			p.cell(q, count.MeasureKnown, count.PartNone, unique+int64(i)-9), p.cell(q, count.MeasureRegular, count.PartNone, 4))
	}
}

// count lets the rooms count together until all know the result.
func (o *office) count(t testing.TB) {
	t.Helper()
	for range 3 * len(o.rooms) {
		stand := o.all(t, o.rooms)
		if !slices.ContainsFunc(stand, func(s wire.PoolRoundState) bool { return s != wire.PoolRoundDone }) {
			return
		}
	}
	t.Fatal("never done")
}

// read is a release as somebody reads it.
func (o *office) read(t testing.TB, a central.Account, period count.Period, version int) central.ReadRelease {
	t.Helper()
	r, err := o.Release(t.Context(), a, o.a.Organisation, period, version)
	must(t, err)
	return r
}

// cellOf is what a release says of a measure of a place: a number, <8, a reason, or "none".
func cellOf(r central.ReadRelease, room int64, m count.Measure) string {
	for _, p := range r.Places {
		c, there := p.Find(m)
		switch {
		case p.Room != room || !there:
		case c.State == disclose.DisclosureShown:
			return fmt.Sprint(c.N)
		case c.State == disclose.DisclosureSmall:
			return "<8"
		default:
			return string(c.Reason)
		}
	}
	return "none"
}

func (o *office) next(t testing.TB) central.NextRelease {
	t.Helper()
	all, err := o.Releases(t.Context(), o.a)
	must(t, err)
	return all[0].Next
}

func TestRelease_MadeOnceOfWhatCameAndRounded(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		o := newOffice(t, s, 3)
		s.at(t, "2026-10-08 09:00")
		wantError(t, "before anything came", o.MakeRelease(t.Context(), o.a), central.ErrNotYet)
		o.quarter(t, "2026Q3", 62)
		if n := o.next(t); n.Pool || n.Missing != 0 || n.Rooms != 3 || n.Releasing {
			t.Errorf("before the round: %+v", n)
		}
		wantError(t, "before the round", o.MakeRelease(t.Context(), o.a), central.ErrNotYet)
		o.count(t)
		if n := o.next(t); !n.Pool || !n.Releasing || n.Latest != "2026-11-06" {
			t.Errorf("after the round: %+v", n)
		}
		must(t, o.MakeRelease(t.Context(), o.a))
		wantError(t, "twice", o.MakeRelease(t.Context(), o.a), central.ErrReleased)

		r := o.read(t, o.a, "2026Q3", 0)
		if r.Version != 1 || r.MadeBy != "a@een.example" || len(r.Places) != 4 || r.Places[0].Room != 0 || r.Rooms != 3 || r.Due != 3 || r.Told != "2026-10-08" {
			t.Fatalf("released %+v", r)
		}
		room := o.rooms[0].room.ID
		exact := map[count.Measure]int64{count.MeasureUnique: 62, count.MeasureBadgeVisits: 3 * 92}
		for m, n := range exact {
			var shown int64
			_, err := fmt.Sscan(cellOf(r, room, m), &shown)
			if err != nil || shown%5 != 0 || shown < n-4 || shown > n+4 {
				t.Errorf("%s of %d is told as %s", m, n, cellOf(r, room, m))
			}
		}
		for _, w := range []struct {
			room    int64
			measure count.Measure
			want    string
		}{
			{room, count.MeasureRegular, "<8"}, {room, count.MeasureNew, "none"}, {room, count.MeasureKnown, "none"}, {room, count.MeasureVisits, "none"},
			{room, count.MeasureReachK, "none"}, {room, count.MeasureGuests, "not_received"}, {0, count.MeasureRegular, "none"},
			{0, count.MeasureUnique, cellOf(r, 0, count.MeasureReachN)},
		} {
			if got := cellOf(r, w.room, w.measure); got != w.want {
				t.Errorf("%s of place %d is told as %s, want %s", w.measure, w.room, got, w.want)
			}
		}
		if k := cellOf(r, 0, count.MeasureReachK); k != "30" {
			t.Errorf("few contacts are told as %s, want 30", k)
		}
		for _, p := range r.Places[1:] {
			if p.Received != (central.Weeks{Received: 12, Expected: 13}) { // of the first one two days lie in June
				t.Errorf("%s: received %+v", p.Name, p.Received)
			}
		}
		// No exact number stands in the tables of the release.
		for _, row := range s.table(t, `SELECT n FROM release_cells WHERE measure <> 'reach_a'`) {
			if slices.Contains([]string{"62", "63", "64", "276", "368", "1104"}, row) {
				t.Errorf("the exact %s stands in a release", row)
			}
		}
	})
}

func TestRelease_AReaderSeesItsOwnPlaces(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 3)
	s.at(t, "2026-10-08 09:00")
	o.quarter(t, "2026Q3", 52)
	o.count(t)
	must(t, o.MakeRelease(t.Context(), o.a))
	r := o.read(t, o.reader, "2026Q3", 0)
	if len(r.Places) != 2 || r.Places[0].Room != 0 || r.Places[1].Room != o.rooms[0].room.ID || len(r.Funders) != 1 || r.Funders[0].Contract != "17" {
		t.Errorf("reads %+v", r)
	}
	all, err := o.Releases(t.Context(), o.reader)
	if err != nil || len(all) != 1 || len(all[0].Versions) != 1 || all[0].Next != (central.NextRelease{}) {
		t.Errorf("lists %+v, %v", all, err)
	}
	other := s.coordinator(t, "Stichting Twee", "b@twee.example")
	for name, read := range map[string]func() error{
		"another organisation's coordinator": func() error { return second(o.Release(t.Context(), other, o.a.Organisation, "2026Q3", 0)) },
		"an organisation that is not read":   func() error { return second(o.Release(t.Context(), o.reader, other.Organisation, "2026Q3", 0)) },
		"a guessed organisation":             func() error { return second(o.Release(t.Context(), o.reader, 999, "2026Q3", 0)) },
		"a quarter that was never released":  func() error { return second(o.Release(t.Context(), o.reader, o.a.Organisation, "2026Q2", 0)) },
		"a version that was never made":      func() error { return second(o.Release(t.Context(), o.reader, o.a.Organisation, "2026Q3", 2)) },
		"a month":                            func() error { return second(o.Release(t.Context(), o.reader, o.a.Organisation, "2026-09", 0)) },
		"nothing":                            func() error { return second(o.Release(t.Context(), o.reader, o.a.Organisation, "", 0)) },
	} {
		wantError(t, name, read(), central.ErrNotFound)
	}
	must(t, o.RemoveFunder(t.Context(), o.a, r.Funders[0].ID))
	wantError(t, "who reads no more", second(o.Release(t.Context(), o.reader, o.a.Organisation, "2026Q3", 0)), central.ErrNotFound)
}

func second[T any](_ T, err error) error { return err }

// A release that nobody made is made on its last day, if there is a funder, and once: by
// two servers and a person at the same time too.
func TestRelease_OnItsLastDayByItself(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		o := newOffice(t, s, 2)
		s.at(t, "2026-10-08 09:00")
		o.quarter(t, "2026Q3", 52)
		o.rooms = o.rooms[:1]
		o.all(t, o.rooms) // the other one never says that it is ready
		s.at(t, "2026-11-05 23:00")
		must(t, s.Tidy(t.Context()))
		if made := s.table(t, `SELECT period FROM releases`); len(made) != 0 {
			t.Fatalf("made on the day before: %q", made)
		}
		s.at(t, "2026-11-06 00:10")
		twin := replica(t, s.dsn, s.clock)
		var at sync.WaitGroup
		errs := make([]error, 3)
		at.Go(func() { errs[0] = s.Tidy(t.Context()) })
		at.Go(func() { errs[1] = twin.Tidy(t.Context()) })
		at.Go(func() { errs[2] = s.MakeRelease(t.Context(), o.a) })
		at.Wait()
		if errs[0] != nil || errs[1] != nil || errs[2] != nil && !errors.Is(errs[2], central.ErrReleased) {
			t.Errorf("at once: %v", errs)
		}
		if made := s.table(t, `SELECT period, version FROM releases`); !slices.Equal(made, []string{"2026Q3 1"}) {
			t.Errorf("made %q", made)
		}
		r := o.read(t, o.a, "2026Q3", 0)
		if got := cellOf(r, 0, count.MeasureReachK); got != string(central.AbsenceFailed) {
			t.Errorf("few contacts of a round that failed are told as %s", got)
		}
		if got := cellOf(r, 0, count.MeasureUnique); got != string(central.AbsenceFailed) {
			t.Errorf("persons of the whole are told as %s", got)
		}
		if got := cellOf(r, o.rooms[0].room.ID, count.MeasureUnique); got == "none" || strings.Contains(got, "_") {
			t.Errorf("persons of the room are told as %s", got)
		}
	})
}

func TestRelease_WithoutAFunderThereIsNone(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 1)
	funders, err := o.Funders(t.Context(), o.a)
	must(t, err)
	must(t, o.RemoveFunder(t.Context(), o.a, funders[0].ID))
	s.at(t, "2026-11-10 09:00")
	o.quarter(t, "2026Q3", 52)
	must(t, s.Tidy(t.Context()))
	wantError(t, "without a funder", o.MakeRelease(t.Context(), o.a), central.ErrNotYet)
	if n := o.next(t); !n.NoFunder || n.Releasing {
		t.Errorf("%+v", n)
	}
}

// What comes late is told once more, with the next quarter's release, and the first
// version stays as it was. Class C stands, but what was not yet there is told then.
func TestRelease_SecondVersionWithTheNextQuarter(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		o := newOffice(t, s, 2)
		s.at(t, "2026-10-08 09:00")
		o.quarter(t, "2026Q3", 52)
		o.count(t)
		must(t, o.MakeRelease(t.Context(), o.a))
		first := o.read(t, o.a, "2026Q3", 1)

		p := o.rooms[0]
		o.report(t, p.kiosk, p.cell("2026-08-03", count.MeasureBadgeVisits, count.PartMorning, 40), p.cell("2026Q3", count.MeasureUnique, count.PartNone, 70))
		must(t, s.Tidy(t.Context()))
		if got := o.read(t, o.a, "2026Q3", 0); got.Version != 1 || cellOf(got, p.room.ID, count.MeasureUnique) != cellOf(first, p.room.ID, count.MeasureUnique) {
			t.Error("late visits moved what was released")
		}
		// The fourth quarter and the year: the round is slow.
		s.at(t, "2027-01-09 09:00")
		o.quarter(t, "2026Q4", 60)
		s.at(t, "2027-02-06 09:00") // day 37
		must(t, s.Tidy(t.Context()))
		if made := s.table(t, `SELECT period, version FROM releases ORDER BY period, version`); !slices.Equal(made, []string{"2026 1", "2026Q3 1", "2026Q3 2", "2026Q4 1"}) {
			t.Fatalf("made %q", made)
		}
		again := o.read(t, o.reader, "2026Q3", 0)
		if again.Version != 2 || len(again.Versions) != 2 || len(again.Changes) == 0 {
			t.Fatalf("version %d of %d, changes %+v", again.Version, len(again.Versions), again.Changes)
		}
		for _, c := range again.Changes {
			if c.Was == c.Is || strings.HasPrefix(string(c.Measure), "reach") || c.Room != 0 && c.Room != p.room.ID {
				t.Errorf("change %+v", c)
			}
		}
		if was, is := cellOf(again, p.room.ID, count.MeasureUnique), cellOf(o.read(t, o.a, "2026Q3", 1), p.room.ID, count.MeasureUnique); was == is {
			t.Errorf("seventy persons are told as %s, fifty-two as %s", was, is)
		}
		for _, m := range []count.Measure{count.MeasureReachN, count.MeasureReachA, count.MeasureReachK, count.MeasureUnique} {
			if was, is := cellOf(first, 0, m), cellOf(o.read(t, o.a, "2026Q3", 2), 0, m); was != is {
				t.Errorf("%s of the whole went from %s to %s", m, was, is)
			}
		}
		if got := o.read(t, o.a, "2026Q3", 1); fmt.Sprint(got.Places) != fmt.Sprint(first.Places) {
			t.Error("the first version is not what it was")
		}
		if got := cellOf(o.read(t, o.a, "2026", 0), 0, count.MeasureReachK); got != string(central.AbsenceLater) {
			t.Errorf("the year's few contacts before the round ended: %s", got)
		}

		for _, p := range o.rooms {
			p.share, p.result = nil, nil
			p.numbers = append(slices.Clone(p.numbers), 150, 90, 25)
		}
		o.count(t)
		s.at(t, "2027-04-09 09:00")
		o.quarter(t, "2027Q1", 60)
		for _, p := range o.rooms {
			p.share, p.result = nil, nil
		}
		o.count(t)
		must(t, o.MakeRelease(t.Context(), o.a))
		for _, period := range []count.Period{"2026Q4", "2026"} {
			r := o.read(t, o.a, period, 0)
			if k := cellOf(r, 0, count.MeasureReachK); r.Version != 2 || k == string(central.AbsenceLater) || r.Rooms != 2 {
				t.Errorf("%s: version %d, few contacts %s", period, r.Version, k)
			}
		}
		if r := o.read(t, o.a, "2026Q3", 0); r.Version != 2 {
			t.Errorf("a third version of 2026Q3: %d", r.Version)
		}
	})
}

func TestRelease_RoomsJoinAndLeave(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 2)
	s.at(t, "2026-08-10 12:00")
	late := newPartner(t, s, o.a, 9)
	must(t, s.Unpair(t.Context(), o.a, o.rooms[1].room.ID)) // gone from now on, in the release until the year's end
	release := func(at string) {
		t.Helper()
		s.at(t, at)
		must(t, s.Tidy(t.Context()))
	}
	names := func(period count.Period) (names []string) {
		for _, p := range o.read(t, o.a, period, 0).Places[1:] {
			names = append(names, p.Name)
		}
		return names
	}
	first, gone := o.rooms[0].room.Name, o.rooms[1].room.Name
	release("2026-11-06 09:00")
	release("2027-02-06 09:00")
	release("2027-05-07 09:00")
	for period, want := range map[count.Period][]string{
		"2026Q3": {first, gone}, "2026Q4": {first, gone, late.room.Name}, "2027Q1": {first, late.room.Name},
	} {
		if got := names(period); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", period, got, want)
		}
	}
	// No room was there when the year began: of it only what rooms counted together is told.
	if got := o.read(t, o.a, "2026", 0); len(got.Places) != 1 || cellOf(got, 0, count.MeasureBadgeVisits) != "not_received" {
		t.Errorf("the year: %+v", got.Places)
	}
	// Nothing came of a room: every figure says so, and none is 0.
	for _, c := range o.read(t, o.a, "2026Q3", 0).Places[2].Cells {
		if c.State == disclose.DisclosureShown {
			t.Errorf("%s of a room that sent nothing: %+v", c.Measure, c)
		}
	}
}

func TestRelease_TooFewBadges(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 2)
	s.at(t, "2026-11-06 09:00")
	o.quarter(t, "2026Q3", 52)
	p := o.rooms[0]
	for d := day("2026-07-01"); d < day("2026-07-29"); d += 7 {
		o.report(t, p.kiosk, p.cell(d.Period(), count.MeasureGuests, count.PartMorning, 60))
	}
	must(t, s.Tidy(t.Context()))
	r := o.read(t, o.a, "2026Q3", 0)
	if got := cellOf(r, p.room.ID, count.MeasureUnique); got != string(central.AbsenceFewBadges) {
		t.Errorf("persons under 60 %% badges are told as %s", got)
	}
	if got := cellOf(r, o.rooms[1].room.ID, count.MeasureUnique); got == string(central.AbsenceFewBadges) {
		t.Errorf("the other room's: %s", got)
	}
}

// What a room does is told as it is, but for referrals of a few; hours nobody filled in are
// no zero.
func TestRelease_TheOrganisationsOwnDoings(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 2)
	s.at(t, "2026-11-06 09:00")
	o.quarter(t, "2026Q3", 52)
	for _, d := range []count.Period{"2026-07-06", "2026-07-07", "2026-07-08"} {
		for _, p := range o.rooms {
			o.report(t, p.kiosk, p.cell(d, count.MeasureOpenParts, count.PartNone, 2), p.cell(d, count.MeasureOpenMinutes, count.PartNone, 301),
				p.cell(d, count.MeasureActivities, count.PartNone, 1), p.cell(d, count.MeasureActivityVisits, count.PartNone, 11),
				p.cell(d, count.MeasureReferred, count.PartNone, 2))
		}
	}
	must(t, s.Tidy(t.Context()))
	r, room := o.read(t, o.a, "2026Q3", 0), o.rooms[0].room.ID
	for _, w := range []struct {
		place   int64
		measure count.Measure
		want    string
	}{
		{room, count.MeasureOpenParts, "6"}, {0, count.MeasureOpenParts, "12"}, {room, count.MeasureOpenMinutes, "903"}, {0, count.MeasureOpenMinutes, "1806"},
		{room, count.MeasureActivities, "3"}, {room, count.MeasureReferred, "<8"}, {0, count.MeasureReferred, "12"},
		{room, count.MeasureVolunteerMinutes, "not_received"}, {room, count.MeasureOpened, "none"}, {room, count.MeasureVolunteers, "none"},
	} {
		if got := cellOf(r, w.place, w.measure); got != w.want {
			t.Errorf("%s of place %d is told as %s, want %s", w.measure, w.place, got, w.want)
		}
	}
	if got := cellOf(r, room, count.MeasureActivityVisits); got != "30" && got != "35" {
		t.Errorf("33 who took part are told as %s, want it rounded", got)
	}
}

// The only room and the whole are one number: it is rounded once.
func TestRelease_OneRoomIsToldOnce(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 1)
	s.at(t, "2026-10-08 09:00")
	o.quarter(t, "2026Q3", 62)
	o.count(t)
	must(t, o.MakeRelease(t.Context(), o.a))
	r := o.read(t, o.a, "2026Q3", 0)
	for _, c := range r.Places[1].Cells {
		if whole, room := cellOf(r, 0, c.Measure), cellOf(r, o.rooms[0].room.ID, c.Measure); whole != "none" && whole != room {
			t.Errorf("%s: %s of the whole, %s of its only room", c.Measure, whole, room)
		}
	}
}

// In its first year everybody of the only room is new: beside the round's number of
// persons the same number by another offset would tell it nearer.
func TestRelease_OneRoomInItsFirstYear(t *testing.T) {
	s := newServer(t)
	s.at(t, "2025-12-02 12:00") // before the year began
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	p := newPartner(t, s, a, 9, 62, 35, 10, 62, 35, 10)
	_, err := s.SaveFunder(t.Context(), a, central.Funder{Name: "Fonds", Whole: true, Rooms: []int64{p.room.ID}})
	must(t, err)
	o := &office{server: s, a: a, rooms: []*partner{p}}
	s.at(t, "2027-01-08 12:00")
	o.quarter(t, "2026Q4", 62)
	o.report(t, p.kiosk, p.cell("2026", count.MeasureUnique, count.PartNone, 62), p.cell("2026", count.MeasureNew, count.PartNone, 62))
	o.count(t)
	s.at(t, "2027-02-06 12:00")
	must(t, s.Tidy(t.Context()))
	r := o.read(t, a, "2026", 0)
	if n := cellOf(r, p.room.ID, count.MeasureUnique); n != cellOf(r, 0, count.MeasureReachN) || cellOf(r, p.room.ID, count.MeasureNew) != string(central.AbsenceSummed) {
		t.Errorf("persons %s, new %s", n, cellOf(r, p.room.ID, count.MeasureNew))
	}
}

// The offset is the same in all periods: a number that does not change is told the same.
func TestRelease_RoundsTheSameInEachPeriod(t *testing.T) {
	s := newServer(t)
	o := newOffice(t, s, 2)
	for _, q := range []struct {
		period count.Period
		at     string
	}{{"2026Q3", "2026-11-06 09:00"}, {"2026Q4", "2027-02-06 09:00"}, {"2027Q1", "2027-05-07 09:00"}} {
		s.at(t, q.at)
		o.quarter(t, q.period, 52)
		must(t, replica(t, s.dsn, s.clock).Tidy(t.Context())) // a server that has just started
	}
	want := cellOf(o.read(t, o.a, "2026Q3", 0), o.rooms[0].room.ID, count.MeasureUnique)
	for _, q := range []count.Period{"2026Q4", "2027Q1"} {
		if got := cellOf(o.read(t, o.a, q, 0), o.rooms[0].room.ID, count.MeasureUnique); got != want {
			t.Errorf("%s: 52 persons are told as %s, in 2026Q3 as %s", q, got, want)
		}
	}
}
