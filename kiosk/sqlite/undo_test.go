package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// facts reads everything that an action may change and that undoing must put back.
func (r *room) facts() map[string]int64 {
	r.t.Helper()
	all := r.numbers()
	for name, query := range map[string]string{
		"person":  `SELECT no || ' ' || coalesce(hex(sign_mac), '') || ' ' || coalesce(hex(name), '') || hex(sign_sealed) || hex(choices), 1 FROM person`,
		"badge":   `SELECT hex(mac) || kind || coalesce(person, 0) || ' ' || lost, 1 FROM badge`,
		"badges":  `SELECT hex(mac) || state || coalesce(at_ms, 0), 1 FROM stranger`,
		"in":      `SELECT person || ' ' || at_ms || ended || coalesce(out_ms, 0) || ' ' || coalesce(seen_boot, 0), 1 FROM stay`,
		"visited": `SELECT no || ' ' || coalesce(person, 0) || how || coalesce(band, '') || held, 1 FROM visit WHERE void = 0`,
	} {
		for k, n := range r.read(query) {
			all[name+" "+k] = n
		}
	}
	return all
}

// undoCase is one action, and what goes before it.
type undoCase struct {
	before func(r *room)
	act    func(r *room) error
}

// undoCases has every action that can be undone.
func undoCases() map[string]undoCase {
	ctx := context.Background()
	newcomer := kiosk.Resident{Sign: "cat.pink", Name: "Els", Language: "nl"}
	return map[string]undoCase{
		"check in": {act: func(r *room) error { return r.CheckInByHand(ctx, r.by, r.people["anna"]) }},
		"check in, reopen": {before: func(r *room) {
			r.says("10:00", "anna", kiosk.GreetingFirst)
			r.says("10:20", "anna", kiosk.GreetingGoodbye)
		}, act: func(r *room) error { return r.CheckInByHand(ctx, r.by, r.people["anna"]) }},
		"check out":  {before: func(r *room) { r.says("10:00", "anna", kiosk.GreetingFirst) }, act: func(r *room) error { return r.CheckOut(ctx, r.by, r.people["anna"]) }},
		"guest":      {act: func(r *room) error { return r.AddGuest(ctx, r.by, kiosk.BandTeen) }},
		"accept":     {before: func(r *room) { r.burst() }, act: func(r *room) error { return r.ReviewGuest(ctx, r.by, r.view().Held[0].Visit, true) }},
		"drop guest": {before: func(r *room) { r.burst() }, act: func(r *room) error { return r.ReviewGuest(ctx, r.by, r.view().Held[0].Visit, false) }},
		"enrol a badge": {before: func(r *room) { r.says("10:00", "new", kiosk.GreetingUnknownBadge) }, act: func(r *room) error {
			_, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Badge: r.badge(), Resident: newcomer})
			return err
		}},
		"enrol a guest": {before: func(r *room) { r.at("10:15"); r.must(r.AddGuest(ctx, r.by, kiosk.BandElder)) }, act: func(r *room) error {
			_, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Guest: r.view().Recent[0].ID, Resident: newcomer})
			return err
		}},
		"enrol nobody's": {act: func(r *room) error {
			_, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Resident: newcomer})
			return err
		}},
		"link":       {before: func(r *room) { r.says("10:00", "new", kiosk.GreetingUnknownBadge) }, act: func(r *room) error { return r.AssignBadge(ctx, r.by, r.badge(), r.people["anna"]) }},
		"guest pass": {before: func(r *room) { r.says("10:00", "new", kiosk.GreetingUnknownBadge) }, act: func(r *room) error { return r.MakeGuestPass(ctx, r.by, r.badge()) }},
		"drop":       {before: func(r *room) { r.says("10:00", "new", kiosk.GreetingUnknownBadge) }, act: func(r *room) error { return r.DropBadge(ctx, r.by, r.badge()) }},
		"lose":       {act: func(r *room) error { return r.MarkLost(ctx, r.by, r.people["anna"]) }},
		"profile": {act: func(r *room) error {
			return r.ChangeProfile(ctx, r.by, kiosk.Resident{No: r.people["anna"], Sign: "moon.blue", Language: "en"})
		}},
		"still in after a power cut": {before: (*room).powerCut, act: func(r *room) error { return r.KeepInside(ctx, r.by, true) }},
		"gone after a power cut":     {before: (*room).powerCut, act: func(r *room) error { return r.KeepInside(ctx, r.by, false) }},
		"volunteer's badge": {before: func(r *room) {
			r.says("10:00", "new", kiosk.GreetingUnknownBadge)
			_, err := r.AddVolunteer(ctx, "Gerda")
			r.must(err)
		}, act: func(r *room) error { return r.AssignVolunteerBadge(ctx, r.by, r.badge(), 1) }},
		"paper, a person": {act: func(r *room) error {
			return r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: r.view().Day - 1, Part: count.PartEvening, Person: r.people["anna"]})
		}},
		"paper, guests of a closed quarter": {act: func(r *room) error {
			return r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: count.Date(2026, 9, 30), Part: count.PartMorning, Guests: 12})
		}},
	}
}

func TestUndo_EveryAction(t *testing.T) {
	for name, c := range undoCases() {
		t.Run(name, func(t *testing.T) { c.undo(t, func(*room) {}) })
	}
}

// TestUndo_SurvivesALaterMigration adds a column to each table between an
// action and its undoing, in a row that has got another value since.
func TestUndo_SurvivesALaterMigration(t *testing.T) {
	for name, c := range undoCases() {
		t.Run(name, func(t *testing.T) { c.undo(t, (*room).migrateOn) })
	}
}

// undo acts, lets come what comes in between, undoes and compares.
func (c undoCase) undo(t *testing.T, between func(r *room)) {
	r := newRoom(t, "2026-11-24", "anna", "ben")
	if c.before != nil {
		c.before(r)
	}
	r.at("10:21")
	before := r.facts()
	r.must(c.act(r))
	if maps.Equal(before, r.facts()) {
		t.Fatal("the action changed nothing")
	}
	between(r)
	actions := r.view().Actions
	r.at("10:40")
	r.must(r.Undo(t.Context(), r.by, actions[0].No))
	if after := r.facts(); !maps.Equal(before, after) {
		t.Errorf("after undoing\n%v\nwant\n%v", after, before)
	}
	if left := len(r.view().Actions); left != len(actions)-1 {
		t.Errorf("%d actions left on the list, want %d", left, len(actions)-1)
	}
	if err := r.Undo(t.Context(), r.by, actions[0].No); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("undoing twice: %v, want ErrNotFound", err)
	}
}

// addedColumns is a migration to come.
var addedColumns = []string{
	`ALTER TABLE person ADD COLUMN pronoun TEXT NOT NULL DEFAULT 'u'`,
	`ALTER TABLE badge ADD COLUMN issued INTEGER NOT NULL DEFAULT 3`,
	`ALTER TABLE visit ADD COLUMN weight INTEGER NOT NULL DEFAULT 4`,
	`ALTER TABLE stay ADD COLUMN chair TEXT`,
	`ALTER TABLE stranger ADD COLUMN seen INTEGER NOT NULL DEFAULT 5`,
}

// migrateOn starts the kiosk again with the next release's tables.
func (r *room) migrateOn() {
	r.t.Helper()
	r.must(r.Close())
	db, err := sql.Open("sqlite3", r.cfg.path())
	r.must(err)
	for _, query := range addedColumns {
		_, err := db.ExecContext(r.t.Context(), query)
		r.must(err)
	}
	r.must(db.Close())
	r.reopen()
}

func TestUndo_LeavesColumnsThatTheEntryDoesNotKnow(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	anna := r.people["anna"]
	r.must(r.ChangeProfile(t.Context(), r.by, kiosk.Resident{No: anna, Sign: "moon.blue", Language: "en"}))
	r.says("10:00", "new", kiosk.GreetingUnknownBadge)
	r.must(r.AssignBadge(t.Context(), r.by, r.badge(), anna))
	actions := r.view().Actions
	r.migrateOn()
	r.must(r.withTx(t.Context(), func(ctx context.Context, tx *txn) error {
		return sqlrow.One(ctx, tx, `UPDATE person SET pronoun = 'jij' WHERE no = ?1`, anna)
	}))
	for _, a := range actions {
		r.must(r.Undo(t.Context(), r.by, a.No))
	}
	got := r.read(`SELECT 'profile ' || pronoun, 1 FROM person UNION ALL SELECT 'badge', seen FROM stranger`)
	if want := (map[string]int64{"profile jij": 1, "badge": 5}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if p, err := r.Resident(t.Context(), anna); err != nil || p.Language != "tr" || p.Sign != "" {
		t.Errorf("the profile is %+v, %v", p, err)
	}
}

func TestUndo_ABadgeKeepsTheCounterOfItsProof(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	tap := kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now, Counter: 9}
	_, err := r.CheckIn(t.Context(), tap)
	r.must(err)
	r.must(r.MarkLost(t.Context(), r.by, r.people["anna"]))
	r.must(r.Undo(t.Context(), r.by, r.view().Actions[0].No))
	r.at("09:30")
	tap.At = r.clock.now
	receipt, err := r.CheckIn(t.Context(), tap)
	r.must(err)
	if receipt.Greeting.Kind != kiosk.GreetingUnknownBadge {
		t.Errorf("a copy of an old reading is greeted by %q", receipt.Greeting.Kind)
	}
}

// powerCut has two people come, and the kiosk go off and on.
func (r *room) powerCut() {
	r.t.Helper()
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:05", "ben", kiosk.GreetingFirst)
	r.at("10:10")
	r.clock.now.Boot += "+"
	r.clock.now.Since = time.Minute
}

// burst lets one guest more come than the limit.
func (r *room) burst() {
	r.t.Helper()
	r.pass("pass")
	for range kiosk.GuestLimit + 1 {
		r.says("10:00", "pass", kiosk.GreetingGuest)
	}
}

func TestUndo_RefusedWhenALaterActionDependsOnIt(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	r.at("10:00")
	r.must(r.AddGuest(ctx, r.by, kiosk.BandAdult))
	_, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Guest: r.view().Recent[0].ID, Resident: kiosk.Resident{Language: "nl"}})
	r.must(err)
	actions := r.view().Actions
	if err := r.Undo(ctx, r.by, actions[1].No); !errors.Is(err, kiosk.ErrUndone) {
		t.Errorf("undoing the guest who was enrolled since: %v, want ErrUndone", err)
	}
	r.must(r.Undo(ctx, r.by, actions[0].No))
	r.must(r.Undo(ctx, r.by, actions[1].No))

	r.must(r.CheckInByHand(ctx, r.by, r.people["anna"]))
	in := r.view().Actions[0].No
	r.says("10:30", "anna", kiosk.GreetingGoodbye)
	before := r.facts()
	if err := r.Undo(ctx, r.by, in); !errors.Is(err, kiosk.ErrUndone) {
		t.Errorf("undoing the check-in of one who left since: %v, want ErrUndone", err)
	}
	if !maps.Equal(before, r.facts()) {
		t.Error("an undoing that was refused changed something")
	}
}

func TestUndo_EnrolledAndComeSince(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	r.says("10:00", "new", kiosk.GreetingUnknownBadge)
	_, err := r.Enrol(ctx, r.by, kiosk.Enrolment{Badge: r.badge(), Resident: kiosk.Resident{Language: "nl"}})
	r.must(err)
	enrol := r.view().Actions[0].No
	r.says("13:00", "new", kiosk.GreetingGoingHome)
	if err := r.Undo(ctx, r.by, enrol); !errors.Is(err, kiosk.ErrUndone) {
		t.Errorf("error is %v, want ErrUndone", err)
	}
}

func TestUndo_ClosingTimeIsNoAction(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.at("16:00")
	r.must(r.CheckInByHand(t.Context(), r.by, r.people["anna"]))
	r.at("17:10")
	r.tick()
	r.must(r.Undo(t.Context(), r.by, r.view().Actions[0].No))
	r.counts(count.PartAfternoon, nil)
}

func TestUndo_TheLastTenOfToday(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	for range 12 {
		r.must(r.AddGuest(t.Context(), r.by, kiosk.BandChild))
	}
	actions := r.view().Actions
	if len(actions) != kiosk.Undoable {
		t.Fatalf("%d actions on the list, want %d", len(actions), kiosk.Undoable)
	}
	if err := r.Undo(t.Context(), r.by, actions[9].No-1); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("undoing the eleventh: %v, want ErrNotFound", err)
	}
	r.at("2026-11-25 09:00")
	r.tick()
	if n := len(r.view().Actions); n != 0 {
		t.Errorf("%d actions of yesterday on the list", n)
	}
	if err := r.Undo(t.Context(), r.by, actions[0].No); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("undoing yesterday's: %v, want ErrNotFound", err)
	}
}
