package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// clockSeeds is how many lives of a room TestClock_RandomLives goes through.
var clockSeeds = flag.Int("clocks", 200, "how many random lives of a room's clock are tried")

// clockSeed is the one to be looked at, after it failed.
var clockSeed = flag.Int("clock", -1, "the one random life of a room's clock that is tried, and told")

// clockFailed are lives that failed once.
var clockFailed = []int{1314, 2472, 2754, 3786, 6151, 6187, 6867, 8494}

// TestClock_RandomLives lets rooms live through boots with clocks of every kind:
// right, dead, behind by what the machine was off for, ahead by minutes or years,
// that step and drift, anchored early, late or never. At the end what stands in
// the room is held against the truth, which only the test knows:
//
//   - no visit stands on a wrong day without somebody being told;
//   - what an anchor of its boot, or the boots around it, could date is dated;
//   - whoever was welcomed is counted, once in a part of a day;
//   - no cell is of a day that has not come, once the clock is proven;
//   - what waits for a date is told to the centre, with the days of which it can be.
func TestClock_RandomLives(t *testing.T) {
	template := simTemplate(t)
	from, to := 0, *clockSeeds
	if testing.Short() {
		to = min(to, 30)
	}
	if *clockSeed >= 0 {
		from, to = *clockSeed, *clockSeed+1
	}
	var seeds []int
	for seed := from; seed < to; seed++ {
		seeds = append(seeds, seed)
	}
	for _, seed := range clockFailed {
		if *clockSeed < 0 && seed >= to {
			seeds = append(seeds, seed)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newClockSim(t, template, seed).live()
		})
	}
}

// simNames are the residents of such a room.
var simNames = []string{"anna", "ben", "cem", "dila", "els", "fatma"}

// simTemplate is a room with its residents and its pass, to be copied for each life:
// making one anew takes most of the time of a short life.
func simTemplate(t *testing.T) *room {
	r := newRoom(t, "2026-11-02", simNames...)
	r.pass("pass")
	r.must(r.Close())
	return r
}

// simBoot is one run of the machine, as the test knows it.
type simBoot struct {
	name     string
	clock    string       // what kind of clock it began with
	start    time.Time    // in truth
	last     time.Time    // in truth: its last moment
	anchored bool         // a true time of it came
	first    kiosk.Moment // as the machine read its first moment
}

// simTap is a tap that was welcomed.
type simTap struct {
	boot    string
	since   time.Duration
	truth   time.Time
	person  int64 // 0 for a guest
	assumed bool
}

type clockSim struct {
	*room
	rnd   *rand.Rand
	seed  int
	truth time.Time
	ppm   float64 // by which the machine's crystal runs fast
	boots []*simBoot
	taps  []simTap
	asked []kiosk.UndatedVisits
	lines []string // what happened, for who looks at a life that failed
}

func newClockSim(t *testing.T, template *room, seed int) *clockSim {
	t.Helper()
	// What is tried here is no disk's patience: memory will do, where there is any.
	dir, err := os.MkdirTemp("/dev/shm", "clock")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data, err := os.ReadFile(template.cfg.path())
	if err != nil {
		t.Fatal(err)
	}
	clock := &movedClock{}
	cfg := template.cfg
	cfg.Dir, cfg.Clock = filepath.Join(dir, "data"), clock
	if err := os.Mkdir(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.path(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	remember(t, cfg.path())
	s := &clockSim{
		room: &room{fixture: &fixture{t: t, cfg: cfg, clock: clock}, by: 7, people: template.people},
		seed: seed, rnd: rand.New(rand.NewPCG(uint64(seed), 5)), //nolint:gosec // a seed
		truth: count.Date(2026, 11, 2).At(10*60, cfg.Timetable.Zone),
	}
	s.ppm = float64(s.rnd.IntN(200) - 100)
	t.Cleanup(func() {
		if s.Store != nil {
			_ = s.Close()
		}
	})
	return s
}

// remember has a database keep, for the test alone, what it forgets of when people came:
// the truth is told by it.
func remember(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	for _, query := range []string{
		`CREATE TABLE remembered (no INTEGER PRIMARY KEY, bt_ns INTEGER NOT NULL)`,
		`CREATE TRIGGER remember AFTER UPDATE OF bt_ns ON visit WHEN OLD.bt_ns >= 0 AND NEW.bt_ns < 0
		 BEGIN INSERT OR REPLACE INTO remembered VALUES (-NEW.no, OLD.bt_ns); END`,
	} {
		if err == nil {
			_, err = db.ExecContext(t.Context(), query)
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func (s *clockSim) note(format string, args ...any) {
	s.lines = append(s.lines, s.truth.Format("01-02 15:04:05 ")+"["+s.clock.now.Wall.Format("06-01-02 15:04")+"] "+fmt.Sprintf(format, args...))
}

// pick is one of what there is.
func pick[T any](rnd *rand.Rand, all ...T) T { return all[rnd.IntN(len(all))] }

// live goes through the life, and holds what stands there at its end against the
// truth.
func (s *clockSim) live() {
	defer func() {
		if s.t.Failed() {
			s.t.Logf("-clock %d\n%s", s.seed, strings.Join(s.lines, "\n"))
		}
	}()
	for range 2 + s.rnd.IntN(4) {
		s.boot()
		for range 3 + s.rnd.IntN(8) {
			s.something()
		}
		s.boots[len(s.boots)-1].last = s.truth
	}
	s.tick()
	s.interpret()
}

// boot switches the machine off for a while, and on with a clock of some kind.
func (s *clockSim) boot() {
	off := pick(s.rnd, time.Minute, 20*time.Minute, 3*time.Hour, 16*time.Hour, 64*time.Hour, 20*24*time.Hour)
	if len(s.boots) == 0 {
		off = time.Minute
	}
	stopped := s.clock.now.Wall
	s.truth = s.truth.Add(off + time.Duration(s.rnd.IntN(600))*time.Second)
	b := &simBoot{name: fmt.Sprint("boot ", len(s.boots)+1), start: s.truth}
	kind, wall := s.wrongClock(stopped)
	b.clock = kind
	s.clock.now = kiosk.Moment{Wall: wall.In(s.cfg.Timetable.Zone), Boot: b.name, Since: time.Duration(20+s.rnd.IntN(60)) * time.Second}
	b.start = s.truth.Add(-s.clock.now.Since)
	b.first = s.clock.now
	s.boots = append(s.boots, b)
	if s.Store != nil {
		s.must(s.Close())
	}
	store, err := Open(context.WithoutCancel(s.t.Context()), s.cfg)
	s.must(err)
	s.Store = store
	s.note("%s after %s off, clock %s", b.name, off, kind)
	s.tick()
}

// wrongClock is what a machine may think at a start, when its clock stood at
// stopped as it went off.
func (s *clockSim) wrongClock(stopped time.Time) (kind string, wall time.Time) {
	hours := time.Duration(s.rnd.IntN(72)) * time.Hour
	switch n := s.rnd.IntN(20); {
	case n < 6:
		return "right", s.truth.Add(time.Duration(s.rnd.IntN(3000)-1500) * time.Millisecond)
	case n < 11 && !stopped.IsZero():
		return "goes on where it stopped", stopped.Add(time.Duration(s.rnd.IntN(60)) * time.Second)
	case n < 13:
		return "dead", time.Unix(0, 0)
	case n < 14:
		return "of the image", time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	case n < 17:
		return "behind", s.truth.Add(-hours)
	case n < 19:
		return "ahead", s.truth.Add(hours)
	}
	return "far ahead", s.truth.AddDate(s.rnd.IntN(80), 0, 45)
}

// pass lets time go by on both clocks, with the daemon's ticks. No tap is made so
// close to a midnight or noon that a second of drift could decide its part.
func (s *clockSim) pass(d time.Duration) {
	for d > 0 {
		step := min(d, 5*time.Hour+time.Duration(s.rnd.IntN(3600))*time.Second)
		d -= step
		s.truth = s.truth.Add(step)
		s.later(step + time.Duration(float64(step)*s.ppm/1e6))
		if d > 0 || s.rnd.IntN(2) == 0 {
			s.tick()
		}
	}
}

// something happens in the room.
func (s *clockSim) something() {
	switch s.rnd.IntN(10) {
	case 0:
		s.pass(time.Duration(8+s.rnd.IntN(60)) * time.Hour)
	default:
		s.pass(time.Duration(1+s.rnd.IntN(150)) * time.Minute)
	}
	b := s.boots[len(s.boots)-1]
	switch n := s.rnd.IntN(20); {
	case n < 14:
		s.somebody(b)
	case n < 15: // a step that nobody vouches for
		step := pick(s.rnd, s.truth.Sub(s.clock.now.Wall), 3*time.Second, -time.Minute, -3*time.Hour, 5*time.Hour, 20*time.Hour, 100*time.Hour, 9000*time.Hour)
		s.clock.now.Wall = s.clock.now.Wall.Add(step)
		s.note("steps by %s", step)
	case n < 17:
		s.anchor(b, pick(s.rnd, timeline.SourceNTP, timeline.SourceCentre), time.Duration(s.rnd.IntN(1000)-500)*time.Millisecond)
	case n < 18:
		s.anchor(b, pick(s.rnd, timeline.SourceRTC, timeline.SourceVolunteer), 0)
	case n < 19:
		s.note("restart")
		s.reopen()
	default:
		s.tick()
	}
}

// anchor gives the room a true time. One by the network sets the machine's clock too.
func (s *clockSim) anchor(b *simBoot, source string, off time.Duration) {
	at := s.clock.now
	at.Wall = s.truth.Add(off)
	if err := s.Anchor(s.t.Context(), at, 500, source); !errors.Is(err, kiosk.ErrAlready) { // a volunteer who is asked no more
		s.must(err)
	}
	b.anchored = true
	if source == timeline.SourceNTP {
		s.clock.now.Wall = at.Wall
	}
	s.note("anchored by %s", source)
}

// somebody taps a badge or the guests' pass.
func (s *clockSim) somebody(b *simBoot) {
	near := time.Duration(s.truth.Minute())*time.Minute + time.Duration(s.truth.Second())*time.Second
	if (s.truth.Hour() == 23 || s.truth.Hour() == 11 || s.truth.Hour() == 17) && near > 55*time.Minute || s.truth.Hour()%6 == 0 && near < 5*time.Minute {
		s.pass(10 * time.Minute)
	}
	tap := simTap{boot: b.name, since: s.clock.now.Since, truth: s.truth}
	name := "pass"
	if s.rnd.IntN(4) > 0 {
		name = pick(s.rnd, simNames...)
		tap.person = s.people[name]
	}
	said := s.tap(name)
	s.note("%s: %s", name, said)
	switch said {
	case kiosk.GreetingGoodbye: // on the way home: what was assumed a moment ago is taken back
		s.taps = slices.DeleteFunc(s.taps, func(x simTap) bool {
			return x.assumed && x.person == tap.person && tap.truth.Sub(x.truth) <= kiosk.GoingHomeSoon+time.Second
		})
	case kiosk.GreetingFirst, kiosk.GreetingWelcome, kiosk.GreetingLongTime, kiosk.GreetingGoingHome, kiosk.GreetingGuest:
		tap.assumed = said == kiosk.GreetingGoingHome
		s.taps = append(s.taps, tap)
	}
}

// simVisit is a visit as it stands, with the truth of it.
type simVisit struct {
	no, person int64
	boot       string
	bootNo     int64
	since      time.Duration
	day        count.Day
	part       count.Part
	trust      kiosk.Trust
	trueDay    count.Day
	truePart   count.Part
}

func (s *clockSim) visits() []simVisit {
	tt := s.cfg.Timetable
	truth := make(map[string]time.Time)
	for _, b := range s.boots {
		truth[b.name] = b.start
	}
	all, err := sqlrow.Collect(s.t.Context(), s.db(), func(row sqlrow.Scanner) (v simVisit, err error) {
		if err := row.Scan(&v.no, &v.person, &v.boot, &v.bootNo, &v.since, &v.day, &v.part, &v.trust); err != nil {
			return v, err
		}
		at := truth[v.boot].Add(v.since - time.Duration(float64(v.since)*s.ppm/1e6))
		v.trueDay, v.truePart = tt.Day(at), tt.Part(at)
		return v, nil
	}, `SELECT v.no, coalesce(v.person, 0), b.boot_id, b.no, CASE WHEN v.bt_ns < 0 THEN r.bt_ns ELSE v.bt_ns END, coalesce(v.day, 0), v.part, v.trust
		FROM visit v LEFT JOIN remembered r ON r.no = v.no JOIN boot b ON b.no = v.boot WHERE v.void = 0 AND v.held = 0`)
	s.must(err)
	return all
}

// judge holds what stands there against the truth.
func (s *clockSim) interpret() {
	anchored := make(map[string]bool)
	for _, b := range s.boots {
		anchored[b.name] = b.anchored
	}
	unproven := s.Trust() < kiosk.TrustAnchored // the light and the desk say so
	var err error
	s.asked, err = s.Undated(s.t.Context())
	s.must(err)
	visits := s.visits()
	for _, v := range visits {
		wrong := v.day != count.NoDay && v.day != v.trueDay
		if wrong && (v.trust > kiosk.TrustBounded || !unproven && !s.told(v)) {
			s.t.Errorf("visit %d of %s stands on %s with trust %d, in truth on %s, and nobody is told", v.no, v.boot, v.day, v.trust, v.trueDay)
		}
		if v.day == count.NoDay && anchored[v.boot] {
			s.t.Errorf("visit %d of %s is undated, though its boot was anchored", v.no, v.boot)
		}
		if anchored[v.boot] && !wrong && v.part != v.truePart {
			s.t.Errorf("visit %d of %s stands in the %s, in truth in the %s", v.no, v.boot, v.part, v.truePart)
		}
	}
	s.judgeWaiting(visits)
	s.judgeWelcomes(visits, anchored)
	if cells, rows := s.numbers(), s.recounted(); !maps.Equal(cells, rows) {
		s.t.Errorf("cells say\n%v\nrows say\n%v", cells, rows)
	}
	if !unproven {
		if n := s.number(`SELECT count(*) FROM cell WHERE length(period) = 10 AND period > ?1 AND n IS NOT NULL`, s.cfg.Timetable.Day(s.truth).String()); n != 0 {
			s.t.Errorf("%d cells are of days to come", n)
		}
	}
}

// judgeWaiting looks whether a centre is told of each visit that waits for a date, but
// for those of the running boot, with its true day among those of which it can be.
func (s *clockSim) judgeWaiting(visits []simVisit) {
	s.released()
	told, err := s.WaitingVisits(s.t.Context())
	s.must(err)
	want, total := 0, 0
	for _, w := range told {
		total += w.Visits
	}
	for _, v := range visits {
		if v.boot == s.clock.now.Boot || v.day != count.NoDay && !s.told(v) {
			continue
		}
		want++
		if !slices.ContainsFunc(told, func(w kiosk.WaitingVisits) bool {
			return w.Days.First <= v.trueDay && (w.Days.Last == count.NoDay || v.trueDay <= w.Days.Last)
		}) {
			s.t.Errorf("visit %d of %s, in truth on %s, is of no day that the centre is told: %+v", v.no, v.boot, v.trueDay, told)
		}
	}
	if total < want {
		s.t.Errorf("the centre is told of %d visits that wait, want %d", total, want)
	}
}

// told tells whether a page asks a volunteer about the day of a visit.
func (s *clockSim) told(v simVisit) bool {
	return slices.ContainsFunc(s.asked, func(g kiosk.UndatedVisits) bool {
		return g.Boot == v.bootNo && g.From <= v.since && v.since <= g.To && g.Day == v.day && g.Part == v.part
	})
}

// judgeWelcomes looks for everybody who was welcomed in a boot whose time became known.
func (s *clockSim) judgeWelcomes(visits []simVisit, anchored map[string]bool) {
	type once struct {
		person int64
		day    count.Day
		part   count.Part
	}
	stand := make(map[once]int)
	for _, v := range visits {
		stand[once{v.person, v.trueDay, v.truePart}]++
	}
	tt := s.cfg.Timetable
	want := make(map[once]int)
	for _, tap := range s.taps {
		o := once{tap.person, tt.Day(tap.truth), tt.Part(tap.truth)}
		if tap.person == 0 {
			want[o]++
		} else if anchored[tap.boot] {
			want[o] = 1
		}
	}
	for o, n := range want {
		if stand[o] < n {
			s.t.Errorf("person %d was welcomed on %s, %s: %d visits stand there, want %d", o.person, o.day, o.part, stand[o], n)
		}
	}
}
