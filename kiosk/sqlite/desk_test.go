package sqlite

import (
	"bytes"
	"errors"
	"maps"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

func TestCheckInByHand_SameRulesAsATap(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	anna := r.people["anna"]
	r.at("10:00")
	r.must(r.CheckInByHand(ctx, r.by, anna))
	if err := r.CheckInByHand(ctx, r.by, anna); !errors.Is(err, kiosk.ErrAlready) {
		t.Errorf("checking in twice: %v, want ErrAlready", err)
	}
	r.says("10:05", "anna", kiosk.GreetingAlreadyIn) // the desk's arrival counts for the ten minutes
	r.at("10:20")
	r.must(r.CheckOut(ctx, r.by, anna))
	if err := r.CheckOut(ctx, r.by, anna); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("checking out twice: %v, want ErrNotFound", err)
	}
	r.says("10:25", "anna", kiosk.GreetingStillHere)
	r.at("10:40")
	r.must(r.CheckOut(ctx, r.by, anna))
	r.at("10:45")
	r.must(r.CheckInByHand(ctx, r.by, anna))
	if n := r.number(`SELECT count(*) FROM stay`); n != 1 {
		t.Errorf("%d stays, want the one re-opened", n)
	}
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	if err := r.CheckInByHand(ctx, r.by, 999); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("checking in nobody: %v, want ErrNotFound", err)
	}
}

func TestView(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-23", "anna", "ben", "cem")
	r.pass("pass")
	r.says("2026-11-23 10:00", "anna", kiosk.GreetingFirst)
	r.says("2026-11-24 10:00", "anna", kiosk.GreetingWelcome)
	r.says("10:01", "ben", kiosk.GreetingFirst)
	r.says("10:02", "pass", kiosk.GreetingGuest)
	r.says("10:03", "new", kiosk.GreetingUnknownBadge)
	r.must(r.AddGuest(ctx, r.by, kiosk.BandTeen))
	v := r.view()
	if v.Day != count.Date(2026, 11, 24) || v.Part != count.PartMorning || !v.Open {
		t.Errorf("it is %s %s, open %v", v.Day, v.Part, v.Open)
	}
	if v.In != 2 || v.Present[0].No != r.people["ben"] || !v.Present[0].New || v.Present[1].New {
		t.Errorf("present are %+v, want Ben, new, before Anna", v.Present)
	}
	if v.Visits != 4 || !maps.Equal(v.Guests, map[kiosk.Band]int{kiosk.BandUnasked: 1, kiosk.BandTeen: 1}) || len(v.Recent) != 2 {
		t.Errorf("%d visits, guests %v, %d recent", v.Visits, v.Guests, len(v.Recent))
	}
	if v.Newcomers != 3 {
		t.Errorf("%d newcomers, want Ben, the guest and the new badge", v.Newcomers)
	}
	if len(v.Actions) != 1 || v.Actions[0].Band != kiosk.BandTeen || v.Actions[0].Kind != kiosk.ActionAddGuest {
		t.Errorf("actions are %+v", v.Actions)
	}
	r.at("10:12")
	r.must(r.CheckOut(ctx, r.by, r.people["ben"]))
	if v := r.view(); v.Newcomers != 2 {
		t.Errorf("%d newcomers, Ben being gone", v.Newcomers)
	}
	r.must(r.Undo(ctx, r.by, r.view().Actions[0].No))
	r.at("10:20")
	if v := r.view(); v.Newcomers != 0 || len(v.Recent) != 0 {
		t.Errorf("after a while still %d newcomers and %d recent guests", v.Newcomers, len(v.Recent))
	}
	all, err := r.Residents(ctx)
	r.must(err)
	if len(all) != 3 || all[0].Name != "Mevrouw anna" || all[0].Since.IsZero() || !all[2].Since.IsZero() {
		t.Errorf("residents are %+v", all)
	}
}

func TestProfile_SignIsHersAlone(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	anna := kiosk.Resident{No: r.people["anna"], Sign: "tulip.red", Language: "nl"}
	r.must(r.ChangeProfile(ctx, r.by, anna))
	ben := kiosk.Resident{No: r.people["ben"], Sign: "tulip.red", Language: "nl"}
	if err := r.ChangeProfile(ctx, r.by, ben); !errors.Is(err, kiosk.ErrSignTaken) {
		t.Errorf("taking her sign: %v, want ErrSignTaken", err)
	}
	free, err := r.FreeSigns(ctx)
	r.must(err)
	if len(free) != len(kiosk.Pictures())*len(kiosk.SignColours())-1 {
		t.Errorf("%d signs are free", len(free))
	}
	r.must(r.Erase(ctx, r.by, anna.No))
	r.must(r.ChangeProfile(ctx, r.by, ben))
}

func TestPaper(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna")
	r.at("13:00")
	today := count.Date(2026, 11, 24)
	anna := r.people["anna"]
	for _, c := range []struct {
		name string
		e    kiosk.PaperEntry
		want error
	}{
		{"this morning", kiosk.PaperEntry{Day: today, Part: count.PartMorning, Person: anna}, nil},
		{"twice", kiosk.PaperEntry{Day: today, Part: count.PartMorning, Person: anna}, kiosk.ErrAlready},
		{"guests", kiosk.PaperEntry{Day: today, Part: count.PartMorning, Guests: 5}, nil},
		{"a part that goes on", kiosk.PaperEntry{Day: today, Part: count.PartAfternoon, Person: anna}, kiosk.ErrNotYet},
		{"tomorrow", kiosk.PaperEntry{Day: today + 1, Part: count.PartMorning, Guests: 1}, kiosk.ErrFuture},
		{"long ago", kiosk.PaperEntry{Day: today - 500, Part: count.PartMorning, Guests: 1}, kiosk.ErrTooOld},
		{"no part", kiosk.PaperEntry{Day: today - 1, Guests: 1}, kiosk.ErrNotFound},
		{"nobody", kiosk.PaperEntry{Day: today - 1, Part: count.PartMorning}, kiosk.ErrNotFound},
		{"both", kiosk.PaperEntry{Day: today - 1, Part: count.PartMorning, Person: anna, Guests: 1}, kiosk.ErrNotFound},
		{"a stranger", kiosk.PaperEntry{Day: today - 1, Part: count.PartMorning, Person: 99}, kiosk.ErrNotFound},
	} {
		if err := r.EnterPaper(ctx, r.by, c.e); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	r.counts(count.PartMorning, counted{badgeVisits: 1, guests: 5})
}

func TestIntake_KeepsTheOutcomeSealed(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24", "anna", "ben")
	anna, ben := r.people["anna"], r.people["ben"]
	if _, err := r.AnsweredIn(ctx, anna); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("nobody asked her: %v, want ErrNotFound", err)
	}
	answers := kiosk.Intake{Consent: true, Family: kiosk.ContactNever, Friends: kiosk.ContactMonthly, Neighbours: kiosk.ContactLessOften, Route: kiosk.RouteDoctor}
	r.must(r.Intake(ctx, anna, answers))
	if q, err := r.AnsweredIn(ctx, anna); err != nil || q != "2026Q4" {
		t.Errorf("answered in %q, %v", q, err)
	}
	answers.Consent = false
	r.must(r.Intake(ctx, ben, answers))
	if _, err := r.AnsweredIn(ctx, ben); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("answers without consent were kept: %v", err)
	}
	var sealed []byte
	r.must(r.db().QueryRowContext(ctx, `SELECT said FROM answer WHERE person = ?1`, anna).Scan(&sealed))
	want := reach.GivenAnswer{State: kiosk.IsolationFew, Given: "2026Q4", Text: kiosk.ConsentText}
	if said, err := r.Store.rows().OpenAnswers(sealed, anna); err != nil || len(said.Given) != 1 || said.Given[0] != want {
		t.Errorf("sealed is %+v, %v", said, err)
	}
	if bytes.Contains(sealed, []byte("Q4")) {
		t.Error("the quarter stands in clear")
	}
	for _, who := range []int64{anna, ben} {
		if a, err := r.OwnAnswers(ctx, who); err != nil || a.Route != kiosk.RouteDoctor {
			t.Errorf("the route of %d is %q, %v", who, a.Route, err)
		}
	}
	answers.Family = "sometimes"
	if err := r.Intake(ctx, anna, answers); !errors.Is(err, kiosk.ErrIntake) {
		t.Errorf("an answer of her own: %v, want ErrIntake", err)
	}
	r.must(r.ForgetIntake(ctx, anna))
	if _, err := r.AnsweredIn(ctx, anna); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("withdrawn, still there: %v", err)
	}
}

func TestErase_MovesNoCell(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-09-29", "anna", "ben")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:00", "ben", kiosk.GreetingFirst)
	r.says("2026-11-24 10:00", "anna", kiosk.GreetingWelcome)
	r.says("10:00", "ben", kiosk.GreetingWelcome)
	r.must(r.Intake(ctx, r.people["anna"], kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}))
	r.must(r.Erase(ctx, r.by, r.people["anna"]))
	want := map[string]int64{"1 2026-09-29 ochtend badge_visits": 2, "1 2026-11-24 ochtend badge_visits": 2}
	if got := r.numbers(); !maps.Equal(got, want) {
		t.Errorf("cells are %v, want %v", got, want)
	}
	for _, table := range []string{"person", "badge", "visit", "stay", "answer"} {
		if n := r.number(`SELECT count(*) FROM ` + table + ` WHERE ` + map[bool]string{true: "no", false: "person"}[table == "person"] + ` = 1`); n != 0 {
			t.Errorf("%d rows of her left in %s", n, table)
		}
	}
	r.says("10:30", "anna", kiosk.GreetingUnknownBadge)
	if err := r.Erase(ctx, r.by, r.people["anna"]); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("erasing twice: %v, want ErrNotFound", err)
	}
	// A late correction of the closed quarter moves what was kept by itself.
	r.must(r.EnterPaper(ctx, r.by, kiosk.PaperEntry{Day: count.Date(2026, 9, 29), Part: count.PartMorning, Guests: 2}))
	if got := r.numbers(); got["1 2026-09-29 ochtend badge_visits"] != 2 || got["1 2026-09-29 ochtend guests"] != 2 {
		t.Errorf("cells are %v", got)
	}
}

func TestTick_EndsEachDay(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna") // a Tuesday
	r.tick()
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.at("2026-11-30 10:00")
	r.tick()
	got := r.read(`SELECT period, n FROM cell WHERE measure = 'open'`)
	want := map[string]int64{"2026-11-24": 1, "2026-11-25": 1, "2026-11-26": 1, "2026-11-27": 1, "2026-11-28": 1, "2026-11-29": 0}
	if !maps.Equal(got, want) {
		t.Errorf("open is %v, want %v", got, want)
	}
	zeros := len(count.Parts()) * len(reach.DayPartRules())
	if n := r.number(`SELECT count(*) FROM cell WHERE period = '2026-11-25' AND part <> '' AND n = 0`); n != zeros {
		t.Errorf("%d zeros for a day on which nobody came, want %d", n, zeros)
	}
	if n := r.number(`SELECT count(*) FROM cell WHERE period = '2026-11-29'`); n != 1 {
		t.Errorf("%d cells for a day that was closed, want 1", n)
	}
	rev := r.number(`SELECT rev FROM meta`)
	r.tick()
	if again := r.number(`SELECT rev FROM meta`); again != rev {
		t.Errorf("an idle tick takes a revision")
	}
}

func TestOpen_FitsWhatIsOpenToTheTimetable(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.cfg.Timetable.Week[time.Tuesday] = []kiosk.OpeningHours{{From: 9 * 60, Until: 12 * 60}}
	r.reopen()
	r.at("12:01")
	r.tick()
	if v := r.view(); v.In != 0 {
		t.Errorf("%d are in after the new closing time", v.In)
	}
}
