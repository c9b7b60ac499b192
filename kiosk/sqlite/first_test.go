package sqlite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"
)

// The folder testdata/first holds what the first release wrote for a made-up
// room: its database, its key, a backup, and what that release itself made of
// them. None of it is ever written anew: a room that was there stays there.

// firstDay is the day on which the room's data were left, a Wednesday at noon.
const firstDay = "2025-10-15"

// firstRoom is a copy of that room, opened by the present program.
type firstRoom struct {
	*sqlite.Store
	cfg   sqlite.Config
	clock *setClock
	at    func(hour, minute int) // moves the clock on that day
}

// setClock stands where it was put.
type setClock struct{ now kiosk.Moment }

// Now is where it stands.
func (c *setClock) Now() kiosk.Moment { return c.now }

// unpack copies a file of the folder, out of its gzip when it is in one.
func unpack(t *testing.T, name, to string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "first", name))
	must(t, err)
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		from, err = gzip.NewReader(f)
		must(t, err)
	}
	data, err := io.ReadAll(from)
	must(t, err)
	must(t, os.MkdirAll(filepath.Dir(to), 0o700))
	must(t, os.WriteFile(to, data, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openFirst opens a copy of the room at noon of its last day, as its kiosk would
// that was never switched off.
func openFirst(t *testing.T) *firstRoom {
	t.Helper()
	r := placeFirst(t)
	unpack(t, "kiosk.db.gz", filepath.Join(r.cfg.Dir, "kiosk.db"))
	r.open(t)
	return r
}

// placeFirst is the room with its key and without its data.
func placeFirst(t *testing.T) *firstRoom {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	day, err := count.ParseDay(firstDay)
	must(t, err)
	week := map[time.Weekday][]kiosk.OpeningHours{}
	for d := time.Monday; d <= time.Saturday; d++ {
		week[d] = []kiosk.OpeningHours{{From: 9 * 60, Until: 17 * 60}}
	}
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	unpack(t, "key", key)
	keys, err := keyring.Load(key)
	must(t, err)
	r := &firstRoom{clock: &setClock{}}
	r.cfg = sqlite.Config{
		Dir: filepath.Join(dir, "data"), Keys: keys, Clock: r.clock,
		Timetable: kiosk.Timetable{Zone: zone, Week: week, PartTimes: kiosk.DefaultPartTimes()},
	}
	r.at = func(hour, minute int) {
		since := time.Duration(hour*60+minute) * time.Minute
		r.clock.now = kiosk.Moment{Wall: day.At(count.ClockTime(hour*60+minute), zone), Boot: "made-up-" + firstDay, Since: since}
	}
	r.at(12, 0)
	return r
}

func (r *firstRoom) open(t *testing.T) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), r.cfg)
	must(t, err)
	r.Store = s
	t.Cleanup(func() { _ = s.Close() })
}

// rows reads all rows of a query, a line each.
func (r *firstRoom) rows(t *testing.T, query string) (lines []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(r.cfg.Dir, "kiosk.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		must(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	must(t, rows.Err())
	return lines
}

// facts is everything that a volunteer can change, a line each and in order.
func (r *firstRoom) facts(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, query := range []string{
		`SELECT 'cell ' || epoch || ' ' || period || ' ' || part || ' ' || measure || ' ' || n FROM cell WHERE length(period) = 10 AND n <> 0`,
		`SELECT 'badge ' || hex(mac) || kind || coalesce(person, 0) || ' ' || lost FROM badge`,
		`SELECT 'unknown ' || hex(mac) || state || coalesce(at_ms, 0) FROM stranger`,
		`SELECT 'stay ' || person || ' ' || coalesce(at_ms, '') || ended || coalesce(out_ms, 0) FROM stay WHERE coalesce(day, 99999) > 20370`,
		`SELECT 'visit ' || no || ' ' || coalesce(person, 0) || ' ' || coalesce(day, 'undated') || how || coalesce(band, '') || held FROM visit WHERE void = 0 AND coalesce(day, 99999) > 20300`,
	} {
		all = append(all, r.rows(t, query)...)
	}
	people, err := r.Residents(t.Context())
	must(t, err)
	for _, p := range people {
		screen := "0"
		if p.OnScreen {
			screen = "1"
		}
		all = append(all, fmt.Sprintf("person %d %s %s %s%s", p.No, p.Sign, p.Name, screen, p.Language))
	}
	slices.Sort(all)
	return all
}

// opened are lines of the first release with the names opened, which it tells sealed.
func (r *firstRoom) opened(t *testing.T, lines string) string {
	t.Helper()
	return regexp.MustCompile(`person (\d+) (\S*) ([0-9A-F]+) `).ReplaceAllStringFunc(lines, func(line string) string {
		var no int64
		f := strings.Fields(line)
		_, err := fmt.Sscan(f[1], &no)
		must(t, err)
		sealed, err := hex.DecodeString(f[len(f)-1])
		must(t, err)
		name, err := r.cfg.Keys.OpenText(sealed, "person", "name", no)
		must(t, err)
		return strings.Replace(line, f[len(f)-1], name, 1)
	})
}

// changes are the lines that went and the lines that came.
func changes(before, after []string) (lines []string) {
	for _, l := range before {
		if !slices.Contains(after, l) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			lines = append(lines, "+ "+l)
		}
	}
	return lines
}

// compare fails unless got is what the first release made of it, but for the lines
// that are meant to be others.
func compare(t *testing.T, name, got string, others ...func(string) bool) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", "first", name))
	must(t, err)
	compareTo(t, name, string(want), got, others...)
}

// compare is compare for lines that tell of people.
func (r *firstRoom) compare(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", "first", name))
	must(t, err)
	compareTo(t, name, r.opened(t, string(want)), got)
}

func compareTo(t *testing.T, name, want, got string, others ...func(string) bool) {
	t.Helper()
	if got == want {
		return
	}
	diff := changes(asCounted(t, want), asCounted(t, got))
	if len(diff) == 0 {
		return
	}
	for _, other := range others {
		if diff = slices.DeleteFunc(diff, func(l string) bool { return other(l[2:]) }); len(diff) == 0 {
			return
		}
	}
	t.Errorf("%s: other than the first release's in %d lines:\n%s", name, len(diff), strings.Join(diff[:min(len(diff), 40)], "\n"))
}

// asCounted are the lines of a file without the measures that the first release did not
// count, and without those that nobody counts any more, or no room by itself.
func asCounted(t *testing.T, text string) (lines []string) {
	t.Helper()
	others := []string{"reactivated", "returning", "known", "regular", "reach_n", "reach_a", "reach_k"}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if words := strings.Fields(line); len(words) > 1 && slices.Contains(others, words[1]) {
			continue // a cell
		}
		if strings.HasPrefix(line, `{"period"`) {
			var f map[string]any
			must(t, json.Unmarshal([]byte(line), &f))
			for _, m := range others {
				delete(f, m)
				if withheld, some := f["withheld"].(map[string]any); some {
					if delete(withheld, m); len(withheld) == 0 {
						delete(f, "withheld")
					}
				}
			}
			same, err := json.Marshal(f)
			must(t, err)
			line = string(same)
		}
		lines = append(lines, line)
	}
	return lines
}

// figures are those of each period that the room keeps, and of the running ones.
func (r *firstRoom) figures(t *testing.T) string {
	t.Helper()
	periods := append(r.rows(t, `SELECT period FROM kept ORDER BY period`), "2025-10", "2025Q4", "2025", "2025-10-14", "2025-W41")
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, p := range periods {
		f, err := r.Figures(t.Context(), count.Period(p))
		must(t, err)
		f = r.asFirst(t, f)
		must(t, enc.Encode(f))
	}
	return b.String()
}

// earlyNew tells whether a cell says who was new before June 2025: less than nine
// months of recording came before.
func earlyNew(cell string) bool {
	word := strings.Fields(cell)
	first, _, err := count.Period(word[0]).Span()
	return err == nil && first < count.Date(2025, 6, 1) && slices.Contains([]string{"new", "known"}, word[1])
}

// asFirst returns figures as the first release told them. It called somebody new after
// a quarter of recording, in this room from December 2024 on; now nine months of it are
// asked for. How many are new it kept as we do.
func (r *firstRoom) asFirst(t *testing.T, f reach.Figures) reach.Figures {
	t.Helper()
	first, _, err := f.Period.Span()
	must(t, err)
	if f.New.Reason != reach.ReasonNewRoom || first < count.Date(2024, 12, 1) {
		return f
	}
	if first >= count.Date(2025, 6, 1) {
		t.Errorf("%s: new is withheld after nine months of recording", f.Period)
	}
	known := r.cfg
	known.Timetable.Since, known.Mode = count.Date(2024, 8, 1), sqlite.ModeReadOnly
	s, err := sqlite.Open(t.Context(), known)
	must(t, err)
	defer s.Close()
	f, err = s.Figures(t.Context(), f.Period)
	must(t, err)
	return f
}

func TestFirst_FiguresAreTheSame(t *testing.T) {
	r := openFirst(t)
	got := r.figures(t)
	if strings.Count(got, "\n") < 20 || !strings.Contains(got, `"2025Q3"`) {
		t.Fatalf("the room keeps nothing:\n%s", got)
	}
	compare(t, "figures.jsonl", got)
	// The night's work reads what is kept, and writes it anew where it must.
	r.clock.now.Wall = r.clock.now.Wall.AddDate(0, 0, 1)
	r.clock.now.Since += 24 * time.Hour
	must(t, r.Tick(t.Context()))
	must(t, r.Tick(t.Context()))
	compare(t, "figures-next-day.jsonl", r.figures(t))
	compare(t, "cells-next-day.txt", strings.Join(r.rows(t, `
		SELECT period || ' ' || part || ' ' || measure || ' ' || coalesce(n, 'withdrawn') FROM cell WHERE length(period) < 10 ORDER BY 1`), "\n"),
		earlyNew)
}

// TestFirst_AKeptQuarterOutlivesItsAnswers takes back the answers of which the
// quarter's reach was made: what was told of it stays.
func TestFirst_AKeptQuarterOutlivesItsAnswers(t *testing.T) {
	r := openFirst(t)
	before, err := r.Figures(t.Context(), "2025Q3")
	must(t, err)
	for _, no := range r.rows(t, `SELECT person FROM answer ORDER BY 1`) {
		var person int64
		_, err := fmt.Sscan(no, &person)
		must(t, err)
		must(t, r.ForgetIntake(t.Context(), person))
	}
	if after, err := r.Figures(t.Context(), "2025Q3"); err != nil || after != before {
		t.Errorf("%+v (%v), before %+v", after, err, before)
	}
}

// names prints what the room has sealed.
func (r *firstRoom) names(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	residents, err := r.Residents(t.Context())
	must(t, err)
	for _, p := range residents {
		fmt.Fprintf(&b, "%d %q %q %q %t %s\n", p.No, p.Sign, p.Name, p.Label, p.OnScreen, p.Language)
	}
	volunteers, err := r.Volunteers(t.Context())
	must(t, err)
	for _, v := range volunteers {
		fmt.Fprintf(&b, "volunteer %d %q %t %d\n", v.No, v.Name, v.HasPIN, v.Badges)
	}
	return b.String()
}

func TestFirst_WhatIsSealedOpens(t *testing.T) {
	r := openFirst(t)
	compare(t, "names.txt", r.names(t))
	v, err := r.View(t.Context())
	must(t, err)
	compare(t, "view.txt", fmt.Sprintf("%s %s open %t, in %d, visits %d, guests %v, recent %d, held %d, badges %d, actions %d, new %d, undated %d, paired %t, waiting %d\n",
		v.Day, v.Part, v.Open, v.In, v.Visits, v.Guests, len(v.Recent), len(v.Held), len(v.Badges), len(v.Actions), v.Newcomers, v.Undated, v.Sending.Paired, v.Sending.Waiting))
}

// What the first release kept in clear is sealed when that room is opened, and stands
// nowhere in its files any more: not in what can be undone, nor in a part of the file
// that no row uses.
func TestFirst_NothingIsLeftInClear(t *testing.T) {
	r := placeFirst(t)
	unpack(t, "kiosk.db.gz", filepath.Join(r.cfg.Dir, "kiosk.db"))
	const languages = `"language":"[a-z]`
	clear := map[string]int{}
	read := func() {
		maps.DeleteFunc(clear, func(string, int) bool { return true })
		must(t, filepath.WalkDir(r.cfg.Dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			for _, picture := range kiosk.Pictures() {
				for _, colour := range kiosk.SignColours() {
					clear["signs"] += bytes.Count(b, []byte(picture+"."+colour))
				}
			}
			clear["languages"] += len(regexp.MustCompile(languages).FindAll(b, -1))
			return err
		}))
	}
	if read(); clear["signs"] == 0 {
		t.Fatal("the test finds no sign in the first release's file")
	}
	r.open(t)
	if read(); clear["signs"]+clear["languages"] != 0 {
		t.Errorf("in clear: %v", clear)
	}
	if n := r.rows(t, `SELECT count(*) FROM person WHERE sign IS NOT NULL OR language <> '' OR on_screen <> 0`); n[0] != "0" {
		t.Errorf("%s persons say something in clear", n[0])
	}
	if n := r.rows(t, `SELECT count(*) FROM intake`); n[0] != "0" {
		t.Errorf("%s rows say when somebody answered, and to which text", n[0])
	}
	if n := r.rows(t, `SELECT count(DISTINCT length(said)) FROM answer`); n[0] != "1" {
		t.Errorf("answers are of %s lengths", n[0])
	}
}

// TestFirst_EveryEntryIsUndone takes back all that the volunteers did on the
// room's last day, the latest first.
func TestFirst_EveryEntryIsUndone(t *testing.T) {
	openFirst(t).undoAll(t)
}

// TestFirst_EveryEntryIsUndoneAfterALaterMigration does so when the tables have
// got columns since, of which those entries, arrays by place, know nothing.
func TestFirst_EveryEntryIsUndoneAfterALaterMigration(t *testing.T) {
	r := openFirst(t)
	must(t, r.Close())
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(r.cfg.Dir, "kiosk.db"))
	must(t, err)
	for _, table := range []string{"person", "badge", "visit", "stay", "stranger"} {
		_, err := db.ExecContext(t.Context(), `ALTER TABLE `+table+` ADD COLUMN later TEXT NOT NULL DEFAULT 'so'`)
		must(t, err)
	}
	must(t, db.Close())
	r.open(t)
	r.undoAll(t)
}

func (r *firstRoom) undoAll(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for facts := r.facts(t); ; {
		entries := r.rows(t, `SELECT no || ' ' || deed FROM action ORDER BY no DESC LIMIT 1`)
		if len(entries) == 0 {
			break
		}
		var no int64
		var kind string
		_, err := fmt.Sscan(entries[0], &no, &kind)
		must(t, err)
		if err := r.Undo(t.Context(), 1, no); err != nil {
			t.Fatalf("undo %s: %v", entries[0], err)
		}
		after := r.facts(t)
		fmt.Fprintf(&b, "%s\n%s\n", entries[0], strings.Join(changes(facts, after), "\n"))
		facts = after
	}
	r.compare(t, "undone.txt", b.String())
}

func TestFirst_PINsAndCodes(t *testing.T) {
	r := openFirst(t)
	must(t, r.CheckPIN(t.Context(), 1, "274918"))
	var wrong *kiosk.PINError
	if err := r.CheckPIN(t.Context(), 1, "274919"); !errors.As(err, &wrong) {
		t.Errorf("another PIN: %v", err)
	}
	code, err := os.ReadFile(filepath.Join("testdata", "first", "code.txt"))
	must(t, err)
	no, err := r.CheckCode(t.Context(), string(code))
	if err != nil || no != 2 {
		t.Errorf("the code of the second volunteer is that of %d (%v)", no, err)
	}
}

// TestFirst_AnotherTap lets the badges of that room be tapped again: they are
// known by their number, and proofs that were used are worth nothing.
func TestFirst_AnotherTap(t *testing.T) {
	r := openFirst(t)
	var b strings.Builder
	for i := range 12 {
		for _, counter := range []uint32{0, 5, 6} {
			r.at(16, i)
			r.clock.now.Since += time.Duration(counter) * time.Second
			receipt, err := r.CheckIn(t.Context(), kiosk.Tap{UID: firstCard(t, i), At: r.clock.now, Counter: counter})
			must(t, err)
			g := receipt.Greeting
			fmt.Fprintf(&b, "%d %d: %s %q %q %s\n", i, counter, g.Kind, g.Sign, g.Name, g.Language)
		}
	}
	compare(t, "taps.txt", b.String())
}

// TestFirst_TheBootWithoutAClockIsDated gives that boot its time.
func TestFirst_TheBootWithoutAClockIsDated(t *testing.T) {
	r := openFirst(t)
	before := r.facts(t)
	r.at(9, 0)
	at := kiosk.Moment{Wall: r.clock.now.Wall, Boot: "boot without a clock", Since: 10 * time.Minute}
	r.clock.now = at
	must(t, r.Anchor(t.Context(), at, 100, "sync"))
	compare(t, "dated.txt", strings.Join(changes(before, r.facts(t)), "\n"))
	if n := r.rows(t, `SELECT count(*) FROM visit WHERE day IS NULL`); n[0] != "0" {
		t.Errorf("%s visits without a day", n[0])
	}
}

// TestFirst_TheBackupIsRestored puts the backup back, into an empty folder and
// over the room that goes on.
func TestFirst_TheBackupIsRestored(t *testing.T) {
	for _, over := range []bool{false, true} {
		r := placeFirst(t)
		file := filepath.Join(t.TempDir(), "room.backup")
		unpack(t, "room.backup.gz", file)
		name := "restored"
		if over {
			unpack(t, "kiosk.db.gz", filepath.Join(r.cfg.Dir, "kiosk.db"))
			name = "restored-over"
		}
		aside, err := sqlite.Restore(context.Background(), r.cfg, file)
		if err != nil || (aside != "") != over {
			t.Fatalf("over a room %t: %q, %v", over, aside, err)
		}
		r.open(t)
		compare(t, name+"-names.txt", r.names(t))
		compare(t, name+"-figures.jsonl", r.figures(t))
		compare(t, name+"-epochs.txt", strings.Join(r.rows(t, `SELECT ordinal || ' ' || reason || ' ' || coalesce(frozen, '') FROM epoch ORDER BY 1`), "\n"))
	}
}

// firstCard is the number of a badge of that room.
func firstCard(t *testing.T, i int) kiosk.UID {
	t.Helper()
	mixed := 0x3C6EF372FE94F82A + uint64(i)*0xBF58476D1CE4E5B9
	b := []byte{0x04, byte(mixed >> 48), byte(mixed >> 40), byte(mixed >> 32), byte(mixed >> 24), byte(mixed >> 16), byte(mixed >> 8)}
	uid, err := kiosk.NewUID(b)
	must(t, err)
	return uid
}
