package rescue_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/rescue"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile/cardtest"
	"example.org/inloop/sync/count"
)

// figures are what a list changes, as they are told.
func figures(t *testing.T, s *sqlite.Store) (told string) {
	t.Helper()
	for _, p := range []count.Period{"2025-09", "2025-10", "2025Q3", "2025Q4"} {
		f, err := s.Figures(t.Context(), p)
		must(t, err)
		told += fmt.Sprintf("%s %d visits, %d guests, %d people\n", p, f.Visits.N, f.Guests.N, f.Unique.N)
	}
	return told
}

// listed is a list of people and guests over some weeks.
func listed(rows int) (list []attendancelist.Row) {
	from := count.Date(2025, 9, 1)
	for i := range rows {
		row := attendancelist.Row{Line: i + 2, Day: from + count.Day(i%44), Part: count.Parts()[i%3], Person: fmt.Sprintf("Bezoeker %d van de lijst", i%40)}
		if i%20 == 0 {
			row.Person, row.Guests = "", 1+i%44%5
		}
		list = append(list, row)
	}
	return list
}

// leftOver is how many rows there are of lists that do not count.
func (r *room) leftOver() (rows int) {
	r.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+sqlite.Path(r.cfg.Dir)+"?mode=ro")
	must(r.t, err)
	defer db.Close()
	must(r.t, db.QueryRowContext(r.t.Context(), `SELECT (SELECT count(*) FROM visit WHERE batch IN (SELECT no FROM hidden))
		+ (SELECT count(*) FROM person WHERE batch IN (SELECT no FROM hidden)) + (SELECT count(*) FROM hidden)`).Scan(&rows))
	return rows
}

// A plug may be pulled at any moment at which a list is taken in or back: it counts as a
// whole or not at all, what was promised is there, the next minute leaves no row of half
// a list, and the same list can be taken in. Of a card that lies the promise may be gone,
// and nothing else.
func TestImport_ThePlugIsPulledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: mounts many cards")
	}
	card := cardtest.New(t)
	l := newRoomIn(t, card.Dir)
	syscall.Sync() // the files that the test has put there
	s := l.open()
	must(t, rescue.Night(t.Context(), s, 20377, l.ring))
	list := listed(1000)
	without, begun := figures(t, s), card.Now()
	taken, err := s.ImportVisits(t.Context(), list, false)
	must(t, err)
	with, in := figures(t, s), card.Now()
	if with == without || taken.Visits == 0 {
		t.Fatalf("the list changes nothing:\n%s", with)
	}
	_, err = s.UndoImport(t.Context(), taken.List, false)
	must(t, err)
	out := card.Now()
	if is := figures(t, s); is != without {
		t.Fatalf("taken back:\n%swant\n%s", is, without)
	}
	must(t, s.Close())
	for cut := range max(1, *cuts/5) { // each opens a room and may take the list in again
		for _, lies := range []bool{false, true} {
			rnd := rand.New(rand.NewPCG(uint64(cut), 31))
			at := begun + rnd.IntN(out-begun+1)
			t.Run(fmt.Sprintf("cut %d at %d of %d, %d and %d, lies %t", cut, at, begun, in, out, lies), func(t *testing.T) {
				dir := card.Cut(t, at, lies, rnd)
				again := &room{t: t, cfg: l.cfg, clock: l.clock}
				again.cfg.Dir = filepath.Join(dir, "data")
				again.ring = backup.Ring{Dir: filepath.Join(again.cfg.Dir, "nightly")}
				keys, err := sqlite.LoadKeysOf(again.cfg.Dir, filepath.Join(dir, "key"))
				must(t, err)
				again.cfg.Keys = keys
				must(t, again.look())
				s := again.open()
				is := figures(t, s)
				switch {
				case is != with && is != without:
					t.Errorf("half a list:\n%s", is)
				case !lies && at == in && is != with, !lies && at >= out && is != without:
					t.Errorf("what was promised is not so:\n%s", is)
				}
				must(t, s.Tick(t.Context()))
				if n := again.leftOver(); n != 0 {
					t.Errorf("%d rows are left of a list that does not count", n)
				}
				if now := figures(t, s); now != is {
					t.Errorf("a minute later:\n%sit was\n%s", now, is)
				}
				if is == without && cut%5 == 0 {
					_, err := s.ImportVisits(t.Context(), list, false)
					must(t, err)
					if now := figures(t, s); now != with {
						t.Errorf("taken in once more:\n%swant\n%s", now, with)
					}
				}
				must(t, s.Close())
			})
		}
	}
	t.Logf("%d writes and flushes of a list that is taken in, %d of taking it back", in-begun, out-in)
}
