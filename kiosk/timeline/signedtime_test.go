package timeline_test

import (
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// TestSignedTime_OneFarTimeMovesNothing: a centre that lies by a year is followed by what it
// said once more a day later, or by the room's own clock, and by nothing else.
func TestSignedTime_OneFarTimeMovesNothing(t *testing.T) {
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	today := count.DayOf(start, time.UTC)
	type answer struct {
		boot  string
		since time.Duration
		said  time.Time
		known count.Day
	}
	far := start.AddDate(1, 0, 0)
	farDay := count.DayOf(far, time.UTC)
	for _, tt := range []struct {
		name    string
		answers []answer
		want    count.Day
	}{
		{"the first one of all", []answer{{"a", 0, far, count.NoDay}}, farDay},
		{"forty days", []answer{{"a", 0, start.AddDate(0, 0, 40), today}}, today + 40},
		{"forty-one", []answer{{"a", 0, start.AddDate(0, 0, 41), today}}, count.NoDay},
		{"a year", []answer{{"a", 0, start, today}, {"a", time.Hour, far, today}}, today},
		{"again and again within a day", []answer{{"a", 0, far, today}, {"a", 12 * time.Hour, far.Add(12 * time.Hour), today},
			{"a", 24*time.Hour - 1, far.Add(24 * time.Hour), today}}, count.NoDay},
		{"again a day later", []answer{{"a", 0, far, today}, {"a", 24 * time.Hour, far.Add(24 * time.Hour), today}}, farDay + 1},
		{"another far time a day later", []answer{{"a", 0, far, today}, {"a", 24 * time.Hour, far.AddDate(0, 1, 0), today}}, count.NoDay},
		{"in another boot", []answer{{"a", 0, far, today}, {"b", 24 * time.Hour, far.Add(24 * time.Hour), today}}, count.NoDay},
		{"and that boot's next day", []answer{{"a", 0, far, today}, {"b", 24 * time.Hour, far.Add(24 * time.Hour), today},
			{"b", 48 * time.Hour, far.Add(48 * time.Hour), today}}, farDay + 2},
		{"the room knows better meanwhile", []answer{{"a", 0, far, today}, {"a", time.Hour, far.Add(time.Hour), farDay - 3}}, farDay},
		{"the truth in between", []answer{{"a", 0, far, today}, {"a", time.Hour, start.Add(time.Hour), today}, {"a", 25 * time.Hour, far.Add(25 * time.Hour), today}}, today},
		{"back from a lie that was believed", []answer{{"a", 0, far, today}, {"a", 24 * time.Hour, far.Add(24 * time.Hour), today}, {"a", 25 * time.Hour, start.Add(25 * time.Hour), today}}, today + 1},
	} {
		h := timeline.SignedTime{}
		for _, a := range tt.answers {
			h = h.Hear(kiosk.Moment{Wall: a.said, Boot: a.boot, Since: a.since}, a.known, time.UTC)
		}
		if h.Day != tt.want {
			t.Errorf("%s: heard %s, want %s", tt.name, h.Day, tt.want)
		}
	}
}
