package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

// secrets is what nobody may read without the key, by what it is.
type secrets map[string][]string

// thiefRoom is a room in which everything happened that writes about people, some of it
// today. All that is said of them is in the secrets.
func thiefRoom(t *testing.T) (*room, secrets) {
	t.Helper()
	ctx := t.Context()
	r := newRoom(t, "2026-11-23")
	gerda := r.volunteer("Gerda Volunteer", "590243")
	hidden := secrets{
		"a volunteer": {"Gerda Volunteer"},
		"an answer":   {string(kiosk.ContactNever), string(kiosk.ContactMonthly), string(kiosk.ContactLessOften)},
	}
	say := func(what, text string) { hidden[what] = append(hidden[what], text) }
	for i, sign := range []kiosk.Sign{"tulip.red", "bicycle.blue", "umbrella.green", "feather.pink"} {
		who := kiosk.Resident{Sign: sign, Name: "Mevrouw Zomerplaats-" + strconv.Itoa(i), OnScreen: i%2 == 0, Language: kiosk.Language("quenya-" + strconv.Itoa(i))}
		card := "card of " + string(sign)
		r.says("10:0"+strconv.Itoa(i), card, kiosk.GreetingUnknownBadge)
		no, err := r.Enrol(ctx, gerda, kiosk.Enrolment{Resident: who, Badge: r.badge()})
		r.must(err)
		route := kiosk.Routes()[i]
		r.must(r.Intake(ctx, no, kiosk.Intake{Consent: i > 0, Family: kiosk.ContactNever, Friends: kiosk.ContactMonthly, Neighbours: kiosk.ContactLessOften, Route: route}))
		r.people[card] = no
		say("a sign", string(sign))
		say("a name", who.Name)
		say("a language", string(who.Language))
		say("a route", string(route))
		u := uid(t, card)
		say("a card", string(u.Bytes()))
		say("a card", hex.EncodeToString(u.Bytes()))
		say("a card", strings.ToUpper(hex.EncodeToString(u.Bytes())))
	}
	r.importList("Jansen van de lijst,2026-10-05,ochtend,", "Pietersen van de lijst,2026-10-06,middag,")
	hidden["a label"] = []string{"Jansen van de lijst", "Pietersen van de lijst"}
	r.at("2026-11-24 10:00")
	r.tick()
	r.tap("card of tulip.red")
	r.says("10:05", "card of feather.pink", kiosk.GreetingWelcome)
	r.must(r.AddGuest(ctx, gerda, kiosk.BandElder))
	changed := kiosk.Resident{No: r.people["card of tulip.red"], Sign: "crown.black", Name: "Mijnheer Anders", Language: "sindarin"}
	r.must(r.ChangeProfile(ctx, gerda, changed))
	r.must(r.CheckOut(ctx, gerda, r.people["card of feather.pink"]))
	r.tap("a card that is nobody's")
	say("a sign", "crown.black")
	say("a name", "Mijnheer Anders")
	say("a language", "sindarin")
	say("a card", string(uid(t, "a card that is nobody's").Bytes()))
	r.must(r.Erase(ctx, gerda, r.people["card of umbrella.green"]))
	r.send()
	return r, hidden
}

// loot is the files that a thief has, by their paths.
type loot map[string][]byte

func (r *room) stolen() loot {
	r.t.Helper()
	all := make(loot)
	r.must(filepath.WalkDir(r.cfg.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[filepath.Base(path)] = b
		return err
	}))
	b, err := os.ReadFile(r.backup())
	r.must(err)
	all["backup"] = b
	return all
}

// reads tells what of the secrets stands in the bytes, and how often. What an empty room
// says too, in the rules of its tables, tells of nobody.
func (l loot) reads(empty loot, hidden secrets) (found []string) {
	for what, texts := range hidden {
		for _, text := range texts {
			for file, b := range l {
				if n := bytes.Count(b, []byte(text)); n > bytes.Count(empty[file], []byte(text)) {
					found = append(found, fmt.Sprintf("%s in %s: %q", what, file, text))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestThief_ReadsNobody(t *testing.T) {
	r, hidden := thiefRoom(t)
	empty := newRoom(t, "2026-11-23").stolen()
	for _, line := range r.stolen().reads(empty, hidden) {
		t.Error(line)
	}
}

// saysOf is what each column beside a person, or a badge, says to who has no key. A
// column that is not here tells something that nobody has thought of: the README says to
// the room what a thief learns.
var saysOf = map[string]string{
	"person.no":   "a number",
	"person.sign": "", "person.language": "", "person.on_screen": "", // empty since they are sealed
	"person.sign_mac": "random", "person.sign_sealed": "random", "person.name": "random", "person.choices": "random", "person.label": "random", "person.label_mac": "random",
	"person.first_day": "a day", "person.last_day": "a day", "person.noted": "a day", "person.alone_day": "a day", "person.alone_by": "a number", "person.batch": "a number",
	"badge.no": "a number", "badge.mac": "random", "badge.kind": "a word", "badge.person": "a number", "badge.volunteer": "a number", "badge.lost": "a number", "badge.tails": "random",
	"erased.person": "", "erased.day": "", // empty since it is known outside the database
	"intake.person": "", "intake.outcome": "", "intake.quarter": "", "intake.consent": "", "intake.day": "", "intake.route": "", "intake.route_sealed": "", // likewise
	"answer.person": "a number", "answer.said": "random",
	"proof.badge": "a number", "proof.counter": "a number",
	"visit.no": "a number", "visit.epoch": "a number", "visit.person": "a number", "visit.boot": "a number", "visit.trust": "a number", "visit.day": "a day",
	"visit.part": "a word", "visit.afternoon": "a number", "visit.evening": "a number", "visit.how": "a word", "visit.band": "a word", "visit.assumed": "a number",
	"visit.void": "a number", "visit.held": "a number", "visit.batch": "a number", "visit.gone": "a number",
	"visit.bt_ns": "an instant", "visit.wall_ms": "an instant", "visit.at_ms": "an instant",
	"stay.no": "a number", "stay.person": "a number", "stay.boot": "a number", "stay.last_boot": "a number", "stay.out_boot": "a number", "stay.seen_boot": "a number",
	"stay.trust": "a number", "stay.day": "a day", "stay.part": "a word", "stay.ended": "a word", "stay.assumed": "a number",
	"stay.bt_ns": "an instant", "stay.wall_ms": "an instant", "stay.at_ms": "an instant", "stay.closes_ms": "an instant",
	"stay.last_ns": "an instant", "stay.last_ms": "an instant", "stay.out_ns": "an instant", "stay.out_ms": "an instant",
	"tap.no": "a number", "tap.boot": "a number", "tap.bt_ns": "an instant", "tap.kind": "a word", "tap.person": "a number", "tap.volunteer": "a number", "tap.mac": "random",
	"stranger.no": "a number", "stranger.epoch": "a number", "stranger.mac": "random", "stranger.tails": "random", "stranger.lost": "a number", "stranger.boot": "a number",
	"stranger.bt_ns": "an instant", "stranger.wall_ms": "an instant", "stranger.at_ms": "an instant", "stranger.trust": "a number", "stranger.day": "a day", "stranger.part": "a word",
	"stranger.afternoon": "a number", "stranger.evening": "a number", "stranger.closes_ms": "an instant", "stranger.last_ms": "an instant", "stranger.state": "a word",
	"import_seen.person": "a number", "import_seen.batch": "a number", "import_seen.first_day": "a day", "import_seen.last_day": "a day",
	"twin.person": "a number", "twin.other": "a number", "twin.settled": "a number",
	"also_named.mac": "random", "also_named.person": "a number", "also_named.batch": "a number",
	"remade.mac": "random", "remade.day": "a day", "remade.part": "a word", "remade.epoch": "a number",
	"action.no": "a number", "action.day": "a day", "action.at_ms": "an instant", "action.deed": "a word", "action.by": "a number", "action.person": "a number", "action.band": "a word", "action.number": "a number",
}

// words are all that a word beside a person can be.
var words = strings.Fields(`ochtend middag avond badge desk guest_pass unknown_badge paper import resident pass volunteer open counted dropped
	measured estimated untimed unasked 0-11 12-17 18-64 65+ first welcome goodbye unknown longtime going_home already_in still_here guest enrol profile add_guest check_out`)

// A stolen backup, opened without the key, says in each row about a person what it is
// meant to say: numbers, days, parts of days, words that say how something came to be
// counted, and bytes that look random; and of days that are over no instant.
func TestThief_LearnsNumbersAndDays(t *testing.T) {
	r, _ := thiefRoom(t)
	r.proven()
	r.at("2026-11-25 00:10")
	r.tick()
	file := r.backup()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&immutable=1")
	r.must(err)
	defer db.Close()
	read := func(query string) (all []any) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		r.must(err)
		defer rows.Close()
		for rows.Next() {
			var v any
			r.must(rows.Scan(&v))
			all = append(all, v)
		}
		r.must(rows.Err())
		return all
	}
	random, seen, answers := make(map[string]bool), 0, 0
	for _, table := range read(`SELECT DISTINCT s.name FROM sqlite_schema s, pragma_table_info(s.name) c
		WHERE s.type = 'table' AND (s.name = 'person' OR c.name IN ('person', 'badge', 'mac'))`) {
		for _, name := range read(fmt.Sprintf(`SELECT name FROM pragma_table_info('%s')`, table)) {
			column := fmt.Sprintf("%s.%s", table, name)
			says, known := saysOf[column]
			if !known {
				t.Errorf("%s: nobody has said what it tells a thief", column)
			}
			for _, v := range read(fmt.Sprintf(`SELECT %s FROM %s WHERE %[1]s IS NOT NULL`, name, table)) {
				seen++
				n, number := v.(int64)
				b, blob := v.([]byte)
				text, word := v.(string)
				ok := false
				switch says {
				case "": // nothing
					ok = number && n == 0 || word && text == ""
				case "a number", "a day":
					ok = number && n < 1_000_000
				case "an instant": // none that is one
					ok = number && n <= 0
				case "a word":
					ok = word && (text == "" || slices.Contains(words, text))
				case "random": // of a length that tells nothing
					ok = blob && (len(b) == 32 || len(b) == 64+28 || column == "badge.tails" || column == "answer.said")
					if column == "answer.said" { // all of one length
						ok = answers == 0 || len(b) == answers
						answers = len(b)
					}
					if random[string(b)] && name != "mac" {
						t.Errorf("%s says the same twice: %x", column, b)
					}
					random[string(b)] = true
				}
				if !ok {
					t.Errorf("%s says %v, and should say %s", column, v, says)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d values were looked at", seen)
	}
	if n := len(read(`SELECT action FROM image`)); n != 0 {
		t.Errorf("%d rows of days that are over can be undone", n)
	}
}
