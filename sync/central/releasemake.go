package central

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
	"example.org/inloop/sync/wire"
)

// releaseLatest is the day after a quarter, counted from 1, on which its release is made
// at the latest: the one after the last of an ordinary round.
const releaseLatest count.Day = 37

// NextRelease is how far the release of the last quarter that ended is: that of the
// year with it, after the fourth one.
type NextRelease struct {
	Quarter   count.Period
	Made      bool         // released already
	Latest    count.Period // the day on which the centre makes it by itself
	Pool      bool         // the round has ended
	Missing   int          // rooms of which not all days have come whole
	Rooms     int          // rooms in it
	NoFunder  bool         // nobody is there to release it to
	Releasing bool         // it can be made now
}

// releasing is what a release of one quarter is made of.
type releasing struct {
	organisation int64
	today        count.Day
	zone         *time.Location
	measures     count.Catalogue
	period       count.PoolPeriod
	pairings     []PairedKiosk
	rooms        []Room
	results      []wire.PoolTold
	states       map[count.PoolPeriod]wire.PoolRoundState
	key          []byte
}

// gather reads what the release of the last quarter that ended needs, but the cells.
func (o *Centre) gather(ctx context.Context, organisation int64) (r releasing, err error) {
	r = releasing{organisation: organisation, today: count.DayOf(o.now(), o.zone), zone: o.zone, measures: o.measures}
	r.period = count.EndedPoolPeriod(r.today)
	if r.pairings, err = o.releases.Pairings(ctx, organisation); err != nil {
		return r, fmt.Errorf("list pairings: %w", err)
	}
	if r.rooms, err = o.rooms.Rooms(ctx, organisation); err != nil {
		return r, fmt.Errorf("list rooms: %w", err)
	}
	if r.results, err = o.rounds.ToldResults(ctx, organisation, ToldRounds); err != nil {
		return r, fmt.Errorf("read results: %w", err)
	}
	if r.states, err = o.rounds.RoundStates(ctx, organisation); err != nil {
		return r, fmt.Errorf("read rounds: %w", err)
	}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // crypto/rand never fails (Go 1.24)
	if r.key, err = o.releases.RoundingKey(ctx, fresh); err != nil {
		return r, fmt.Errorf("rounding key: %w", err)
	}
	return r, nil
}

// latest is the day on which the release is made whatever has come.
func (r releasing) latest() count.Day { return r.period.Last() + releaseLatest }

// in tells whether a room is in the release of a period: it was paired before that began,
// and not gone before its year.
func (r releasing) in(room int64, period count.Period) bool {
	first, _, err := period.Span()
	if err != nil {
		return false
	}
	year, _, _ := first.Civil()
	return slices.ContainsFunc(r.pairings, func(k PairedKiosk) bool {
		return k.Room == room && count.DayOf(k.Paired, r.zone) < first &&
			(k.Revoked.IsZero() || count.DayOf(k.Revoked, r.zone) >= count.Date(year, time.January, 1))
	})
}

// roomsIn are the rooms in the release of a period, by name.
func (r releasing) roomsIn(period count.Period) (rooms []Room) {
	for _, room := range slices.SortedFunc(slices.Values(r.rooms), byName) {
		if r.in(room.ID, period) {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

// pooled tells whether the rooms can be counted together at all.
func (r releasing) pooled() bool {
	live := 0
	for _, k := range r.pairings {
		if k.Revoked.IsZero() {
			live++
		}
	}
	return live <= wire.MaxPool
}

// ended tells whether the round of a period has ended, or there can be none.
func (r releasing) ended(p count.PoolPeriod) bool {
	state := r.states[p]
	return state == wire.PoolRoundDone || state == wire.PoolRoundFailed || r.today > p.Deadline() || !r.pooled()
}

// nextRelease tells how far the release of the last ended quarter is.
func (o *Centre) nextRelease(ctx context.Context, organisation int64, made []ReleaseHead) (NextRelease, error) {
	r, err := o.gather(ctx, organisation)
	if err != nil {
		return NextRelease{}, err
	}
	quarter := r.period.Quarter()
	n := NextRelease{Quarter: quarter, Latest: r.latest().Period(), Pool: r.ended(r.period)}
	n.Made = slices.ContainsFunc(made, func(h ReleaseHead) bool { return h.Period == quarter })
	if n.Made {
		return n, nil
	}
	for _, room := range r.roomsIn(quarter) {
		t, err := o.roomTally(ctx, r, room, quarter)
		if err != nil {
			return n, err
		}
		n.Rooms++
		if days, err := quarter.Days(); err == nil {
			if _, _, whole := t.sum(days); !whole {
				n.Missing++
			}
		}
	}
	funded, err := o.releases.Funded(ctx)
	if err != nil {
		return n, fmt.Errorf("find funders: %w", err)
	}
	n.NoFunder = !slices.Contains(funded, organisation)
	n.Releasing = !n.NoFunder && (n.Pool && n.Missing == 0 && n.Rooms > 0 || r.today >= r.latest())
	return n, nil
}

// roomTally reads one room's cells of a period: a year of a hundred rooms at once would
// be a million.
func (o *Centre) roomTally(ctx context.Context, r releasing, room Room, period count.Period) (tally, error) {
	days, err := period.Days()
	if err != nil {
		return tally{}, fmt.Errorf("period: %w", err)
	}
	// With the days of the weeks on its edges.
	cells, err := o.cells.Cells(ctx, r.organisation, room.ID, count.Days{First: days.First - 6, Last: days.Last + 6}, []count.Period{period})
	if err != nil {
		return tally{}, fmt.Errorf("read cells: %w", err)
	}
	return newTally(r.measures, cells, r.today, count.DayOf(room.Since, r.zone), false, room.Undated), nil
}

// MakeRelease releases the last quarter that ended, with the year after the fourth one,
// and with it what has changed in the release before. Errors: ErrNotYet, ErrReleased.
func (o *Centre) MakeRelease(ctx context.Context, a Account) error {
	if err := a.coordinates(); err != nil {
		return err
	}
	heads, err := o.releases.ReleaseHeads(ctx, a.Organisation)
	if err != nil {
		return fmt.Errorf("list releases: %w", err)
	}
	next, err := o.nextRelease(ctx, a.Organisation, heads)
	switch {
	case err != nil:
		return err
	case next.Made:
		return fmt.Errorf("quarter %s: %w", next.Quarter, ErrReleased)
	case !next.Releasing:
		return fmt.Errorf("quarter %s: %w", next.Quarter, ErrNotYet)
	}
	return o.makeRelease(ctx, a.Organisation, a.Name, heads)
}

// makeDue makes the releases whose last day has come, of all organisations.
func (o *Centre) makeDue(ctx context.Context) error {
	today := count.DayOf(o.now(), o.zone)
	if period := count.EndedPoolPeriod(today); today < period.Last()+releaseLatest {
		return nil
	}
	funded, err := o.releases.Funded(ctx)
	if err != nil {
		return fmt.Errorf("find funders: %w", err)
	}
	var errs []error
	for _, organisation := range funded {
		heads, err := o.releases.ReleaseHeads(ctx, organisation)
		quarter := count.EndedPoolPeriod(today).Quarter()
		if err == nil && !slices.ContainsFunc(heads, func(h ReleaseHead) bool { return h.Period == quarter }) {
			err = o.makeRelease(ctx, organisation, "", heads)
		}
		if err != nil && !errors.Is(err, ErrReleased) { // another server, or a person, was first
			errs = append(errs, fmt.Errorf("release of organisation %d: %w", organisation, err))
		}
	}
	return errors.Join(errs...)
}

// makeRelease makes and keeps a release, and the second versions that go with it.
func (o *Centre) makeRelease(ctx context.Context, organisation int64, by string, heads []ReleaseHead) error {
	r, err := o.gather(ctx, organisation)
	if err != nil {
		return err
	}
	if len(r.roomsIn(r.period.Quarter())) == 0 {
		return fmt.Errorf("no room was counted in %s: %w", r.period.Quarter(), ErrNotYet)
	}
	var all []Release
	add := func(period count.Period, version int, before *Release) error {
		release, err := o.releaseOf(ctx, r, period, before)
		if err != nil {
			return err
		}
		release.ReleaseHead = ReleaseHead{period, version, o.now(), by}
		if before == nil || len(changesOf(*before, release)) > 0 {
			all = append(all, release)
		}
		return nil
	}
	for _, period := range r.period.Periods() {
		if err := add(period, 1, nil); err != nil {
			return err
		}
	}
	before := count.EndedPoolPeriod(r.period.First())
	for _, period := range before.Periods() {
		// A third version never comes: each one more tells more of a number.
		if !slices.ContainsFunc(heads, func(h ReleaseHead) bool { return h.Period == period && h.Version == 1 }) {
			continue
		}
		was, err := o.releases.Release(ctx, organisation, period, 1)
		if err != nil {
			return fmt.Errorf("release of %s: %w", period, err)
		}
		if err := add(period, 2, &was); err != nil {
			return err
		}
	}
	if err := o.releases.SaveReleases(ctx, all); err != nil {
		return fmt.Errorf("keep release: %w", err)
	}
	o.log.Info("figures released", "organisation", organisation, "quarter", r.period.Quarter(), "by itself", by == "")
	o.changed.send()
	return nil
}

// releaseOf works a release out; before is the version before it, whose class C stands,
// and whose places too: no room joins or leaves what was released.
func (o *Centre) releaseOf(ctx context.Context, r releasing, period count.Period, before *Release) (Release, error) {
	release := Release{Organisation: r.organisation}
	rooms := r.roomsIn(period)
	if before != nil {
		release.Rooms, release.Due, release.Told = before.Rooms, before.Due, before.Told
		rooms = slices.DeleteFunc(slices.Clone(r.rooms), func(room Room) bool {
			return !slices.ContainsFunc(before.Places, func(p ReleasePlace) bool { return p.Room == room.ID })
		})
		slices.SortFunc(rooms, byName)
	}
	days, err := period.Days()
	if err != nil {
		return release, fmt.Errorf("period: %w", err)
	}
	whole := ReleasePlace{}
	var tallies []tally
	for _, room := range rooms {
		t, err := o.roomTally(ctx, r, room, period)
		if err != nil {
			return release, err
		}
		place := r.roomPlace(t, room, period, days)
		whole.Received.Received += place.Received.Received
		whole.Received.Expected += place.Received.Expected
		release.Places = append(release.Places, place)
		tallies = append(tallies, t)
	}
	whole.Cells = r.wholeVisits(tallies, period, days)
	joint := r.joint(period, before, &release)
	if len(rooms) == 1 {
		oneRoom(&release.Places[0], &whole, joint)
	} else {
		withholdSummed(release.Places, joint, release.Rooms)
	}
	whole.Cells = append(slices.Clone(joint), whole.Cells...)
	release.Places = slices.Insert(release.Places, 0, whole)
	return release, nil
}

// offset is by what a measure of a place is rounded, in all periods.
func (r releasing) offset(place string, m count.Measure) disclose.Offset {
	return disclose.ReleaseOffset(r.key, strconv.FormatInt(r.organisation, 10), place, string(m))
}

// told are the measures that a release of a period tells of.
func (r releasing) told(period count.Period) (told []releasedMeasure) {
	for _, m := range releasedMeasures() {
		if d, known := r.measures.Find(m.measure); known && d.Counted() && (!m.yearly || period.Is(count.PeriodYear)) {
			told = append(told, m)
		}
	}
	return told
}

// roomPlace is a room in a release.
func (r releasing) roomPlace(t tally, room Room, period count.Period, days count.Days) ReleasePlace {
	p := ReleasePlace{Room: room.ID, Name: room.Name}
	for _, w := range weeksOf(days, r.today) {
		p.Received.Expected++
		if _, _, whole := t.sum(w); whole {
			p.Received.Received++
		}
	}
	visits, came, _ := t.sum(days)
	enough := disclose.EnoughBadges(visits.Badge(), visits.Guests())
	persons := t.longer[longerKey{period, count.ClassB}]
	kind, _ := period.Kind() // a release's period is one
	for _, m := range r.told(period) {
		n, there := visits[m.measure]
		reason := AbsenceNone
		if there = there && came; !there {
			reason = AbsenceNotReceived
		}
		if m.rule == releasePersons {
			d, _ := r.measures.Find(m.measure) // told are those that are known
			number := persons.number(d, kind, !enough)
			n, reason = number.N, number.Reason
		}
		if reason != AbsenceNone {
			p.Cells = append(p.Cells, withheldFor(m.measure, reason))
			continue
		}
		u := r.offset(strconv.FormatInt(room.ID, 10), m.measure)
		p.Cells = append(p.Cells, ReleaseCell{m.measure, m.figure(n, u), AbsenceNone})
	}
	return p
}

// wholeVisits are the cells of class A over all rooms of the release: the sum of what
// came, rounded by itself, so that the rooms do not add up to it.
func (r releasing) wholeVisits(tallies []tally, period count.Period, days count.Days) (cells []ReleaseCell) {
	sum, any := Visits{}, false
	for _, t := range tallies {
		visits, came, _ := t.sum(days)
		if came {
			any = true
			sum.add(visits)
		}
	}
	for _, m := range r.told(period) {
		if m.rule == releasePersons {
			continue
		}
		if n, there := sum[m.measure]; there && any {
			cells = append(cells, ReleaseCell{m.measure, m.figure(n, r.offset("*", m.measure)), AbsenceNone})
		} else {
			cells = append(cells, withheldFor(m.measure, AbsenceNotReceived))
		}
	}
	return cells
}

// pooledFigures is what the rooms counted together of a period.
func (r releasing) pooledFigures(period count.Period) PooledFigures {
	round := roundOf(period)
	f := PooledFigures{Period: period}
	at := slices.IndexFunc(r.results, func(t wire.PoolTold) bool { return t.Result.Period == round })
	reason, result := AbsenceLater, pool.JointResult{}
	switch {
	case at >= 0:
		told := r.results[at]
		var err error
		if result, err = JointResult(told.Result); err != nil {
			reason = AbsenceFailed // stored by a newer version of this server
			break
		}
		reason, f.Rooms, f.Due, f.Told = AbsenceNone, told.Rooms, told.Due, told.Date
	case !r.pooled():
		reason = AbsenceManyRooms
	case r.ended(round):
		reason = AbsenceFailed
	}
	for _, item := range round.Told() {
		if item.Period != period {
			continue
		}
		c := withheldFor(item.Measure, reason)
		if reason == AbsenceNone {
			if c = (ReleaseCell{item.Measure, result.Find(item), AbsenceNone}); c.State == disclose.DisclosureWithheld {
				c.Reason = AbsenceTooFew
			}
		}
		f.Cells = append(f.Cells, c)
	}
	return f
}

// joint are the cells of class C, and before them the persons of the whole organisation,
// which are the round's own number and are not rounded anew. What was released of it
// stands; only a round that had not ended then is told later.
func (r releasing) joint(period count.Period, before *Release, release *Release) []ReleaseCell {
	f := r.pooledFigures(period)
	if f.Told != "" {
		release.Rooms, release.Due, release.Told = f.Rooms, f.Due, f.Told
	}
	persons := f.Find(count.MeasureReachN)
	persons.Measure = count.MeasureUnique
	cells := append([]ReleaseCell{persons}, f.Cells...)
	if before == nil {
		return cells
	}
	for i, c := range cells {
		if was, there := before.Places[0].Find(c.Measure); there && was.Reason != AbsenceLater {
			cells[i] = was
		}
	}
	return cells
}

// roundOf is the round that tells of a quarter or a year.
func roundOf(period count.Period) count.PoolPeriod {
	_, last, _ := period.Span() // a release's period is one
	return count.EndedPoolPeriod(last + 1)
}

// oneRoom makes the only room of an organisation and the whole tell the same: the same
// number rounded twice, by two offsets, would be told nearer than either tells it. Its
// persons are the round's where that tells them.
func oneRoom(room, whole *ReleasePlace, joint []ReleaseCell) {
	for i, c := range whole.Cells {
		if same, there := room.Find(c.Measure); there {
			whole.Cells[i] = same
		}
	}
	persons := joint[0]
	i := slices.IndexFunc(room.Cells, func(c ReleaseCell) bool { return c.Measure == persons.Measure })
	switch {
	case i < 0:
	case persons.State == disclose.DisclosureWithheld && persons.Reason != AbsenceLater:
		joint[0] = room.Cells[i]
	default:
		own := room.Cells[i]
		for j, c := range room.Cells {
			// In a room's first year everybody is new: the same number by another offset.
			part := c.Measure == count.MeasureNew || c.Measure == count.MeasureRegular
			if part && c.State == disclose.DisclosureShown && c.Figure == own.Figure {
				room.Cells[j] = withheldFor(c.Measure, AbsenceSummed)
			}
		}
		room.Cells[i] = persons
	}
	// The year's regulars are the base of its habit.
	h := slices.IndexFunc(joint, func(c ReleaseCell) bool {
		return c.Measure == count.MeasureHabitN && c.State == disclose.DisclosureShown
	})
	if r, told := room.Find(count.MeasureRegular); h >= 0 && told && r.Figure != joint[h].Figure {
		room.withhold(count.MeasureRegular, AbsenceSummed)
	}
}
