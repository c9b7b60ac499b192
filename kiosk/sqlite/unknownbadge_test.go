package sqlite

import (
	"errors"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

func TestUnknownBadge_BecomesAGuestAtClosing(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.says("10:00", "new", kiosk.GreetingUnknownBadge)
	r.says("13:00", "new", kiosk.GreetingUnknownBadge)
	badge := r.badge()
	r.at("17:00")
	r.tick()
	r.counts(count.PartMorning, counted{guests: 1})
	r.counts(count.PartAfternoon, nil)
	if how := r.number(`SELECT count(*) FROM visit WHERE how = 'unknown_badge' AND band = 'unasked'`); how != 1 {
		t.Errorf("the guest is not marked as an unknown badge")
	}
	if _, err := r.Enrol(t.Context(), r.by, kiosk.Enrolment{Badge: badge, Resident: kiosk.Resident{Language: "nl"}}); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("enrolling after closing: %v, want ErrNotFound", err)
	}
	r.says("18:00", "new", kiosk.GreetingUnknownBadge)
	r.at("2026-11-25 00:01")
	r.tick()
	if n := r.number(`SELECT (SELECT count(*) FROM stranger) + (SELECT count(*) FROM badge)`); n != 0 {
		t.Errorf("a badge that nobody claimed left %d rows", n)
	}
	if n := r.number(`SELECT count(*) FROM visit WHERE void = 0`); n != 1 {
		t.Errorf("%d guests, want 1: later taps count nothing", n)
	}
}

func TestUnknownBadge_AssignedCountsFromTheFirstTap(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.says("10:00", "new", kiosk.GreetingUnknownBadge)
	r.at("13:00")
	no, err := r.Enrol(t.Context(), r.by, kiosk.Enrolment{Badge: r.badge(), Resident: kiosk.Resident{Sign: "teapot.blue", Language: "ar"}})
	r.must(err)
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	v := r.view()
	if v.In != 1 || v.Present[0].No != no || !v.Present[0].New || v.Present[0].Since.Hour() != 10 {
		t.Errorf("present is %+v, want the new person since 10:00", v.Present)
	}
	r.says("13:30", "new", kiosk.GreetingGoingHome)
	r.at("17:05")
	r.tick()
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	r.says("2026-11-25 10:00", "new", kiosk.GreetingWelcome)
}

func TestUnknownBadge_AssignedToOneWhoIsIn(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.says("10:00", "anna", kiosk.GreetingFirst)
	r.says("10:05", "new", kiosk.GreetingUnknownBadge)
	r.must(r.AssignBadge(t.Context(), r.by, r.badge(), r.people["anna"]))
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	r.says("11:00", "new", kiosk.GreetingGoodbye)
	if n := r.number(`SELECT count(*) FROM stay`); n != 1 {
		t.Errorf("%d stays, want 1", n)
	}
}

func TestUnknownBadge_GuestOfAMomentAgo(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.pass("pass")
	r.says("10:00", "pass", kiosk.GreetingGuest)
	r.says("10:05", "new", kiosk.GreetingUnknownBadge)
	v := r.view()
	if len(v.Recent) != 1 {
		t.Fatalf("%d recent guests, want 1", len(v.Recent))
	}
	_, err := r.Enrol(t.Context(), r.by, kiosk.Enrolment{Badge: r.badge(), Guest: v.Recent[0].ID, Resident: kiosk.Resident{Language: "nl"}})
	r.must(err)
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	r.at("17:05")
	r.tick()
	r.counts(count.PartMorning, counted{badgeVisits: 1})
}

func TestUnknownBadge_PassAndDropCountNothing(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.says("10:00", "hook", kiosk.GreetingUnknownBadge)
	r.must(r.MakeGuestPass(t.Context(), r.by, r.badge()))
	r.says("10:10", "found", kiosk.GreetingUnknownBadge)
	r.must(r.DropBadge(t.Context(), r.by, r.badge()))
	r.says("10:20", "found", kiosk.GreetingUnknownBadge)
	r.at("17:05")
	r.tick()
	r.counts(count.PartMorning, nil)
	r.says("17:10", "hook", kiosk.GreetingGuest)
}

func TestUnknownBadge_LostStaysItsResidents(t *testing.T) {
	r := newRoom(t, "2026-11-24", "anna")
	r.must(r.MarkLost(t.Context(), r.by, r.people["anna"]))
	r.says("10:00", "anna", kiosk.GreetingUnknownBadge)
	if v := r.view(); len(v.Badges) != 1 || v.Badges[0].Lost != r.people["anna"] {
		t.Fatalf("badges are %+v, want Anna's lost one", v.Badges)
	}
	r.at("17:05")
	r.tick()
	r.counts(count.PartMorning, counted{guests: 1})
	r.says("2026-11-25 10:00", "anna", kiosk.GreetingUnknownBadge)
	r.must(r.AssignBadge(t.Context(), r.by, r.badge(), r.people["anna"]))
	r.counts(count.PartMorning, counted{badgeVisits: 1})
	r.says("10:30", "anna", kiosk.GreetingGoodbye)
	if n := r.number(`SELECT count(*) FROM badge WHERE lost = 0`); n != 1 {
		t.Errorf("%d badges in use, want 1", n)
	}
}
