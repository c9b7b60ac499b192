package rescue_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile/fsynctest"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// centre holds what a centre would: of each cell the newest number.
type centre map[kiosk.Cell]kiosk.Count

// take has the room send what it has released, and first of all hear what day it is.
func (c centre) take(t *testing.T, s *sqlite.Store, now time.Time) {
	t.Helper()
	ctx := t.Context()
	for heard := false; ; heard = true {
		_, err := s.Release(ctx)
		must(t, err)
		counts, err := s.Unsent(ctx, 200)
		must(t, err)
		if heard && len(counts) == 0 {
			return
		}
		seq, err := s.NextSeq(ctx)
		must(t, err)
		must(t, s.Begin(ctx, kiosk.Upload{Seq: seq, Nonce: fmt.Sprint(seq), Body: []byte("{}"), Counts: counts}))
		ack := kiosk.Ack{Seq: seq, Token: "next", At: now, Said: now}
		for _, n := range counts {
			if n.Rev > c[n.Cell].Rev {
				c[n.Cell] = n
			}
			ack.States, ack.Rev = append(ack.States, kiosk.AckTaken), max(ack.Rev, n.Rev)
		}
		_, err = s.Acknowledge(ctx, ack)
		must(t, err)
	}
}

// guests of a day, over all epochs.
func (c centre) guests(day count.Day) (n int64) {
	for cell, told := range c {
		if cell.Measure == "guests" && cell.Period == day.Period() && told.N != nil {
			n += *told.N
		}
	}
	return n
}

// until lets time go by until some minutes after an hour of the day.
func (r *room) until(hour int) {
	at := r.clock.now.Wall
	r.pass(time.Date(at.Year(), at.Month(), at.Day(), hour, 5, 0, 0, at.Location()).Sub(at))
}

// guestsCome are let in by a volunteer, five minutes apart.
func (r *room) guestsCome(s *sqlite.Store, n int) {
	r.t.Helper()
	for range n {
		r.pass(5 * time.Minute)
		must(r.t, s.AddGuest(r.t.Context(), 0, kiosk.BandAdult))
	}
}

// Whatever is damaged, the centre's sum is never above the truth, and is the truth
// when nothing was lost: what it holds, what was counted and not yet sent, and what is
// counted afterwards come together once.
func TestLook_NothingIsCountedTwice(t *testing.T) {
	n := 30
	if testing.Short() {
		n = 4
	}
	var all atomic.Int32
	t.Cleanup(func() { // when every seed has ended
		if got := int(all.Load()); got < n*4/5 {
			t.Errorf("the centre has all of only %d of %d", got, n)
		}
	})
	for seed := range n {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(12, uint64(seed)))
			r, there := newRoom(t), centre{}
			s := r.open()
			must(t, s.SetPairing(t.Context(), kiosk.Pairing{Kiosk: "k", Room: "r", ServerKey: make([]byte, 32), URL: "https://example.nl", At: r.clock.now.Wall}))
			today := r.cfg.Timetable.Day(r.clock.now.Wall)
			must(t, s.Anchor(t.Context(), r.clock.now, 500, timeline.SourceNTP))
			must(t, s.Tick(t.Context()))
			r.guestsCome(s, 2)
			r.until(12) // when the morning has ended
			there.take(t, s, r.clock.now.Wall)
			if seed%3 > 0 {
				must(t, rescue.Night(t.Context(), s, today, r.ring))
			}
			r.guestsCome(s, 3)
			r.until(18)
			there.take(t, s, r.clock.now.Wall)
			r.guestsCome(s, 4) // and these were never sent
			if seed%2 == 0 {
				r.unplug(s)
			} else {
				must(t, s.Close())
			}
			if got := there.guests(today); got != 5 {
				t.Fatalf("%d guests are sent, want 5", got)
			}
			what := damage(t, sqlite.Path(r.cfg.Dir), rnd)
			must(t, r.look())
			mended, _ := rescue.ReadMended(r.cfg.Dir)
			s = r.open()
			r.guestsCome(s, 2)
			r.until(24)
			must(t, s.Tick(t.Context()))
			there.take(t, s, r.clock.now.Wall)
			got := there.guests(today)
			t.Logf("%s: missing %t, the centre has %d of 11", what, mended.Missing, got)
			if got == 11 {
				all.Add(1)
			}
			if got > 11 || got < 11 && !mended.Missing || got < 7 {
				t.Errorf("%s: the centre has %d guests of 11; missing %t", what, got, mended.Missing)
			}
		})
	}
}

// cutDisk stops at a step, as a plug that is pulled does.
type cutDisk struct {
	backup.OS
	steps int
}

var errCut = errors.New("no power")

func (d *cutDisk) step() error {
	if d.steps--; d.steps < 0 {
		return errCut
	}
	return nil
}

func (d *cutDisk) Sync(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.OS.Sync(path)
}

func (d *cutDisk) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.OS.Rename(from, to)
}

// A plug may be pulled in each step of the ladder: the next start begins anew, or
// finds it done, and nothing that could be read is lost by it.
func TestLook_CutOffInEachStep(t *testing.T) {
	for cut := 0; ; cut++ {
		r := newRoom(t)
		s := r.open()
		must(t, rescue.Night(t.Context(), s, 20377, r.ring))
		r.tap(s, 0, 12)
		r.unplug(s)
		was := r.rows()
		must(t, os.RemoveAll(sqlite.Path(r.cfg.Dir)+"-shm"))
		// A frame in the middle of the log: SQLite would end the log there.
		log := sqlite.Path(r.cfg.Dir) + "-wal"
		data, err := os.ReadFile(log)
		must(t, err)
		data[len(data)/3] ^= 1
		must(t, os.WriteFile(log, data, 0o600))

		disk := &cutDisk{steps: cut}
		r.cfg.Disk = disk
		err = r.look()
		whole := err == nil
		if !whole && !errors.Is(err, errCut) {
			t.Fatalf("cut in step %d: %v", cut, err)
		}
		r.cfg.Disk = nil
		must(t, r.look())
		s = r.open()
		if _, told := rescue.ReadMended(r.cfg.Dir); !told {
			t.Errorf("cut in step %d: nothing is told", cut)
		}
		if less := r.rows().lacks(was); len(less) > 0 {
			t.Errorf("cut in step %d: there is less of %v", cut, less)
		}
		r.sound(s)
		if left, _ := filepath.Glob(sqlite.Path(r.cfg.Dir) + ".renew*"); len(left) > 0 {
			t.Errorf("cut in step %d: left over: %v", cut, left)
		}
		if whole {
			if cut < 6 {
				t.Errorf("only %d steps", cut)
			}
			return
		}
	}
}

// A backup whose flush fails, SQLite's or Go's, is none: nothing has its name, the next
// try makes it, and when it is promised all of it has been flushed, to the name of
// its folder.
func TestNight_AFlushThatFails(t *testing.T) {
	disk := fsynctest.NewFolder(t)
	r := newRoom(t)
	r.ring.Dir = filepath.Join(disk.Dir, "stick", "nightly")
	must(t, os.Mkdir(filepath.Dir(r.ring.Dir), 0o700))
	s := r.open()
	for _, fails := range []int{1, 2, fsynctest.ForEver} {
		for from := 0; ; from++ {
			must(t, os.RemoveAll(r.ring.Dir))
			disk.Fail(from, fails)
			err := rescue.Night(t.Context(), s, 20377, r.ring)
			flushed := disk.Flushed()
			// That SQLite could not flush the name of its own journal is nobody's loss.
			if n := len(flushed); err == nil && (n < 2 || flushed[n-1] != "nightly" || !strings.HasPrefix(flushed[n-2], ".backup-")) {
				t.Errorf("flush %d fails %d times (%v): promised, and flushed are %v", from, fails, disk.Failed(), flushed)
			}
			days, ringErr := r.ring.Nights()
			if err != nil && (ringErr != nil || len(days) > 0) {
				t.Errorf("flush %d fails %d times (%v): there is a backup that was not flushed: %v (%v)", from, fails, disk.Failed(), days, ringErr)
			}
			if len(disk.Failed()) == 0 {
				if from < 4 {
					t.Errorf("only %d flushes: %v", from, flushed)
				}
				break
			}
			if err == nil {
				continue
			}
			r.tap(s, 1, 1)
			disk.Fail(0, 0)
			must(t, rescue.Night(t.Context(), s, 20377, r.ring))
			flushed = disk.Flushed()
			for _, want := range []string{"nightly", "stick"} {
				if !slices.Contains(flushed, want) {
					t.Errorf("flush %d fails %d times: afterwards the names in %s are not flushed: %v", from, fails, want, flushed)
				}
			}
			must(t, rescue.Night(t.Context(), s, 20377, r.ring)) // it is there
			info, err := os.Stat(r.ring.File(20377))
			must(t, err)
			if info.Mode().Perm() != 0o600 {
				t.Errorf("a backup's mode is %v, want 0600", info.Mode())
			}
			if left, _ := filepath.Glob(filepath.Join(r.ring.Dir, ".backup-*")); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		}
	}
}

// A backup that the disk does not give back as it was written is none: it would push
// a good one out of the ring.
func TestNight_ADiskThatKeepsOtherBytes(t *testing.T) {
	disk := fsynctest.NewFolder(t)
	r := newRoom(t)
	r.ring.Dir = filepath.Join(disk.Dir, "nightly")
	s := r.open()
	disk.Rot(true)
	if err := rescue.Night(t.Context(), s, 20377, r.ring); !errors.Is(err, sqlite.ErrCorrupt) {
		t.Errorf("Night says %v, want ErrCorrupt", err)
	}
	if days, err := r.ring.Nights(); err != nil || len(days) > 0 {
		t.Errorf("there is a backup: %v (%v)", days, err)
	}
	disk.Rot(false)
	must(t, rescue.Night(t.Context(), s, 20377, r.ring))
}

// A restore in which a flush fails, SQLite's or Go's, once, for a while or for ever,
// leaves the former database or the restored one, whole; when it is over it can be
// done; and what is promised is the restored one, with its new epoch.
func TestRestore_FlushesThatFail(t *testing.T) {
	disk := fsynctest.NewFolder(t)
	for _, fails := range []int{1, 3, fsynctest.ForEver} {
		for from, last := 0, false; !last; from++ {
			dir := filepath.Join(disk.Dir, fmt.Sprint(fails, from))
			must(t, os.Mkdir(dir, 0o700))
			r := newRoomIn(t, dir)
			s := r.open()
			file := filepath.Join(t.TempDir(), "room.backup")
			must(t, s.Backup(t.Context(), file))
			backedUp := r.rows()
			r.tap(s, 0, 3)
			must(t, s.Close())
			former := r.rows()

			disk.Fail(from, fails)
			_, err := sqlite.Restore(t.Context(), r.cfg, file)
			failed := disk.Failed()
			last = len(failed) == 0
			disk.Fail(0, 0)
			s = r.open()
			must(t, s.Close())
			now := r.rows()
			restored := now["epoch"] == former["epoch"]+1 && now["stranger"] == backedUp["stranger"]
			if less := now.lacks(former); !restored && (err == nil || len(less) > 0) {
				t.Errorf("flush %d fails %d times (%v), Restore says %v: the former one lacks %v", from, fails, failed, err, less)
			}
			_, err = sqlite.Restore(t.Context(), r.cfg, file)
			must(t, err)
			s = r.open()
			if got := r.rows()["stranger"]; got != backedUp["stranger"] {
				t.Errorf("when it is over: %d unknown badges, want the backup's %d", got, backedUp["stranger"])
			}
			r.sound(s)
			must(t, s.Close())
		}
	}
}

// Whichever flush of the ladder fails, SQLite's or Go's, once or for a while: what is
// promised is mended, told and whole, and the next start climbs it to its end.
func TestLook_FlushesThatFail(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: climbs the ladder a hundred times")
	}
	disk := fsynctest.NewFolder(t)
	for fails, stride := range map[int]int{1: 2, fsynctest.ForEver: 7} {
		for from, last := 0, false; !last; from += stride {
			dir := filepath.Join(disk.Dir, fmt.Sprint(fails, from))
			must(t, os.Mkdir(dir, 0o700))
			r := newRoomIn(t, dir)
			s := r.open()
			must(t, rescue.Night(t.Context(), s, 20377, r.ring))
			r.tap(s, 0, 12)
			r.unplug(s)
			was := r.rows()
			must(t, os.RemoveAll(sqlite.Path(r.cfg.Dir)+"-shm"))
			log := sqlite.Path(r.cfg.Dir) + "-wal"
			data, err := os.ReadFile(log)
			must(t, err)
			data[len(data)/3] ^= 1 // a frame in the middle: SQLite would end the log there
			must(t, os.WriteFile(log, data, 0o600))

			disk.Fail(from, fails)
			err = r.look()
			failed := disk.Failed()
			last = len(failed) == 0
			if _, told := rescue.ReadMended(r.cfg.Dir); err == nil && !told {
				t.Errorf("flush %d fails %d times (%v): mended, and nothing is told", from, fails, failed)
			}
			disk.Fail(0, 0)
			must(t, r.look())
			s = r.open()
			if _, told := rescue.ReadMended(r.cfg.Dir); !told {
				t.Errorf("flush %d fails %d times (%v): at last nothing is told", from, fails, failed)
			}
			now := r.rows()
			if less := now.lacks(was); len(less) > 0 || now["epoch"] == was["epoch"] {
				t.Errorf("flush %d fails %d times (%v): there is less of %v, %d epochs", from, fails, failed, less, now["epoch"])
			}
			r.sound(s)
			must(t, s.Close())
		}
	}
}
