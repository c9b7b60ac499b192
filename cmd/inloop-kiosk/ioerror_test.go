package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
)

// yesterday is a clock that stands at noon of the day before.
type yesterday struct{}

// Now returns that noon.
func (yesterday) Now() kiosk.Moment {
	y, m, d := time.Now().Date()
	return kiosk.Moment{Wall: time.Date(y, m, d-1, 12, 0, 0, 0, time.Local), Boot: "of yesterday", Since: time.Hour}
}

// cardOf is the card of a person, and nameOf their name.
func cardOf(person int) [7]byte { return [7]byte{0x04, 0xC0, 0xFF, 0xEE, 0x5A, 0xA5, byte(person)} }
func nameOf(person int) string  { return fmt.Sprintf("Mevrouw Proefpersoon %d", person) }

// enrolYesterday fills the box with persons, from 1, who have no visit today.
func (b box) enrolYesterday(t *testing.T, persons int) {
	t.Helper()
	ctx := t.Context()
	keys, err := keyring.Load(b.key)
	must(t, err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	s, err := sqlite.Open(ctx, sqlite.Config{Dir: b.data, Keys: keys, Clock: yesterday{}, Timetable: kiosk.Timetable{Zone: zone}})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	for want := 1; want <= persons; want++ {
		card := cardOf(want)
		uid, err := kiosk.NewUID(card[:])
		must(t, err)
		_, err = s.CheckIn(ctx, kiosk.Tap{UID: uid, At: yesterday{}.Now()})
		must(t, err)
		view, err := s.View(ctx)
		must(t, err)
		got, err := s.Enrol(ctx, 0, kiosk.Enrolment{
			Badge: view.Badges[0].No, Resident: kiosk.Resident{Name: nameOf(want), OnScreen: true, Language: "nl"},
		})
		must(t, err)
		if got != int64(want) {
			t.Fatalf("person %d has the card of %d", got, want)
		}
	}
}

// writable sets from outside how large the files of the program may become: a
// write beyond that fails as a worn card's does, without a change of the
// program (EFBIG, man 2 setrlimit; Go lives on through the SIGXFSZ).
func (p *pi) writable(size uint64) {
	p.t.Helper()
	limit := unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		p.t.Fatalf("limit the size of files: %v", err)
	}
}

// simTap taps a person's card, and returns what the door says to it.
func (p *pi) simTap(person int) kiosk.GreetingKind {
	p.t.Helper()
	return p.simTapOf(fmt.Sprintf("%X", cardOf(person)))
}

// looked lets the reader look for longer than it takes a card for one that was
// left there before the start: a phone is answered, which leaves no trace, and its
// greeting goes.
func (p *pi) looked() {
	p.t.Helper()
	if got := p.simTapOf("08A1B2C3"); got != kiosk.GreetingPhone {
		p.t.Fatalf("the door says %q to a phone, want %q", got, kiosk.GreetingPhone)
	}
	p.door("idle")
}

func (p *pi) simTapOf(uid string) kiosk.GreetingKind {
	p.t.Helper()
	before := p.greeted()
	resp, err := p.client.PostForm("http://"+p.addr+"/sim/tap", url.Values{"uid": {uid}})
	must(p.t, err)
	_ = resp.Body.Close() // of no length
	if resp.StatusCode != http.StatusNoContent {
		p.t.Fatalf("tap: %s", resp.Status)
	}
	p.wait("an answer at the door", func() bool { return p.greeted() > before })
	p.mu.Lock()
	defer p.mu.Unlock()
	return kiosk.GreetingKind(p.kinds[len(p.kinds)-1])
}

// visits are the persons who have a visit from a day on, each as often as
// they have one, printed by the command beside the program.
func (b box) visits(t *testing.T, from string) []int64 {
	t.Helper()
	var out, errs bytes.Buffer
	must(t, run(t.Context(), []string{"--data", b.data, "--key", b.key, "visits", "--json", "--from", from, "--to", "9999-12-31"}, &out, &errs))
	persons := []int64{}
	for printed := json.NewDecoder(&out); printed.More(); {
		var v line
		must(t, printed.Decode(&v))
		if v.Person == nil || v.Void {
			t.Fatalf("a visit that nobody made: %+v", v)
		}
		persons = append(persons, *v.Person)
	}
	slices.Sort(persons)
	return persons
}

// A write that fails is a red light, a door that says so, no row and no visit;
// once writing works again the kiosk heals by itself, and counts the next tap of
// that badge, once. Each fault has a room of its own, so that none waits for another.
func TestRun_WritesThatFail(t *testing.T) {
	whole(t)
	for _, f := range []fault{
		{"not a byte", func(*pi) uint64 { return 0 }},
		{"half a page", func(*pi) uint64 { return 2000 }},
		{"the file opens anew, no more", func(*pi) uint64 { return 40000 }},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.run(t)
		})
	}
}

// fault is one way in which writing fails.
type fault struct {
	name string
	size func(*pi) uint64 // that files may have then
}

func (f fault) run(t *testing.T) {
	b := box{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "key")}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	today := time.Now().In(zone).Format(time.DateOnly)
	const person, persons = 1, 4
	b.enrolYesterday(t, persons)
	p := startPi(t, "--reader", "sim", "--data", b.data, "--key", b.key)
	p.data = b.data
	p.reader(kiosk.LevelGreen)
	p.looked()

	holds := func(when string, rows uint64, level kiosk.Level, visits ...int64) {
		t.Helper()
		if got := p.rows(); got != rows {
			t.Errorf("%s: %d taps kept, want %d", when, got, rows)
		}
		if got := b.visits(t, today); !slices.Equal(got, visits) {
			t.Errorf("%s: visits of %v, want %v", when, got, visits)
		}
		if got := p.colour("store"); got != level {
			t.Errorf("%s: the store is %s, want %s", when, got, level)
		}
	}
	before, size := p.rows(), f.size(p)
	p.writable(size)
	said := p.simTap(person)
	if said != kiosk.GreetingNotSaved {
		t.Errorf("the door says %q, want %q", said, kiosk.GreetingNotSaved)
	}
	holds("while it fails", before, kiosk.LevelRed)
	p.door(string(kiosk.GreetingNotSaved))
	p.triesAgain()
	holds("after it has tried by itself", before, kiosk.LevelRed)
	p.writable(unix.RLIM_INFINITY)
	green := p.wait("a green store", func() bool { return p.colour("store") == kiosk.LevelGreen })
	t.Logf("green %s after writing works again", green.Round(time.Millisecond))
	holds("healed", before, kiosk.LevelGreen) // the one that failed was not promised
	said = p.simTap(person)
	holds("tapped", before+1, kiosk.LevelGreen, person)
	if said != kiosk.GreetingWelcome {
		t.Errorf("at last the door says %q, want %q", said, kiosk.GreetingWelcome)
	}
	p.end()
	if got := b.visits(t, today); !slices.Equal(got, []int64{person}) {
		t.Errorf("after the end: visits of %v, want %v", got, []int64{person})
	}
	b.whole(t)
	f.logs(t, p.log.String(), persons)
}

// triesAgain waits until the program has opened its database anew by itself: it
// looks at the file again then.
func (p *pi) triesAgain() {
	p.t.Helper()
	opened := func() uint64 { return p.counter("rchar") }
	before := opened()
	// A try reads the file's head and more; the pages read nothing from disk.
	p.wait("another try", func() bool { return opened() > before+4096 })
}

// counter is one of the program's in /proc (proc(5), io).
func (p *pi) counter(name string) uint64 {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", p.cmd.Process.Pid))
	must(p.t, err)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(rest), 10, 64)
			must(p.t, err)
			return n
		}
	}
	p.t.Fatalf("no %s in /proc", name)
	return 0
}

// logs looks what is told of it: each outage once, and nobody's card or name.
func (fault) logs(t *testing.T, log string, persons int) {
	t.Helper()
	for _, text := range []string{"store failed", "store works again"} {
		if got := strings.Count(log, text); got != 1 {
			t.Errorf("the log says %q %d times, want once", text, got)
		}
	}
	if lines, want := strings.Count(log, "\n"), 7; lines > want {
		t.Errorf("the log has %d lines, want at most %d: an outage is told once", lines, want)
	}
	bare := strings.NewReplacer(":", "", " ", "", "-", "").Replace(strings.ToUpper(log))
	for person := 1; person <= persons; person++ {
		if strings.Contains(bare, fmt.Sprintf("%X", cardOf(person))) || strings.Contains(log, nameOf(person)) {
			t.Errorf("the log knows person %d", person)
		}
	}
}

// whole fails unless SQLite finds no fault in the file.
func (b box) whole(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.data, "kiosk.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	var verdict string
	must(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		t.Errorf("the file is %s", verdict)
	}
}
