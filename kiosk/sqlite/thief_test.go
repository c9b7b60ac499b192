package sqlite

import (
	"bytes"
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
