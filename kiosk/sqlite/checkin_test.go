package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// The table "what a tap means", from the card to the cells.
func TestCheckIn_WhatATapMeans(t *testing.T) {
	type step struct {
		when string
		card string
		says kiosk.GreetingKind
	}
	for name, c := range map[string]struct {
		steps              []step
		in                 int
		morning, noon, eve counted
	}{
		"arriving is one visit": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}}, in: 1, morning: counted{badgeVisits: 1},
		},
		"again within ten minutes changes nothing": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"09:30:40", "anna", kiosk.GreetingAlreadyIn}, {"09:39:59", "anna", kiosk.GreetingAlreadyIn}},
			in:    1, morning: counted{badgeVisits: 1},
		},
		"a tap on the way out is a goodbye": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"10:15", "anna", kiosk.GreetingGoodbye}}, morning: counted{badgeVisits: 1},
		},
		"soon after the goodbye the stay goes on": {
			steps:   []step{{"09:30", "anna", kiosk.GreetingFirst}, {"10:15", "anna", kiosk.GreetingGoodbye}, {"10:18", "anna", kiosk.GreetingStillHere}, {"10:27", "anna", kiosk.GreetingAlreadyIn}, {"10:29", "anna", kiosk.GreetingGoodbye}},
			morning: counted{badgeVisits: 1},
		},
		"back later in the same part is no second visit": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"10:15", "anna", kiosk.GreetingGoodbye}, {"10:25", "anna", kiosk.GreetingWelcome}},
			in:    1, morning: counted{badgeVisits: 1},
		},
		"in the next part it is": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"10:15", "anna", kiosk.GreetingGoodbye}, {"13:00", "anna", kiosk.GreetingWelcome}},
			in:    1, morning: counted{badgeVisits: 1}, noon: counted{badgeVisits: 1},
		},
		"the ten minutes run across noon": {
			steps: []step{{"11:55", "anna", kiosk.GreetingFirst}, {"12:04", "anna", kiosk.GreetingAlreadyIn}}, in: 1, morning: counted{badgeVisits: 1},
		},
		"gone before noon, back after it within ten minutes": {
			steps: []step{{"11:30", "anna", kiosk.GreetingFirst}, {"11:55", "anna", kiosk.GreetingGoodbye}, {"12:03", "anna", kiosk.GreetingStillHere}},
			in:    1, morning: counted{badgeVisits: 1},
		},
		"in since the morning: assumed": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"13:00", "anna", kiosk.GreetingGoingHome}},
			in:    1, morning: counted{badgeVisits: 1}, noon: counted{badgeVisits: 1, count.MeasureAssumed: 1},
		},
		"and once more: she was going home": {
			steps:   []step{{"09:30", "anna", kiosk.GreetingFirst}, {"13:00", "anna", kiosk.GreetingGoingHome}, {"13:00:30", "anna", kiosk.GreetingGoodbye}},
			morning: counted{badgeVisits: 1},
		},
		"too soon for going home: the same tap": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"13:00", "anna", kiosk.GreetingGoingHome}, {"13:00:01", "anna", kiosk.GreetingAlreadyIn}},
			in:    1, morning: counted{badgeVisits: 1}, noon: counted{badgeVisits: 1, count.MeasureAssumed: 1},
		},
		"taken back, she may come back": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"13:00", "anna", kiosk.GreetingGoingHome}, {"13:00:30", "anna", kiosk.GreetingGoodbye}, {"13:05", "anna", kiosk.GreetingStillHere}, {"14:00", "anna", kiosk.GreetingGoingHome}},
			in:    1, morning: counted{badgeVisits: 1}, noon: counted{badgeVisits: 1, count.MeasureAssumed: 1},
		},
		"closed by the clock, a late goodbye is measured": {
			steps: []step{{"16:00", "anna", kiosk.GreetingFirst}, {"17:30", "anna", kiosk.GreetingGoodbye}, {"17:35", "anna", kiosk.GreetingStillHere}},
			in:    1, noon: counted{badgeVisits: 1},
		},
		"an hour after closing it is a new arrival": {
			steps: []step{{"16:00", "anna", kiosk.GreetingFirst}, {"18:00", "anna", kiosk.GreetingWelcome}},
			in:    1, noon: counted{badgeVisits: 1}, eve: counted{badgeVisits: 1},
		},
		"two people are two visits": {
			steps: []step{{"09:30", "anna", kiosk.GreetingFirst}, {"09:30:01", "ben", kiosk.GreetingFirst}}, in: 2, morning: counted{badgeVisits: 2},
		},
		"a guest pass counts each time": {
			steps: []step{{"09:30", "pass", kiosk.GreetingGuest}, {"09:30:04", "pass", kiosk.GreetingGuest}}, morning: counted{guests: 2},
		},
		"an unknown badge is welcomed and not counted yet": {
			steps: []step{{"09:30", "new", kiosk.GreetingUnknownBadge}, {"11:30", "new", kiosk.GreetingUnknownBadge}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, "2026-11-24", "anna", "ben")
			r.t = t
			r.pass("pass")
			for _, s := range c.steps {
				r.says(s.when, s.card, s.says)
			}
			r.counts(count.PartMorning, c.morning)
			r.counts(count.PartAfternoon, c.noon)
			r.counts(count.PartEvening, c.eve)
			if v := r.view(); v.In != c.in {
				t.Errorf("%d are in, want %d", v.In, c.in)
			}
		})
	}
}

func TestCheckIn_ReadsTheGreetingBack(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.ChangeProfile(t.Context(), r.by, kiosk.Resident{No: r.people["anna"], Sign: "tulip.red", Name: "Anna", OnScreen: true, Language: "ar"}))
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now})
	r.must(err)
	want := kiosk.Greeting{Kind: kiosk.GreetingFirst, Sign: "tulip.red", Name: "Anna", Language: "ar"}
	if got.Greeting != want {
		t.Errorf("greeting is %+v, want %+v", got.Greeting, want)
	}
	r.must(r.ChangeProfile(t.Context(), r.by, kiosk.Resident{No: r.people["anna"], Sign: "tulip.red", Name: "Anna", Language: "ar"}))
	got, err = r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now})
	r.must(err)
	if got.Greeting.Name != "" {
		t.Errorf("door shows the name of one who does not want it")
	}
}

func TestCheckIn_PhonesLeaveNoTrace(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	phone, err := kiosk.NewUID([]byte{8, 1, 2, 3})
	r.must(err)
	before := r.number(`SELECT total_changes()`)
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: phone, At: r.clock.now})
	r.must(err)
	rows := r.number(`SELECT (SELECT count(*) FROM tap) + (SELECT count(*) FROM visit) + (SELECT count(*) FROM stranger)`)
	if got.Greeting.Kind != kiosk.GreetingPhone || rows != 0 || before != r.number(`SELECT total_changes()`) {
		t.Errorf("door says %q and %d rows were kept", got.Greeting.Kind, rows)
	}
}

func TestCheckIn_VolunteersBadge(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	code, err := r.AddVolunteer(t.Context(), "Gerda")
	r.must(err)
	gerda, err := r.CheckCode(t.Context(), code)
	r.must(err)
	r.says("09:10", "gerda", kiosk.GreetingUnknownBadge)
	r.must(r.AssignVolunteerBadge(t.Context(), r.by, r.badge(), gerda))
	got, err := r.CheckIn(t.Context(), kiosk.Tap{UID: uid(t, "gerda"), At: r.clock.now})
	r.must(err)
	if got.Volunteer != gerda || got.Greeting.Kind != kiosk.GreetingNone {
		t.Errorf("receipt is %+v, want volunteer %d and nobody greeted", got, gerda)
	}
	r.at("17:10")
	r.tick()
	r.counts(count.PartMorning, nil)
}

func TestCheckIn_YesterdayLeftOpen(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("16:00", "anna", kiosk.GreetingFirst)
	r.says("2026-11-25 09:00", "anna", kiosk.GreetingWelcome)
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	if n := r.number(`SELECT count(*) FROM stay WHERE ended = 'estimated'`); n != 1 {
		t.Errorf("%d stays closed by the clock, want 1", n)
	}
}

func TestCheckIn_AfterClosingUntilMidnight(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("23:50", "anna", kiosk.GreetingFirst)
	r.at("2026-11-25 00:10")
	r.tick()
	if v := r.view(); v.In != 0 {
		t.Errorf("%d are in after midnight", v.In)
	}
	r.says("00:20", "anna", kiosk.GreetingWelcome)
	r.counts(count.PartMorning, counted{badgeVisits: 1})
}

// 23:30 on the evening before a clock change and 00:30 after it, and the
// hours that there are twice or not at all.
func TestCheckIn_DayIsTheRoomsOwn(t *testing.T) {
	for _, c := range []struct{ at, day, part string }{
		{"2026-03-28 23:30", "2026-03-28", "avond"},
		{"2026-03-29 00:30", "2026-03-29", "ochtend"},
		{"2026-03-29 12:00", "2026-03-29", "middag"},
		{"2026-10-25 00:30", "2026-10-25", "ochtend"},
		{"2026-10-25 02:30", "2026-10-25", "ochtend"},
		{"2026-10-25 23:30", "2026-10-25", "avond"},
	} {
		r := newRoom(t, "2026-03-01", "anna")
		r.at(c.at)
		r.tap("anna")
		if n := r.number(`SELECT count(*) FROM cell WHERE period = ?1 AND part = ?2 AND measure = 'badge_visits' AND n = 1`, c.day, c.part); n != 1 {
			t.Errorf("%s is not counted on %s %s", c.at, c.day, c.part)
		}
	}
}

func TestCheckIn_GuestBurstWaitsForTheDesk(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.pass("pass")
	for i := range 10 {
		r.says(fmt.Sprintf("10:00:%02d", i), "pass", kiosk.GreetingGuest)
	}
	r.counts(count.PartMorning, counted{guests: 8})
	held := r.view().Held
	if len(held) != 2 {
		t.Fatalf("%d guests wait, want 2", len(held))
	}
	r.must(r.ReviewGuest(t.Context(), r.by, held[0].Visit, true))
	r.must(r.ReviewGuest(t.Context(), r.by, held[1].Visit, false))
	r.counts(count.PartMorning, counted{guests: 9})
	if err := r.ReviewGuest(t.Context(), r.by, held[1].Visit, true); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("reviewing twice: %v, want ErrNotFound", err)
	}
	r.says("10:02", "pass", kiosk.GreetingGuest)
	r.counts(count.PartMorning, counted{guests: 10})
}

func TestCheckIn_LongAway(t *testing.T) {
	r := newRoom(t, "2026-01-05", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("2026-04-05 10:00", "anna", kiosk.GreetingWelcome)  // 90 days
	r.says("2026-07-06 10:00", "anna", kiosk.GreetingLongTime) // 92 days
}

func TestCheckIn_CancelledBeforeItBegins(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.CheckIn(ctx, kiosk.Tap{UID: uid(t, "anna"), At: r.clock.now}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
	r.counts(count.PartMorning, nil)
}
