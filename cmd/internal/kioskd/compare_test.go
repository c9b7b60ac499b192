package kioskd_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/sync/central/sqlstore/pgtest"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// cluster is the PostgreSQL server of this package's tests.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// spoil runs a statement on a database behind the back of who keeps it.
func (s *story) spoil(file, query string) {
	s.t.Helper()
	driver := "sqlite3"
	if !filepath.IsAbs(file) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, file)
	must(s.t, err)
	result, err := db.ExecContext(s.t.Context(), query)
	must(s.t, err)
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		s.t.Fatalf("%s: %d rows, %v; want one", query, n, err)
	}
	must(s.t, db.Close())
}

// reading is a number of the room's database, and centreReading of the centre's.
func (s *story) reading(query string) int64 { return s.readingOf(s.roomFile(), query) }

func (s *story) centreReading(query string) int64 { return s.readingOf(s.file, query) }

func (s *story) readingOf(file, query string) (n int64) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", file)
	must(s.t, err)
	must(s.t, db.QueryRowContext(s.t.Context(), query).Scan(&n))
	must(s.t, db.Close())
	return n
}

func (s *story) roomFile() string { return filepath.Join(s.dir, "kiosk.db") }

// night lets a night pass: the day is closed out, and the line reports until all
// was compared and nothing waits. It returns the requests that were sent.
func (s *story) night() [][]byte {
	s.t.Helper()
	s.watch.pass(24 * time.Hour)
	must(s.t, s.store.Tick(s.t.Context()))
	kept := &tape{}
	s.client.Transport = kept
	var err error
	s.link, err = kioskd.NewUplink(s.store, s.watch, uplink.Config{
		Key: s.keys.Signing(), URL: s.server.URL, Client: s.client, Timing: uplink.Timing{Grid: 2 * time.Millisecond},
	})
	must(s.t, err)
	today := s.watch.Now().Wall.Format(time.DateOnly)
	s.run("a night", func() bool {
		return s.reading(fmt.Sprintf(`SELECT compared = unixepoch('%s') / 86400 AND NOT EXISTS
			(SELECT 1 FROM cell WHERE rev > acked_rev AND (rev > refused_rev OR refused = '')) FROM link`, today)) == 1
	})
	s.client.Transport = nil
	s.newLink()
	return kept.bodies
}

// one is a cell that holds visits, in either database.
const one = ` WHERE measure = 'guests' AND part = 'ochtend' AND period = '2026-11-24'`

// Whatever single number goes wrong at the centre, or in what the room has noted of
// it, is right after the next night, and nothing else was sent for it.
func TestCompare_OneNumberComesRightTheNextNight(t *testing.T) {
	engines := map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "central", "central.db") },
		"PostgreSQL": func(t *testing.T) string { return cluster.Database(t) },
	}
	for engine, at := range engines {
		t.Run(engine, func(t *testing.T) {
			s := newStoryOn(t, at(t))
			s.come(5)
			s.night()
			for name, centre := range map[string]string{
				"another number":    `UPDATE cells SET n = 7` + one,
				"an older revision": `UPDATE cells SET rev = 1` + one,
				"a newer revision":  `UPDATE cells SET rev = rev + 1000, n = 0` + one,
				"withdrawn":         `UPDATE cells SET n = NULL` + one,
				"lost":              `DELETE FROM cells` + one,
			} {
				s.spoil(s.file, centre)
				sent := s.night()
				s.holds("24:5")
				if n := len(cells(sent, "2026-11-24")); n != 1 {
					t.Errorf("%s: %d counts of the day were sent, want the one", name, n)
				}
			}
			if n := len(cells(s.night(), "2026-11-24")); n != 0 {
				t.Errorf("%d counts of the day were sent in the night after", n)
			}
			s.unmarked()
			if e := s.epoch(); e != 1 {
				t.Errorf("epoch %d", e)
			}
		})
	}
}

func TestCompare_WhatTheRoomNotedWrong(t *testing.T) {
	for name, spoil := range map[string]string{
		"taken for held":    `UPDATE cell SET acked_rev = rev` + one,
		"taken for refused": `UPDATE cell SET refused_rev = rev` + one,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			s.come(1)
			s.night()
			s.come(4)
			s.watch.pass(3 * time.Hour) // the morning has ended, and its numbers are released
			_, err := s.store.Release(t.Context())
			must(t, err)
			s.spoil(s.roomFile(), strings.ReplaceAll(spoil, "24'", "25'"))
			s.sendNow()
			s.holds("24:1")
			s.night()
			s.holds("24:1 25:4")
		})
	}
	t.Run("another number, and its rows say so", func(t *testing.T) {
		s := newStory(t)
		s.come(5)
		s.send()
		s.spoil(s.roomFile(), `UPDATE cell SET n = 3`+one)
		s.night()
		s.holds("24:5")
		if n := s.reading(`SELECT n FROM cell` + one); n != 5 {
			t.Errorf("the room's own number is %d", n)
		}
	})
}

// A number that no room sent is none: another day of the same measure.
func TestCompare_StrangeNumberAtTheCentre(t *testing.T) {
	s := newStory(t)
	s.come(5)
	s.night()
	s.spoil(s.file, `INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev)
		SELECT organisation, room, '2026-11-10', measure, part, series, epoch, 9, 2 FROM cells`+one)
	s.holds("10:9 24:5")
	s.night()
	s.holds("24:5")
}

// Of years of counts one stretch is compared at a time, and of one that differs only
// the number itself is sent.
func TestCompare_NarrowsDownToTheOneNumber(t *testing.T) {
	s := newStory(t)
	s.come(5)
	for range 150 {
		s.watch.pass(24 * time.Hour)
		s.sendNow()
	}
	s.send()
	s.night()
	if n := s.reading(`SELECT count(*) FROM cell`); n < 3000 {
		t.Fatalf("%d cells, want more than are compared at once", n)
	}
	quiet := s.night()
	s.spoil(s.file, `UPDATE cells SET n = 8`+one)
	sent := s.night()
	s.holds("24:5")
	if n := len(cells(sent, "2026-11-24")); n != 1 {
		t.Errorf("%d counts of the day were sent, want the one", n)
	}
	t.Logf("%d requests in a quiet night, %d in this one", len(quiet), len(sent))
	if len(quiet) > 8 || len(sent) > len(quiet)+10 {
		t.Errorf("%d requests in a quiet night, %d in this one", len(quiet), len(sent))
	}
	for _, body := range append(quiet, sent...) {
		if n := bytes.Count(body, []byte(`"measure"`)); n > 60 {
			t.Errorf("%d counts in one request", n)
		}
	}
}

// cells returns the cells of a period in requests.
func cells(bodies [][]byte, period string) (all []wire.Cell) {
	for _, body := range bodies {
		r, err := wire.Decode[wire.Request](body)
		if err != nil {
			continue
		}
		for _, c := range r.Cells {
			if strings.HasPrefix(string(c.Period), period) {
				all = append(all, c)
			}
		}
	}
	return all
}
