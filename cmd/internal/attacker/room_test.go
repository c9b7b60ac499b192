package attacker_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// wall is a room's clock in one boot that lasts all year; it stands where it is put.
type wall struct{ at, began time.Time }

func (w *wall) Now() kiosk.Moment {
	return kiosk.Moment{Wall: w.at, Boot: "one", Since: time.Hour + w.at.Sub(w.began)}
}

// playedRoom is a room's real store, of which all that a centre gets is read each week.
type playedRoom struct {
	*sqlite.Store
	t      *testing.T
	clock  *wall
	by     int64 // a volunteer
	people map[int]int64
}

// memory returns a folder where there is no disk to wait for, if there is such a place.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "attacker-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// openAllWeek are a room's hours: from Monday to Saturday, since the year began.
func openAllWeek() kiosk.Timetable {
	t := kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes(), Week: map[time.Weekday][]kiosk.OpeningHours{}, Since: firstOf("2026")}
	for d := time.Monday; d <= time.Saturday; d++ {
		t.Week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 21 * 60}}
	}
	return t
}

func openRoom(t *testing.T) *playedRoom {
	t.Helper()
	dir := memory(t)
	keys, err := keyring.Load(filepath.Join(dir, "room.key"))
	if err != nil {
		t.Fatal(err)
	}
	began := firstOf("2026").At(8*60, time.UTC)
	r := &playedRoom{t: t, clock: &wall{began, began}, people: map[int]int64{}}
	r.Store, err = sqlite.Open(t.Context(), sqlite.Config{Dir: filepath.Join(dir, "data"), Keys: keys, Clock: r.clock, Timetable: openAllWeek()})
	r.must(err)
	t.Cleanup(func() { _ = r.Close() })
	r.must(r.Anchor(t.Context(), r.clock.Now(), 500, timeline.SourceNTP))
	code, err := r.AddVolunteer(t.Context(), "Gerda")
	r.must(err)
	r.by, err = r.CheckCode(t.Context(), code)
	r.must(err)
	return r
}

func (r *playedRoom) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("%s: %v", r.clock.at.Format(time.DateTime), err)
	}
}

// badgeOf is a made-up badge.
func badgeOf(i int) kiosk.UID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], 0x04_0000_0000_0000_00+uint64(i+1)<<16)
	uid, err := kiosk.NewUID(b[:7])
	if err != nil {
		panic(err) // 7 bytes are always a UID
	}
	return uid
}

// tap is one badge at the door; the first time somebody is made of it.
func (r *playedRoom) tap(ctx context.Context, i int) {
	r.t.Helper()
	_, err := r.CheckIn(ctx, kiosk.Tap{UID: badgeOf(i), At: r.clock.Now()})
	r.must(err)
	if r.people[i] != 0 {
		return
	}
	view, err := r.View(ctx)
	r.must(err)
	badge := slices.MaxFunc(view.Badges, func(a, b kiosk.NewBadge) int { return cmp.Compare(a.No, b.No) })
	r.people[i], err = r.Enrol(ctx, r.by, kiosk.Enrolment{Badge: badge.No, Resident: kiosk.Resident{Sign: kiosk.FreeSigns(nil)[i], Language: "nl"}})
	r.must(err)
}

// releaser is a store that lets counts go when their part of the day has ended.
type releaser interface {
	Release(ctx context.Context) (further bool, err error)
}

// sent returns the counts that leave now, all of which the centre takes: in one request,
// and what may only follow its signed answer in the next.
func (r *playedRoom) sent(ctx context.Context, token string) (all []kiosk.Count) {
	r.t.Helper()
	for range 4 {
		if store, is := any(r.Store).(releaser); is {
			_, err := store.Release(ctx)
			r.must(err)
		}
		counts, err := r.Unsent(ctx, 100_000)
		r.must(err)
		seq, err := r.NextSeq(ctx)
		r.must(err)
		r.must(r.Begin(ctx, kiosk.Upload{Seq: seq, Nonce: "00ff", Body: []byte("{}"), Counts: counts}))
		ack := kiosk.Ack{Seq: seq, Token: token, At: r.clock.at}
		if said := reflect.ValueOf(&ack).Elem().FieldByName("Said"); said.IsValid() {
			said.Set(reflect.ValueOf(r.clock.at)) // the time that was signed with it
		}
		for range counts {
			ack.States, ack.Codes = append(ack.States, kiosk.AckTaken), append(ack.Codes, "")
		}
		r.must(failed(r.Acknowledge(ctx, ack)))
		all = append(all, counts...)
	}
	return all
}

// failed returns the error that a call returned last, whatever else it returned.
func failed(results ...any) error {
	err, _ := results[len(results)-1].(error)
	return err
}

// coming is one visit of the year that is played.
type coming struct {
	who  int
	day  count.Day
	part count.Part
}

// hour is when it is.
func (c coming) hour() count.ClockTime {
	return map[count.Part]count.ClockTime{count.PartMorning: 10, count.PartAfternoon: 14, count.PartEvening: 19}[c.part] * 60
}

// comings makes up who comes when: people, each now and then.
func comings(seed uint64, people int) (all []coming) {
	rnd := rand.New(rand.NewPCG(seed, 6))
	for who := range people {
		often := 0.15 + 0.4*rnd.Float64()
		part := count.Parts()[rnd.IntN(3)]
		for week := range weeks {
			if rnd.Float64() < often {
				monday := firstOf("2026") + count.Day(7*week) + 4 // 2026 begins on a Thursday
				all = append(all, coming{who, monday + count.Day(rnd.IntN(6)), part})
			}
		}
	}
	slices.SortFunc(all, func(a, b coming) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.hour(), b.hour()), cmp.Compare(a.who, b.who))
	})
	return all
}
