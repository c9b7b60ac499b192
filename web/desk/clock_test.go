package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
)

// While nobody knows the time no page tells a date, and a volunteer is asked
// whether the clock is right; the answer is asked once.
func TestClock_AVolunteerSaysThatItIsRight(t *testing.T) {
	t.Parallel()
	level, told := kiosk.LevelOrange, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			if level == kiosk.LevelGreen {
				return nil
			}
			return []kiosk.Health{{Part: "clock", Level: level, Reason: "clock.unsure"}}
		}
		c.Confirm = func(_ context.Context, m kiosk.Moment) error {
			told, level = told+1, kiosk.LevelGreen
			return nil
		}
	})
	v := newVisitor(t, r).in()
	for _, words := range []string{"De tijd wordt gezocht", "Is het nu", "Ja, dat klopt"} {
		has(t, v.get("/desk").body, words)
	}
	if a := v.post("/desk/clock"); a.to != "/desk" || told != 1 {
		t.Fatalf("status %d to %q, told %d times", a.status, a.to, told)
	}
	if page := v.get("/desk").body; strings.Contains(page, "Is het nu") || strings.Contains(page, "De tijd wordt gezocht") {
		t.Error("asked again after the answer")
	}
	if a := v.post("/desk/clock"); a.to == "/desk" || told != 1 {
		t.Errorf("an answer to no question: status %d, told %d times", a.status, told)
	}
}

// What was mended stands on the desk until a volunteer says that they have seen it.
func TestMended_StandsThereUntilItIsSeen(t *testing.T) {
	t.Parallel()
	light, seen := []kiosk.Health{{Part: "store", Level: kiosk.LevelOrange, Reason: "store.missing"}}, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health { return light }
		c.SeenMended = func(context.Context) error { seen, light = seen+1, nil; return nil }
	})
	v := newVisitor(t, r).in()
	for _, words := range []string{"Het boek van de kamer was beschadigd", "Ja, doorgegeven"} {
		has(t, v.get("/desk").body, words)
	}
	if a := v.post("/desk/mended"); a.to != "/desk" || seen != 1 {
		t.Fatalf("status %d to %q, seen %d times", a.status, a.to, seen)
	}
	if strings.Contains(v.get("/desk").body, "beschadigd") {
		t.Error("it still stands there")
	}
	if a := v.post("/desk/mended"); a.to == "/desk" || seen != 1 {
		t.Errorf("an answer to no question: status %d, seen %d times", a.status, seen)
	}
}

// A time that the centre told and the clock does not know is asked about beside
// the clock's own, and each yes goes to what it was said of.
func TestClock_AVolunteerSaysThatTheOtherTimeIsRight(t *testing.T) {
	t.Parallel()
	other, ask, own, others := time.Date(2026, 11, 27, 13, 5, 0, 0, time.UTC), false, 0, 0
	r := desktest.Open(t, func(c *desk.Config) {
		c.Health = func() []kiosk.Health {
			return []kiosk.Health{{Part: "clock", Level: kiosk.LevelOrange, Reason: "clock.unsure"}}
		}
		c.Confirm = func(context.Context, kiosk.Moment) error { own++; return nil }
		c.OtherTime = func() (time.Time, bool) { return other, ask }
		c.ConfirmOther = func(context.Context) error { others++; return nil }
	})
	v := newVisitor(t, r).in()
	if page := v.get("/desk").body; strings.Contains(page, "Bij de coördinator") {
		t.Error("asked about a time that nobody told")
	}
	if v.post("/desk/clock", "other", "yes"); others != 0 {
		t.Error("an answer to no question is taken")
	}
	ask = true
	has(t, v.get("/desk").body, "Bij de coördinator is het nu vrijdag 27 november 2026, 14:05")
	if a := v.post("/desk/clock", "other", "yes"); a.to != "/desk" || others != 1 || own != 0 {
		t.Errorf("status %d to %q, told %d and %d times", a.status, a.to, own, others)
	}
	if v.post("/desk/clock"); own != 1 || others != 1 {
		t.Errorf("told %d and %d times", own, others)
	}
}
