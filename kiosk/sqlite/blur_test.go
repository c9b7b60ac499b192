package sqlite

import (
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// proven tells the room's true time, as the centre does.
func (r *room) proven() {
	r.t.Helper()
	r.must(r.Anchor(r.t.Context(), r.clock.now, 100, "sync"))
}

// instants lists what the rows say of when somebody came or went, a line for each that
// says anything finer than a part of a day.
func (r *room) instants() (lines []string) {
	r.t.Helper()
	for line := range r.read(`
		SELECT 'visit ' || no || ' of day ' || coalesce(day, 0), 1 FROM visit WHERE bt_ns >= 0 OR wall_ms <> 0 OR at_ms IS NOT NULL
		UNION ALL SELECT 'stay ' || no || ' of day ' || coalesce(day, 0), 1 FROM stay
		WHERE bt_ns >= 0 OR wall_ms <> 0 OR at_ms IS NOT NULL OR closes_ms IS NOT NULL OR last_ns >= 0 OR last_ms <> 0 OR out_ns IS NOT NULL OR out_ms IS NOT NULL
		UNION ALL SELECT 'stranger ' || no || ' of day ' || coalesce(day, 0), 1 FROM stranger
		UNION ALL SELECT 'tap ' || no, 1 FROM tap WHERE boot <> 0 OR bt_ns <> 0 OR kind <> '' OR person IS NOT NULL
		UNION ALL SELECT 'action ' || no, 1 FROM action`) {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// A day that is over says who came in which part of it, and no more: not when, nor in
// which order, in the rows and in the bytes of the file. What is counted of it stays.
func TestNight_ForgetsWhenPeopleCame(t *testing.T) {
	names := make([]string, 12)
	for i := range names {
		names[i] = fmt.Sprint("resident ", i)
	}
	r := newRoom(t, "2026-11-23", names...)
	r.proven()
	for i, name := range names {
		r.says(fmt.Sprintf("10:%02d", 3*i), name, kiosk.GreetingFirst)
	}
	var at []int64
	for _, ms := range r.read(`SELECT no, at_ms FROM visit`) {
		at = append(at, ms)
	}
	r.must(r.AddGuest(t.Context(), r.by, kiosk.BandElder))
	r.says("11:30", names[0], kiosk.GreetingGoodbye)
	r.says("13:30", names[0], kiosk.GreetingWelcome)
	r.says("14:00", "nobody's", kiosk.GreetingUnknownBadge)
	r.must(r.EnterPaper(t.Context(), r.by, kiosk.PaperEntry{Person: r.people[names[1]], Day: count.Date(2026, 11, 21), Part: count.PartMorning}))
	if len(r.instants()) == 0 || len(at) != len(names) {
		t.Fatal("the test sees no instant")
	}
	order := func() []int64 {
		type row struct{ no, person int64 }
		var all []row
		for no, person := range r.read(`SELECT no, person FROM visit WHERE part = 'ochtend' AND how = 'badge'`) {
			var n int64
			_, err := fmt.Sscan(no, &n)
			r.must(err)
			all = append(all, row{n, person})
		}
		slices.SortFunc(all, func(a, b row) int { return int(a.no - b.no) })
		var people []int64
		for _, o := range all {
			people = append(people, o.person)
		}
		return people
	}
	came, parts := order(), r.read(`SELECT day || part || coalesce(person, 0) || how || coalesce(band, ''), count(*) FROM visit GROUP BY 1`)
	r.at("2026-11-24 00:10")
	cells := r.numbers()
	r.tick()
	r.must(r.file.Checkpoint(t.Context()))
	if left := r.instants(); len(left) != 0 {
		t.Errorf("after the night there is still %s", strings.Join(left, ", "))
	}
	if now := r.read(`SELECT day || part || coalesce(person, 0) || how || coalesce(band, ''), count(*) FROM visit WHERE how <> 'unknown_badge' GROUP BY 1`); !maps.Equal(now, parts) {
		t.Errorf("visits are\n%v, were\n%v", now, parts)
	}
	if now := r.numbers(); len(now) < len(cells) {
		t.Errorf("counted is\n%v, was\n%v", now, cells)
	}
	if now := order(); slices.Equal(now, came) { // one in 479 million
		t.Errorf("they stand in the order in which they came: %v", now)
	}
	if got := r.read(`SELECT hour || ' ' || band, n FROM crowd`); !maps.Equal(got, map[string]int64{"10 65+": 1, "14 unasked": 1}) {
		t.Errorf("guests by the hour: %v", got)
	}
	for file, b := range r.stolen() {
		for _, ms := range at {
			if strings.Contains(string(b), string(binary.BigEndian.AppendUint64(nil, uint64(ms))[2:])) {
				t.Errorf("the bytes of %s say that somebody came at %s", file, time.UnixMilli(ms))
			}
		}
	}
	if !maps.Equal(r.numbers(), r.recounted()) {
		t.Error("the rows say something else than what was counted")
	}
}

// What is still to be dated keeps what it is dated by, and is dated by it later.
func TestNight_KeepsWhatIsStillToBeDated(t *testing.T) {
	r := newRoom(t, "2026-11-23", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst) // by a clock that nothing proves
	r.at("2026-11-24 10:00")
	r.tick()
	if n := len(r.instants()); n == 0 {
		t.Fatal("a clock that nothing has proven is taken at its word")
	}
	r.proven()
	r.says("10:05", "ben", kiosk.GreetingFirst)
	r.at("2026-11-25 00:10")
	r.tick()
	if left := r.instants(); len(left) != 0 {
		t.Errorf("the time of the boot is proven, and there is still %v", left)
	}
	if n := r.number(`SELECT count(*) FROM visit WHERE trust = 2 AND day IN (?1, ?2)`, count.Date(2026, 11, 23), count.Date(2026, 11, 24)); n != 2 {
		t.Errorf("%d of the two visits stand on their days", n)
	}
}

// A held guest still waits for a volunteer, by the time at which it came; and what was
// done today to an earlier day can be undone.
func TestNight_KeepsWhatAVolunteerMayStillTouch(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-23", "anna")
	r.proven()
	r.pass("pass")
	for i := range kiosk.GuestLimit + 1 {
		r.at(fmt.Sprintf("10:00:%02d", 2*i))
		r.tap("pass")
	}
	if len(r.view().Held) == 0 {
		t.Fatal("no guest is held")
	}
	r.at("2026-11-24 10:00")
	r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Person: r.people["anna"], Day: count.Date(2026, 11, 23), Part: count.PartMorning}))
	r.tick()
	v := r.view()
	if len(v.Held) == 0 || v.Held[0].At.Hour() != 10 {
		t.Errorf("held are %+v", v.Held)
	}
	r.must(r.Undo(ctx, r.by, v.Actions[0].No))
	r.must(r.ReviewGuest(ctx, r.by, v.Held[0].Visit, true))
	r.at("2026-11-25 00:10")
	r.tick()
	if left := r.instants(); len(left) != 0 {
		t.Errorf("when nobody can undo it any more there is still %v", left)
	}
	if !maps.Equal(r.numbers(), r.recounted()) {
		t.Error("the rows say something else than what was counted")
	}
}

// Everything that reads the rows of earlier days does as well without their instants:
// late paper, a person's own data, a list taken in and back, a backup put back, a
// damaged file's rows, an erasure.
func TestNight_WhatComesLaterWorks(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-23", "anna", "ben")
	r.proven()
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:05", "ben", kiosk.GreetingFirst)
	r.at("2026-11-24 00:10")
	r.tick()
	if left := r.instants(); len(left) != 0 {
		t.Fatalf("there is still %v", left)
	}
	r.at("10:00")
	anna := r.people["anna"]
	twice := kiosk.PaperEntry{Person: anna, Day: count.Date(2026, 11, 23), Part: count.PartMorning}
	if err := r.EnterPaper(ctx, r.by, twice); err == nil {
		t.Error("a visit stands twice in one part of a day")
	}
	twice.Part = count.PartAfternoon
	r.must(r.EnterPaper(ctx, r.by, twice))
	d, err := r.OwnData(ctx, anna)
	if err != nil || len(d.Visits) != 2 || !d.Visits[1].In.IsZero() || d.Visits[1].Part != count.PartMorning {
		t.Errorf("her own data: %+v, %v", d.Visits, err)
	}
	before := r.numbers()
	list := r.take("Iemand,2026-11-23,ochtend,", ",2026-11-23,ochtend,3")
	r.takeBack(list.List)
	if now := r.numbers(); !maps.Equal(now, before) {
		t.Errorf("after a list that was taken back\n%v, before\n%v", now, before)
	}
	file := r.backup()
	r.restore(file)
	if n := r.number(`SELECT count(*) FROM visit WHERE void = 0`); n != 3 {
		t.Errorf("%d visits in the restored room, want 3", n)
	}
	r.says("10:30", "anna", kiosk.GreetingWelcome)
	r.must(r.Erase(ctx, r.by, anna))
	if n := r.number(`SELECT count(*) FROM visit WHERE person = ?1`, anna); n != 0 {
		t.Errorf("%d visits of who was erased", n)
	}
}

// BenchmarkNight_ForgetsADay measures what a night's forgetting of 500 visits of 500
// people costs beside the same number of check-ins that made them.
func BenchmarkNight_ForgetsADay(b *testing.B) {
	r := newRoom(b, "2026-11-23")
	for i := range 500 {
		r.enrol(b, fmt.Sprint("resident ", i))
	}
	if err := r.Anchor(b.Context(), r.clock.now, 100, "sync"); err != nil {
		b.Fatal(err)
	}
	var taps, night time.Duration
	for range b.N {
		start := time.Now()
		for i := range 500 {
			r.later(time.Second)
			if _, err := r.CheckIn(b.Context(), kiosk.Tap{UID: uid(b, fmt.Sprint("resident ", i)), At: r.clock.now}); err != nil {
				b.Fatal(err)
			}
		}
		taps += time.Since(start)
		r.later(24*time.Hour - 500*time.Second)
		start = time.Now()
		if err := r.Tick(b.Context()); err != nil {
			b.Fatal(err)
		}
		night += time.Since(start)
	}
	b.ReportMetric(float64(night.Milliseconds())/float64(b.N), "ms/night")
	b.ReportMetric(night.Seconds()/taps.Seconds(), "of-the-taps")
}

// BenchmarkResidents_Sealed opens 5,000 people for the first time, and again from memory.
func BenchmarkResidents_Sealed(b *testing.B) {
	r := crowd(b, 5000, 0)
	var first, again time.Duration
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	for range b.N {
		r.names.Forget()
		for _, took := range []*time.Duration{&first, &again} {
			start := time.Now()
			if _, err := r.Residents(b.Context()); err != nil {
				b.Fatal(err)
			}
			*took += time.Since(start)
		}
	}
	b.ReportMetric((heap()-before)/1024, "KB-held")
	b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms/first")
	b.ReportMetric(float64(again.Milliseconds())/float64(b.N), "ms/again")
}
