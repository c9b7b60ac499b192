package rescue_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// centre holds what a centre would: of each cell the newest number.
type centre map[kiosk.Cell]kiosk.Count

// take has the room send what it has not sent.
func (c centre) take(t *testing.T, s *sqlite.Store, now time.Time) {
	t.Helper()
	ctx := t.Context()
	for {
		counts, err := s.Unsent(ctx, 200)
		must(t, err)
		if len(counts) == 0 {
			return
		}
		seq, err := s.NextSeq(ctx)
		must(t, err)
		must(t, s.Begin(ctx, kiosk.Upload{Seq: seq, Nonce: fmt.Sprint(seq), Body: []byte("{}"), Counts: counts}))
		ack := kiosk.Ack{Seq: seq, Token: "next", At: now}
		for _, n := range counts {
			if n.Rev > c[n.Cell].Rev {
				c[n.Cell] = n
			}
			ack.States, ack.Rev = append(ack.States, kiosk.AckTaken), max(ack.Rev, n.Rev)
		}
		must(t, s.Acknowledge(ctx, ack))
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
			r.guestsCome(s, 2)
			there.take(t, s, r.clock.now.Wall)
			if seed%3 > 0 {
				must(t, rescue.Night(t.Context(), s, today, r.ring))
			}
			r.guestsCome(s, 3)
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

// A backup whose flush fails is none, whenever that is; the room goes on, and the
// next try makes it.
func TestNight_AFlushThatFails(t *testing.T) {
	r := newRoom(t)
	disk := &cutDisk{}
	r.cfg.Disk = disk
	s := r.open()
	for steps := range 3 {
		disk.steps = steps
		if err := rescue.Night(t.Context(), s, 20377, r.ring); !errors.Is(err, errCut) {
			t.Errorf("a flush that fails in step %d: %v", steps, err)
		}
		if steps == 2 { // it has its name, of which nobody knows whether it stays
			break
		}
		if days, err := r.ring.Nights(); err != nil || len(days) > 0 {
			t.Errorf("in step %d: a backup is promised that was not flushed: %v (%v)", steps, days, err)
		}
		r.tap(s, 100+steps, 1)
	}
	must(t, os.Remove(r.ring.File(20377)))
	disk.steps = 1 << 30
	must(t, rescue.Night(t.Context(), s, 20377, r.ring))
	days, err := r.ring.Nights()
	if err != nil || len(days) != 1 {
		t.Errorf("when it is over: %v (%v)", days, err)
	}
	info, err := os.Stat(r.ring.File(days[0]))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a backup's mode is %v, want 0600", info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(r.ring.Dir, ".backup-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// A restore whose flush fails, once, for a while or for ever, leaves the former
// database or the restored one, whole; and when it is over it can be done.
func TestRestore_FlushesThatFail(t *testing.T) {
	for _, fails := range []int{1, 3, 1 << 20} {
		for from := range 12 {
			r := newRoom(t)
			s := r.open()
			file := filepath.Join(t.TempDir(), "room.backup")
			must(t, s.Backup(t.Context(), file))
			backedUp := r.rows()
			r.tap(s, 0, 3)
			must(t, s.Close())
			former := r.rows()
			// What a renewal that was cut off has left is put in its place first.
			renewed, err := os.ReadFile(sqlite.Path(r.cfg.Dir))
			must(t, err)
			must(t, os.WriteFile(sqlite.Path(r.cfg.Dir)+".renewed", renewed, 0o600))

			disk := &failingDisk{from: from, until: from + fails}
			r.cfg.Disk = disk
			_, err = sqlite.Restore(t.Context(), r.cfg, file)
			if err == nil && disk.failed {
				t.Errorf("flush %d failed %d times, Restore did not", from, fails)
			}
			r.cfg.Disk = nil
			s = r.open()
			r.sound(s)
			must(t, s.Close())
			now := r.rows()
			if less := now.lacks(former); len(less) > 0 && now["stranger"] != backedUp["stranger"]+1 {
				t.Errorf("flush %d failed %d times: neither the one nor the other: %v", from, fails, less)
			}
			_, err = sqlite.Restore(t.Context(), r.cfg, file)
			must(t, err)
			if got := r.rows()["stranger"]; got != backedUp["stranger"] {
				t.Errorf("when it is over: %d unknown badges, want the backup's %d", got, backedUp["stranger"])
			}
		}
	}
}

// failingDisk flushes nothing for a while.
type failingDisk struct {
	backup.OS
	now, from, until int
	failed           bool
}

func (d *failingDisk) Sync(path string) error {
	d.now++
	if d.now > d.from && d.now <= d.until {
		d.failed = true
		return errCut
	}
	return d.OS.Sync(path)
}
