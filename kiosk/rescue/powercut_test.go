package rescue_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile/cardtest"
	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
)

var cuts = flag.Int("cuts", 10, "how often the plug is pulled, from a card that keeps to its flushes and from one that lies")

// life is one of a room, on a card that records it, and what is promised at each
// place of the recording.
type life struct {
	*room
	card     *cardtest.Card
	promised []promise
}

// promise is what must be there when the plug is pulled after a place.
type promise struct {
	at, badges int
	what       string
}

// promise notes that from now on there are so many unknown badges at least.
func (l *life) promise(what string, badges int) {
	l.promised = append(l.promised, promise{l.card.Now(), badges, what})
}

// live is a day on which everything happens that writes files.
func live(t *testing.T, card *cardtest.Card) *life {
	l := &life{room: newRoomIn(t, card.Dir), card: card}
	must(t, os.Remove(sqlite.Path(l.cfg.Dir)))
	must(t, os.Remove(filepath.Join(card.Dir, "key")))
	must(t, os.Remove(l.cfg.Dir))
	keys, err := sqlite.LoadKeysOf(l.cfg.Dir, filepath.Join(card.Dir, "key"))
	must(t, err)
	l.cfg.Keys = keys
	s := l.open()
	l.promise("the first start", 0)
	badges := 0
	taps := func(what string, n int) {
		for range n {
			l.tap(s, badges, 1)
			badges++
			l.promise(what, badges)
		}
	}
	taps("taps", 3)
	must(t, rescue.Night(t.Context(), s, 20377, l.ring))
	taps("taps after a backup", 2)

	fsynctest.FailNext(t, 1)
	if _, err := s.CheckIn(t.Context(), l.tapOf(900)); err == nil {
		t.Error("a tap is saved that was not flushed")
	}
	taps("taps after a renewal", 2)

	l.unplug(s)
	l.damageLog()
	l.promise("a damaged log", badges)
	must(t, l.look())
	s = l.open()
	taps("taps after the ladder", 2)

	must(t, s.Close())
	l.promise("before a restore", 3)
	_, err = sqlite.Restore(t.Context(), l.cfg, l.ring.File(20377))
	must(t, err)
	badges = 3
	s = l.open()
	taps("taps after a restore", 2)

	must(t, s.Close())
	l.promise("before the folder goes", 0)
	kept := backup.Ring{Dir: filepath.Join(card.Dir, "stick")}
	must(t, os.Rename(l.ring.Dir, kept.Dir))
	must(t, os.RemoveAll(l.cfg.Dir))
	must(t, os.Mkdir(l.cfg.Dir, 0o700))
	must(t, rescue.BeginAgain(t.Context(), l.cfg, kept))
	s = l.open()
	badges = 3
	l.promise("begun again", badges)
	taps("taps at last", 2)
	must(t, s.Close())
	return l
}

// damageLog flips a bit in the middle of the log.
func (l *life) damageLog() {
	l.t.Helper()
	log := sqlite.Path(l.cfg.Dir) + "-wal"
	data, err := os.ReadFile(log)
	must(l.t, err)
	data[len(data)/3] ^= 1
	must(l.t, os.WriteFile(log, data, 0o600))
	must(l.t, os.RemoveAll(sqlite.Path(l.cfg.Dir)+"-shm"))
	must(l.t, backup.OS{}.Sync(log))
}

// A plug may be pulled at any moment of a room's life. The next start needs nobody, has
// all that was promised, and finds no fault; of a card that lies it has a sound
// database all the same.
func TestLook_ThePlugIsPulledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: mounts many cards")
	}
	if !fsynctest.Inside(t) {
		return
	}
	card := cardtest.New(t)
	l := live(t, card)
	lost := 0
	for cut := range *cuts {
		for _, lies := range []bool{false, true} {
			rnd := rand.New(rand.NewPCG(uint64(cut), 21))
			at := 1 + rnd.IntN(card.Now())
			was := promise{what: "nothing yet"}
			for _, p := range l.promised {
				if p.at <= at {
					was = p
				}
			}
			t.Run(fmt.Sprintf("cut %d at %d, after %s, lies %t", cut, at, was.what, lies), func(t *testing.T) {
				dir := card.Cut(t, at, lies, rnd)
				cfg := l.cfg
				cfg.Dir = filepath.Join(dir, "data")
				again := &room{t: t, cfg: cfg, clock: l.clock, ring: backup.Ring{Dir: filepath.Join(cfg.Dir, "nightly")}}
				keys, err := sqlite.LoadKeysOf(cfg.Dir, filepath.Join(dir, "key"))
				if errors.Is(err, keyring.ErrAbsent) && (was.what == "before the folder goes" || lies && was.what == "taps at last") {
					return // somebody has just deleted it, and that is told
				}
				must(t, err)
				again.cfg.Keys = keys
				must(t, again.look())
				s, err := sqlite.Open(t.Context(), again.cfg)
				must(t, err)
				rows := again.rows()
				again.sound(s)
				must(t, s.Close())
				if less := rows["stranger"] < was.badges; less && !lies {
					t.Errorf("%d unknown badges, promised were %d", rows["stranger"], was.badges)
				} else if less {
					lost++
				}
			})
		}
	}
	t.Logf("%d writes and flushes, %d cuts of each card; less than promised after %d of a card that lies", card.Now(), *cuts, lost)
}
