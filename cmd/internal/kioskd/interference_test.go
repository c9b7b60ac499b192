package kioskd

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

var lifeDays = flag.Int("lifedays", 35, "how many days a life of the tests of non-interference lasts")

// life is a made-up year of a room, of which one thing can be different. All else follows
// from its seed: who comes in which part of which day, what volunteers do, when the
// machine is off.
type life struct {
	seed, days uint64
	taps       uint64 // of the minutes in which people tap, within the part of the day
	gone       int    // who comes no more, by her place from 1, after a day
	goneOn     int
	erased     bool // and is forgotten, on the evening of that day
	// On a Sunday the machine runs for some hours by a clock that is a year ahead, or the
	// centre says so.
	ahead, lies time.Duration
	chip        bool // and a clock chip vouches for it
	// What is switched off, to see that the test would find it.
	leaky     bool // counts leave as they are written, as they did once
	believing bool // whatever day it is said to be is believed
	uncut     bool // who is forgotten is counted no more, as it was once
}

// lifeClock is a machine's clocks in a synctest bubble.
type lifeClock struct {
	off    time.Duration
	boot   string
	booted time.Time
}

func (c *lifeClock) Now() kiosk.Moment {
	return kiosk.Moment{Wall: time.Now().Add(c.off), Boot: c.boot, Since: time.Since(c.booted)}
}

// lifeCentre takes everything, and keeps what was sent to it and when.
type lifeCentre struct {
	t    *testing.T
	mu   sync.Mutex // for what follows
	lies time.Duration
	top  int64
	sent []string
}

func (c *lifeCentre) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	request, bad := wire.Decode[wire.Request](body)
	if err := errors.Join(err, bad); err != nil {
		c.t.Error(err)
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := wire.Answer{Version: request.Version, Time: time.Now().Add(c.lies).UTC(), Results: []wire.Result{}, Interval: 900, Rules: "00"}
	for _, cell := range request.Cells {
		a.Results, c.top = append(a.Results, wire.Result{Status: wire.StatusAccepted}), max(c.top, cell.Rev)
	}
	if request.Compare != nil {
		a.Compared = wire.ComparedSame
	}
	at := time.Now().UTC()
	a.Rev, a.NextToken = c.top, fmt.Sprintf("token-%016d", at.Unix())
	// All but what is random, and the time of the kiosk's own clock.
	request.Clock, request.Epoch.ID = wire.ClockReading{}, ""
	same, _ := json.Marshal(request)
	c.sent = append(c.sent, at.Format(time.DateTime)+" "+string(same))
	said, _ := json.Marshal(a)
	w := httptest.NewRecorder()
	wire.SignAnswer(w.Header(), centreKey, http.StatusOK, wire.EnvelopeOf(r).Bytes(body), said)
	_, _ = w.Write(said)
	return w.Result(), nil
}

// lie says how far ahead the centre's time is from now on.
func (c *lifeCentre) lie(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lies = by
}

// leaky is a room's store with a rule switched off.
type leaky struct {
	outbox
	file string
	life life
}

// Release releases everything, under revisions that count what was written, or believes
// a centre that is years ahead.
func (l leaky) Release(ctx context.Context) (bool, error) {
	switch {
	case l.life.leaky:
		return true, errors.Join(l.exec(ctx, `UPDATE meta SET rev = max(rev, change)`),
			l.exec(ctx, `UPDATE cell SET told = n, rev = (SELECT rev FROM meta), stage = 0 WHERE stage = 1 AND length(period) = 10`))
	case l.life.believing:
		if err := l.exec(ctx, `UPDATE link SET heard = 2 * heard`); err != nil {
			return false, err
		}
	}
	return l.outbox.Release(ctx)
}

func (l leaky) exec(ctx context.Context, query string) error {
	db, err := sql.Open("sqlite3", l.file+"?_busy_timeout=5000")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, query)
	return errors.Join(err, db.Close())
}

// lived is what came of a life: what was sent, and the cells of the room at its end.
type lived struct {
	sent, cells []string
	answers     int
}

// event is something that happens at a minute of a day.
type event struct {
	minute int
	do     func() error
}

// live plays a life.
func (l life) live(t *testing.T, keys keyring.Keys) (out lived) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "inloop-life")
	if err != nil {
		dir = t.TempDir()
	}
	defer os.RemoveAll(dir)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(48 * time.Hour) // to Monday 3 January 2000
		p := &living{life: l, t: t, clock: &lifeClock{boot: "boot 0", booted: time.Now().Add(-time.Minute)}, centre: &lifeCentre{t: t}}
		week := map[time.Weekday][]kiosk.OpeningHours{}
		for d := time.Monday; d <= time.Saturday; d++ {
			week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
		}
		p.tt = kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes(), Week: week}
		p.config = sqlite.Config{Dir: dir, Keys: keys, Clock: p.clock, Timetable: p.tt}
		p.open()
		p.anchor(timeline.SourceNTP)
		p.people()
		for day := range int(l.days) {
			p.day(day)
		}
		p.close()
		p.centre.mu.Lock()
		out.sent = p.centre.sent
		p.centre.mu.Unlock()
		out.cells = p.read(`SELECT epoch || ' ' || period || ' ' || part || ' ' || measure || ' ' || coalesce(n, '-') || ' ' || coalesce(told, '-') || ' ' || rev
			FROM cell WHERE stage < 2 ORDER BY epoch, period, part, measure`)
		out.answers = len(p.read(`SELECT person FROM intake`))
	})
	return out
}

// living is a life while it is lived.
type living struct {
	life
	t       *testing.T
	clock   *lifeClock
	centre  *lifeCentre
	tt      kiosk.Timetable
	config  sqlite.Config
	store   *sqlite.Store
	numbers []int64
	paired  bool
	lit     atomic.Int64 // when a card was held to the reader that cannot be read, in Unix seconds
	stop    func()
}

func (p *living) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *living) open() {
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	p.store, err = sqlite.Open(ctx, p.config)
	p.must(err)
	if !p.paired { // before the line could ask for it
		p.must(p.store.SetPairing(ctx, kiosk.Pairing{Kiosk: "kiosk_1", Room: "De Vlinder", ServerKey: centreKey.Public().(ed25519.PublicKey), At: time.Now(), Said: time.Now()}))
		p.paired = true
	}
	p.must(p.store.Tick(ctx))
	line, err := uplink.New(uplink.Config{
		Store: leaky{outbox{p.store}, sqlite.Path(p.config.Dir), p.life}, Clock: wallClock{p.clock}, Key: p.config.Keys.Signing(), URL: "http://localhost",
		Client: &http.Client{Transport: p.centre}, Timing: uplink.Timing{Grid: 3 * time.Hour},
		Health: func() []wire.Health {
			reader := wire.Health{Part: "reader", Level: "green"}
			if time.Now().Unix()-p.lit.Load() < 90*60 {
				reader = wire.Health{Part: "reader", Level: "orange", Reason: "reader.unread"}
			}
			return []wire.Health{reader, {Part: "sync", Level: "green"}}
		},
	})
	p.must(err)
	ended := make(chan error, 1)
	go func() { ended <- line.Run(ctx) }()
	p.stop = func() {
		cancel()
		p.must(<-ended)
		p.must(p.store.Close())
	}
}

func (p *living) close() {
	synctest.Wait()
	p.stop()
}

// reboot starts the machine again, with a clock that is off.
func (p *living) reboot(name string, off time.Duration) error {
	p.close()
	*p.clock = lifeClock{off: off, boot: name, booted: time.Now().Add(-time.Minute)}
	p.open()
	return nil
}

func (p *living) anchor(source string) {
	p.must(p.store.Anchor(p.t.Context(), p.clock.Now(), 500, source))
	p.must(p.store.Tick(p.t.Context()))
}

func (p *living) read(query string) (all []string) {
	db, err := sql.Open("sqlite3", sqlite.Path(p.config.Dir))
	p.must(err)
	defer db.Close()
	rows, err := db.QueryContext(p.t.Context(), query)
	p.must(err)
	defer rows.Close()
	for rows.Next() {
		var s string
		p.must(rows.Scan(&s))
		all = append(all, s)
	}
	p.must(rows.Err())
	return all
}

// forget has a person erased, and with the rule switched off counts her visits out of
// the days that have ended.
func (p *living) forget(person int64) error {
	counted := fmt.Sprintf(`UPDATE cell SET n = n - 1, stage = 1 WHERE measure = 'badge_visits' AND period || part IN (
		SELECT date(day * 86400, 'unixepoch') || part FROM visit WHERE person = %d AND void = 0)`, person)
	if p.uncut {
		p.must((leaky{file: sqlite.Path(p.config.Dir)}).exec(p.t.Context(), counted))
	}
	return p.store.Erase(p.t.Context(), 0, person)
}

const neighboursOfALife = 14

// people are enrolled before anybody comes, with answers.
func (p *living) people() {
	ctx := p.t.Context()
	for i := range neighboursOfALife {
		p.tap(i)
		v, err := p.store.View(ctx)
		p.must(err)
		no, err := p.store.Enrol(ctx, 0, kiosk.Enrolment{Badge: v.Badges[0].No, Resident: kiosk.Resident{Language: "nl"}})
		p.must(err)
		p.numbers = append(p.numbers, no)
	}
}

func (p *living) tap(card int) {
	uid, err := kiosk.NewUID([]byte{4, byte(card), byte(card >> 8), 2, 3, 4, 5})
	p.must(err)
	_, err = p.store.CheckIn(p.t.Context(), kiosk.Tap{UID: uid, At: p.clock.Now()})
	p.must(err)
}

// day lives a day: a part of people taps, each once, in a part of the day that the seed
// gives and in a minute that the other one does.
func (p *living) day(day int) {
	ctx := p.t.Context()
	rnd, minutes := rand.New(rand.NewPCG(p.seed, uint64(day))), rand.New(rand.NewPCG(p.taps, uint64(day)))
	start := time.Now()
	today := p.tt.Day(start)
	tick := func() error { return p.store.Tick(ctx) }
	var events []event
	add := func(minute int, do func() error) { events = append(events, event{minute, do}) }
	for _, at := range []int{0, 1, 720, 1020, 1025, 1080} {
		add(at, tick)
	}
	within := func() int { // a minute of the part that the seed gives, before closing
		if rnd.IntN(2) == 0 {
			return 9*60 + minutes.IntN(3*60)
		}
		return 12*60 + 1 + minutes.IntN(5*60-1)
	}
	if p.tt.Open(today) {
		for i := range neighboursOfALife {
			if at, comes := within(), rnd.IntN(3) == 0; comes && (p.gone != i+1 || day <= p.goneOn) {
				add(at, func() error { p.tap(i); return nil })
			}
		}
		for range rnd.IntN(4) {
			add(within(), func() error { return p.store.AddGuest(ctx, 0, kiosk.BandElder) })
		}
		if rnd.IntN(4) == 0 { // a badge that is nobody's, a guest at closing
			add(within(), func() error { p.tap(1000 + day); return nil })
		}
		if rnd.IntN(4) == 0 {
			add(within(), func() error { p.lit.Store(time.Now().Unix()); return nil })
		}
		if rnd.IntN(5) == 0 { // after closing
			add(1050, func() error { return p.store.AddGuest(ctx, 0, kiosk.BandChild) })
		}
		if rnd.IntN(5) == 0 {
			add(900, func() error {
				return p.store.EnterPaper(ctx, 0, kiosk.PaperEntry{Day: today - 1, Part: count.PartMorning, Guests: 2})
			})
		}
		if rnd.IntN(9) == 0 { // a plug is pulled
			add(840, func() error {
				err := p.reboot(fmt.Sprint("boot ", day), 0)
				p.anchor(timeline.SourceNTP)
				return err
			})
		}
	}
	if p.erased && day == p.goneOn {
		add(1200, func() error { return p.forget(p.numbers[p.gone-1]) })
	}
	if today.Weekday() == time.Sunday && day > 20 && day < 28 {
		add(600, func() error {
			err := p.reboot("ahead", p.ahead)
			if p.chip {
				p.anchor(timeline.SourceRTC)
			}
			p.centre.lie(p.lies)
			return err
		})
		for at := 610; at < 1200; at += 10 {
			add(at, tick)
		}
		add(1200, func() error {
			p.centre.lie(0)
			err := p.reboot("right again", 0)
			p.anchor(timeline.SourceNTP)
			return err
		})
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.minute, b.minute) })
	for _, e := range events {
		time.Sleep(time.Until(start.Add(time.Duration(e.minute)*time.Minute + 5*time.Second)))
		synctest.Wait()
		p.must(e.do())
	}
	time.Sleep(time.Until(start.AddDate(0, 0, 1)))
}

// differ returns where two lives differ for who reads all that was sent, "" when they do
// not.
func differ(a, b []string) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("request %d of %d and %d:\n%s\n%s", i+1, len(a), len(b), at(a, i), at(b, i))
		}
	}
	return ""
}

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return "(none)"
}

func newLife(t *testing.T) (life, keyring.Keys) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: plays lives of weeks")
	}
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	days := *lifeDays
	return life{seed: 7, days: uint64(days), taps: 1}, keys
}

// Taps that are shifted within their part of the day and before closing change no byte of
// what is sent, and no time at which it is.
func TestInterference_TapsWithinTheirPart(t *testing.T) {
	l, keys := newLife(t)
	other := l
	other.taps = 2
	a, b := l.live(t, keys), other.live(t, keys)
	if len(a.sent) < int(l.days)*8 {
		t.Errorf("%d requests in %d days", len(a.sent), l.days)
	}
	if d := differ(a.sent, b.sent); d != "" {
		t.Errorf("other minutes, and what is sent differs: %s", d)
	}
	l.days, other.days = 7, 7
	l.leaky, other.leaky = true, true
	if differ(l.live(t, keys).sent, other.live(t, keys).sent) == "" {
		t.Error("with the rule switched off the test finds nothing")
	}
}

// Somebody who is forgotten, and never answered, is to who reads all that is sent as
// somebody who only comes no more.
func TestInterference_SomebodyIsErased(t *testing.T) {
	l, keys := newLife(t)
	for _, at := range []struct{ who, day int }{{3, 16}, {9, int(l.days) * 3 / 4}} {
		stays := l
		stays.gone, stays.goneOn = at.who, at.day
		forgotten := stays
		forgotten.erased = true
		a, b := stays.live(t, keys), forgotten.live(t, keys)
		if d := differ(a.sent, b.sent); d != "" {
			t.Errorf("number %d is erased on day %d, and what is sent differs: %s", at.who, at.day, d)
		}
		if d := differ(a.cells, b.cells); d != "" {
			t.Errorf("number %d is erased on day %d, and the room keeps other cells: %s", at.who, at.day, d)
		}
	}
	stays := l
	stays.gone, stays.goneOn, stays.days = 3, 16, 24
	forgotten := stays
	forgotten.erased, forgotten.uncut = true, true
	if differ(stays.live(t, keys).sent, forgotten.live(t, keys).sent) == "" {
		t.Error("with the rule switched off the test finds nothing")
	}
}

// A clock that is a year ahead for one run of the machine, or a centre that says so,
// settles nothing, sends nothing of days to come, and leaves nothing behind.
func TestInterference_AClockAYearAhead(t *testing.T) {
	const year = 366 * 24 * time.Hour
	l, keys := newLife(t)
	right := l.live(t, keys)
	if right.answers != 0 && right.answers != neighboursOfALife {
		t.Errorf("%d answers", right.answers)
	}
	for name, change := range map[string]func(*life){
		"the machine's":                  func(l *life) { l.ahead = year },
		"the machine's, and a chip's":    func(l *life) { l.ahead, l.chip = year, true },
		"the centre's":                   func(l *life) { l.lies = year },
		"the machine's and the centre's": func(l *life) { l.ahead, l.lies = year, year },
	} {
		wrong := l
		change(&wrong)
		got := wrong.live(t, keys)
		if d := differ(right.sent, got.sent); d != "" {
			t.Errorf("%s clock, and what is sent differs: %s", name, d)
		}
		if d := differ(right.cells, got.cells); d != "" {
			t.Errorf("%s clock, and the room keeps other cells: %s", name, d)
		}
		if got.answers != right.answers {
			t.Errorf("%s clock: %d answers are kept, want %d", name, got.answers, right.answers)
		}
	}
	wrong := l
	wrong.ahead, wrong.chip, wrong.believing, wrong.days = year, true, true, 30
	l.days = 30
	if differ(l.live(t, keys).sent, wrong.live(t, keys).sent) == "" {
		t.Error("with the rule switched off the test finds nothing")
	}
}
