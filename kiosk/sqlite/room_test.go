package sqlite

import (
	"context"
	"crypto/sha256"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/auth/authtest"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// room is a store whose cards have names: tapping "anna" is laying down the
// badge that the test calls so.
type room struct {
	*fixture
	by     int64
	people map[string]int64
}

// newRoom opens a room that is open each day but Sunday from nine to five, at
// nine o'clock of a day.
func newRoom(t testing.TB, day string, residents ...string) *room {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	d, err := count.ParseDay(day)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keys, err := keyring.Load(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	week := make(map[time.Weekday][]kiosk.OpeningHours)
	for wd := time.Monday; wd <= time.Saturday; wd++ {
		week[wd] = []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
	}
	clock := &movedClock{kiosk.Moment{Boot: "boot 1", Wall: d.At(9*60, zone), Since: time.Hour}}
	cfg := Config{
		Dir: filepath.Join(dir, "data"), Keys: keys, Clock: clock,
		Timetable: kiosk.Timetable{Zone: zone, PartTimes: kiosk.DefaultPartTimes(), Week: week},
		HashPIN:   authtest.Hash,
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &room{fixture: &fixture{Store: s, cfg: cfg, clock: clock}, by: 7, people: make(map[string]int64)}
	r.t, _ = t.(*testing.T)
	t.Cleanup(func() { _ = r.Close() })
	for _, name := range residents {
		r.enrol(t, name)
	}
	return r
}

// reopen ends the daemon and starts it again.
func (r *room) reopen() {
	r.t.Helper()
	if err := r.Close(); err != nil {
		r.t.Fatal(err)
	}
	s, err := Open(r.t.Context(), r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Store = s
}

// uid is the number of the card that a test calls name.
func uid(t testing.TB, name string) kiosk.UID {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	sum[0] = 0x04
	u, err := kiosk.NewUID(sum[:7])
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// enrol adds a person with a badge, without a visit.
func (r *room) enrol(t testing.TB, name string) {
	t.Helper()
	var no int64
	err := r.withTx(t.Context(), func(ctx context.Context, tx *txn) (err error) {
		if no, err = tx.addPerson(ctx, kiosk.Resident{Name: "Mevrouw " + name, OnScreen: true, Language: "tr"}); err != nil {
			return err
		}
		u := uid(t, name)
		return tx.giveBadge(ctx, unknownBadgeRow{mac: r.cfg.Keys.UID(u), pinFragments: auth.PINFragments(u, r.cfg.Keys.Digits)}, "resident", no, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	r.people[name] = no
}

// pass adds a guest pass.
func (r *room) pass(name string) {
	r.t.Helper()
	err := r.withTx(r.t.Context(), func(ctx context.Context, tx *txn) error {
		return tx.giveBadge(ctx, unknownBadgeRow{mac: r.cfg.Keys.UID(uid(r.t, name))}, "pass", 0, 0)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// at moves the clock, and the time since boot with it, to a clock time of its
// day; "2026-11-24 13:00" names another day.
func (r *room) at(when string) {
	r.t.Helper()
	day, clock := count.DayOf(r.clock.now.Wall, r.cfg.Timetable.Zone).String(), when
	if len(when) > len("13:00:00") {
		day, clock = when[:10], when[11:]
	}
	if len(clock) == len("13:00") {
		clock += ":00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, r.cfg.Timetable.Zone)
	if err != nil {
		r.t.Fatal(err)
	}
	r.clock.now.Since += at.Sub(r.clock.now.Wall)
	r.clock.now.Wall = at
}

// tap lays a card down and returns what the door says.
func (r *room) tap(name string) kiosk.GreetingKind {
	r.t.Helper()
	receipt, err := r.CheckIn(r.t.Context(), kiosk.Tap{UID: uid(r.t, name), At: r.clock.now})
	if err != nil {
		r.t.Fatalf("tap %s: %v", name, err)
	}
	return receipt.Greeting.Kind
}

// says fails unless the door says want to a card.
func (r *room) says(when, name string, want kiosk.GreetingKind) {
	r.t.Helper()
	r.at(when)
	if got := r.tap(name); got != want {
		r.t.Fatalf("%s %s: door says %q, want %q", when, name, got, want)
	}
}

func (r *room) tick() {
	r.t.Helper()
	r.must(r.Tick(r.t.Context()))
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) view() kiosk.View {
	r.t.Helper()
	v, err := r.View(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// badge returns the number of the one unknown badge on the list.
func (r *room) badge() int64 {
	r.t.Helper()
	v := r.view()
	if len(v.Badges) != 1 {
		r.t.Fatalf("%d unknown badges on the list, want 1", len(v.Badges))
	}
	return v.Badges[0].No
}

// numbers reads all cells of parts of days that are not 0.
func (r *room) numbers() map[string]int64 {
	r.t.Helper()
	return r.read(`SELECT epoch || ' ' || period || ' ' || part || ' ' || measure, n FROM cell
		WHERE length(period) = 10 AND part <> '' AND n <> 0`)
}

// recounted counts the same from the rows, by other means: a measure that is not
// spelled out here by its rule, each visit by itself and with all that is known
// of it. So a rule that asks for what no row is read for is found out.
func (r *room) recounted() map[string]int64 {
	r.t.Helper()
	all := make(map[string]int64)
	rows, err := sqlrow.Collect(r.t.Context(), r.db(), r.scanVisit, `SELECT `+visitColumns+` FROM visit`)
	if err != nil {
		r.t.Fatal(err)
	}
	others := reach.DayPartRules()
	for _, m := range []count.Measure{
		count.MeasureBadgeVisits, count.MeasureAssumed, count.MeasureGuests, count.MeasureGuestsChild,
		count.MeasureGuestsTeen, count.MeasureGuestsAdult, count.MeasureGuestsElder,
	} {
		delete(others, m)
	}
	for _, v := range rows {
		if v.void || v.held || v.day == count.NoDay {
			continue
		}
		measures := []count.Measure{count.MeasureBadgeVisits}
		if v.person == 0 {
			measures = []count.Measure{count.MeasureGuests}
		}
		if m, asked := map[kiosk.Band]count.Measure{
			kiosk.BandChild: count.MeasureGuestsChild, kiosk.BandTeen: count.MeasureGuestsTeen,
			kiosk.BandAdult: count.MeasureGuestsAdult, kiosk.BandElder: count.MeasureGuestsElder,
		}[v.band]; asked {
			measures = append(measures, m)
		}
		if v.person != 0 && v.assumed {
			measures = append(measures, count.MeasureAssumed)
		}
		visit := kiosk.Visit{ID: v.no, Person: v.person, Day: v.day, Part: v.part, In: v.at, Source: v.how, Band: v.band, Assumed: v.assumed, Epoch: v.epoch}
		for m, rule := range others {
			if rule(visit) {
				measures = append(measures, m)
			}
		}
		for _, m := range measures {
			all["1 "+v.day.String()+" "+string(v.part)+" "+string(m)]++
		}
	}
	return all
}

func (r *room) read(query string, args ...any) map[string]int64 {
	r.t.Helper()
	type entry struct {
		key string
		n   int64
	}
	rows, err := sqlrow.Collect(r.t.Context(), r.db(), func(row sqlrow.Scanner) (e entry, err error) {
		return e, row.Scan(&e.key, &e.n)
	}, query, args...)
	if err != nil {
		r.t.Fatal(err)
	}
	all := make(map[string]int64)
	for _, e := range rows {
		all[e.key] = e.n
	}
	return all
}

// counts fails unless a part of the present day has these numbers and no others.
func (r *room) counts(part count.Part, want map[count.Measure]int64) {
	r.t.Helper()
	got := make(map[count.Measure]int64)
	for m, n := range r.read(`SELECT measure, n FROM cell WHERE period = ?1 AND part = ?2 AND n <> 0`,
		count.DayOf(r.clock.now.Wall, r.cfg.Timetable.Zone).String(), part) {
		got[count.Measure(m)] = n
	}
	if !maps.Equal(got, want) {
		r.t.Fatalf("%s counts %v, want %v", part, got, want)
	}
}

type counted = map[count.Measure]int64

const (
	badgeVisits = count.MeasureBadgeVisits
	guests      = count.MeasureGuests
)
