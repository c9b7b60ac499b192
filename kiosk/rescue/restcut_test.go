package rescue_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile/cardtest"
)

// people are all residents of a store, a line each.
func people(t *testing.T, s *sqlite.Store) string {
	t.Helper()
	all, err := s.Residents(t.Context())
	must(t, err)
	var b bytes.Buffer
	for _, p := range all {
		fmt.Fprintf(&b, "%d %s %q %q %s %t\n", p.No, p.Sign, p.Name, p.Label, p.Language, p.OnScreen)
	}
	return b.String()
}

// inClear tells how many signs can be read in a room's database and its log.
func inClear(t *testing.T, dir string) (n int) {
	t.Helper()
	for _, tail := range []string{"", "-wal"} {
		b, err := os.ReadFile(sqlite.Path(dir) + tail)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, picture := range kiosk.Pictures() {
			for _, colour := range kiosk.SignColours() {
				n += bytes.Count(b, []byte(picture+"."+colour))
			}
		}
	}
	return n
}

// cutRoom is the room that is left on a card whose plug was pulled, looked at as at each
// start; nil when the file system of a card that lies has lost the database, which a
// start refuses (keyring.ErrAbsent).
func (r *room) cutRoom(t *testing.T, card *cardtest.Card, at int, lies bool, rnd *rand.Rand) *room {
	t.Helper()
	dir := card.Cut(t, at, lies, rnd)
	again := &room{t: t, cfg: r.cfg, clock: r.clock}
	again.cfg.Dir = filepath.Join(dir, "data")
	if _, err := os.Stat(sqlite.Path(again.cfg.Dir)); lies && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	again.ring = backup.Ring{Dir: filepath.Join(again.cfg.Dir, "nightly")}
	must(t, again.look()) // its key is on another medium
	return again
}

// rest has a card keep what it has, also one that lies.
func (r *room) rest(card *cardtest.Card) {
	r.t.Helper()
	file := filepath.Join(card.Dir, "rest")
	for range 30 {
		must(r.t, os.WriteFile(file, []byte("rest"), 0o600))
		must(r.t, errors.Join(backup.OS{}.Sync(sqlite.Path(r.cfg.Dir)), backup.OS{}.Sync(file), backup.OS{}.Sync(r.cfg.Dir), backup.OS{}.Sync(card.Dir)))
	}
}

// cutting pulls the plug at places of a recording between two, from a card that keeps to
// its flushes and from one that lies.
func cutting(t *testing.T, from, to int, fn func(t *testing.T, at int, lies bool, rnd *rand.Rand)) {
	t.Helper()
	for cut := range max(1, *cuts/5) { // each opens a whole room anew
		for _, lies := range []bool{false, true} {
			rnd := rand.New(rand.NewPCG(uint64(cut), 34))
			at := from + rnd.IntN(to-from+1)
			t.Run(fmt.Sprintf("cut %d at %d, lies %t", cut, at, lies), func(t *testing.T) { fn(t, at, lies, rnd) })
		}
	}
}

// The plug is pulled while the first release's room is sealed. The next start goes on:
// everybody is there as before, and nobody in clear. A card that lies may have spoilt the
// file, which is written anew as a whole: then the nightly backup has everybody.
func TestOpen_ThePlugIsPulledWhileARoomIsSealed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: mounts many cards")
	}
	card := cardtest.New(t)
	r := newRoomIn(t, card.Dir)
	if inClear(t, r.cfg.Dir) == 0 {
		t.Fatal("the test sees no sign in the first release's room")
	}
	// The night before it was backed up, by the program that was there then.
	rows, err := os.ReadFile(sqlite.Path(r.cfg.Dir))
	must(t, err)
	must(t, os.Mkdir(r.ring.Dir, 0o700))
	must(t, os.WriteFile(r.ring.File(20376), rows, 0o600))
	must(t, errors.Join(backup.OS{}.Sync(r.ring.File(20376)), backup.OS{}.Sync(r.ring.Dir)))
	r.rest(card)
	from := card.Now()
	s := r.open()
	was := people(t, s)
	must(t, s.Close())
	t.Logf("%d writes and flushes", card.Now()-from)
	cutting(t, from, card.Now(), func(t *testing.T, at int, lies bool, rnd *rand.Rand) {
		again := r.cutRoom(t, card, at, lies, rnd)
		if again == nil {
			return
		}
		s := again.open()
		if got := people(t, s); got != was {
			t.Errorf("they are\n%s\nwere\n%s", got, was)
		}
		if n := inClear(t, again.cfg.Dir); n != 0 {
			t.Errorf("%d signs can still be read", n)
		}
		again.sound(s)
		must(t, s.Close())
	})
}

// The plug is pulled around an erasure. When it was told as done, nothing is left in the
// files, whatever comes after; before, either they are there whole, or gone.
func TestErase_ThePlugIsPulled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: mounts many cards")
	}
	ctx := t.Context()
	card := cardtest.New(t)
	r := newRoomIn(t, card.Dir)
	s := r.open()
	r.tap(s, 1, 1)
	v, err := s.View(ctx)
	must(t, err)
	no, err := s.Enrol(ctx, 1, kiosk.Enrolment{Resident: kiosk.Resident{Name: "Wie Weg Wil", Language: "nl"}, Badge: v.Badges[0].No})
	must(t, err)
	mac := r.cfg.Keys.UID(guest(1))
	traces := func(t *testing.T, dir string) (n int) {
		t.Helper()
		for _, tail := range []string{"", "-wal"} {
			b, err := os.ReadFile(sqlite.Path(dir) + tail)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			n += bytes.Count(b, mac)
		}
		return n
	}
	if traces(t, r.cfg.Dir) == 0 {
		t.Fatal("the test sees no badge")
	}
	r.rest(card)
	from := card.Now()
	must(t, s.Erase(ctx, 1, no))
	told := card.Now()
	r.tap(s, 2, 3)
	must(t, s.Close())
	cutting(t, from, card.Now(), func(t *testing.T, at int, lies bool, rnd *rand.Rand) {
		again := r.cutRoom(t, card, at, lies, rnd)
		if again == nil {
			return
		}
		s := again.open()
		_, err := s.Resident(ctx, no)
		gone := errors.Is(err, kiosk.ErrNotFound)
		if !gone {
			must(t, err)
		}
		if n := traces(t, again.cfg.Dir); gone && n != 0 {
			t.Errorf("they are gone, and their badge stands there %d times", n)
		}
		if at >= told && !gone && !lies {
			t.Error("they were erased, and are there again")
		}
		again.sound(s)
		must(t, s.Close())
	})
}
