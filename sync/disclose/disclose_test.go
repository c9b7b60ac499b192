package disclose_test

import (
	"testing"

	"example.org/inloop/sync/disclose"
)

func TestRound_ByItsOffset(t *testing.T) {
	for _, tt := range []struct {
		v    int64
		u    disclose.Offset
		want int64
	}{
		{8, 0, 10}, {8, 4, 10}, {9, 0, 10}, {9, 4, 10}, {11, 0, 15}, {11, 1, 10}, {14, 3, 15}, {14, 4, 10}, {10, 0, 10}, {15, 4, 15}, {0, 2, 10},
	} {
		if got := disclose.Round(tt.v, tt.u); got != tt.want {
			t.Errorf("Round(%d, %d) = %d, want %d", tt.v, tt.u, got, tt.want)
		}
	}
}

func TestRound_IsMonotoneAndNear(t *testing.T) {
	for u := range disclose.Offset(5) {
		for v := int64(1); v < 3000; v++ {
			got := disclose.Round(v, u)
			if got < disclose.Round(v-1, u) || got%5 != 0 || v >= 8 && (got < v-4 || got > v+4) {
				t.Fatalf("Round(%d, %d) = %d", v, u, got)
			}
		}
	}
}

func TestOffsets_AreFixedEvenAndApart(t *testing.T) {
	key := make([]byte, 32)
	// HMAC-SHA256 by another program: first 8 bytes, modulo 5.
	if got := disclose.PoolOffset(key, "12", "reach_n"); got != 0 {
		t.Errorf("pool offset %d, want 0", got)
	}
	if got := disclose.ReleaseOffset(key, "12", "*", "unique"); got != 2 {
		t.Errorf("release offset %d, want 2", got)
	}
	var seen [5]int
	for i := range 5000 {
		key[0], key[1] = byte(i), byte(i>>8)
		seen[disclose.PoolOffset(key, "12", "reach_n")]++
	}
	for u, n := range seen {
		if n < 850 || n > 1150 {
			t.Errorf("offset %d in %d of 5000 keys, want about 1000", u, n)
		}
	}
}

func TestReach_Oracles(t *testing.T) {
	type reach = disclose.Reach
	for _, tt := range []struct {
		exact, shown reach
		low, high    int64
	}{
		{reach{74, 31, 12}, reach{75, 30, 10}, 10, 85},
		{reach{150, 90, 20}, reach{150, 90, 20}, 10, 60},
		{reach{240, 144, 24}, reach{240, 145, 25}, 8, 55},
	} {
		shown, ok := tt.exact.Shown(2, 2, 2)
		if got := shown.Interval(); !ok || shown != tt.shown || got != (disclose.Interval{Low: tt.low, High: tt.high}) {
			t.Errorf("%v: shown %v %v as %v, want %v as %d-%d", tt.exact, shown, ok, got, tt.shown, tt.low, tt.high)
		}
	}
	// Three rooms counted together, each number with its own offset.
	if shown, ok := (reach{181, 102, 18}).Shown(2, 1, 0); !ok || shown != (reach{180, 105, 20}) || shown.Interval() != (disclose.Interval{Low: 8, High: 59}) {
		t.Errorf("181, 102, 18: shown %v %v as %v", shown, ok, shown.Interval())
	}
}

func TestReach_WhatIsNeverShown(t *testing.T) {
	for name, r := range map[string]disclose.Reach{
		"fewer than 40 persons":            {N: 32, A: 26, K: 14},
		"39 persons":                       {N: 39, A: 39, K: 15},
		"19 answers":                       {N: 80, A: 19, K: 9},
		"7 with few contacts":              {N: 80, A: 60, K: 7},
		"7 with enough":                    {N: 80, A: 60, K: 53},
		"rounded numbers under 15 apart":   {N: 41, A: 41, K: 33},
		"nothing":                          {},
		"more answers than could be asked": {N: 41, A: 45, K: 40},
	} {
		for u := range disclose.Offset(5) {
			if shown, ok := r.Shown(u, u, u); ok || shown != (disclose.Reach{}) {
				t.Errorf("%s: %v is shown as %v", name, r, shown)
			}
		}
	}
}

func TestReach_ThePartNeverOutgrowsTheWhole(t *testing.T) {
	// All answered: the answers alone would be rounded above the persons.
	if shown, ok := (disclose.Reach{N: 61, A: 61, K: 20}).Shown(4, 0, 2); !ok || shown != (disclose.Reach{N: 60, A: 60, K: 20}) {
		t.Errorf("shown %v %v", shown, ok)
	}
}

func TestPair_Oracle(t *testing.T) {
	p, ok := disclose.Pair{Base: 100, K: 45}.Shown(2, 2)
	if !ok || p != (disclose.Pair{Base: 100, K: 45}) || p.Interval() != (disclose.Interval{Low: 39, High: 55}) {
		t.Errorf("100, 45: %v %v as %v, want 39-55", p, ok, p.Interval())
	}
	for _, p := range []disclose.Pair{{19, 9}, {30, 7}, {30, 23}, {24, 12}} {
		if shown, ok := p.Shown(4, 0); ok {
			t.Errorf("%v is shown as %v", p, shown)
		}
	}
}

func TestRoutes_FromEightyNew(t *testing.T) {
	u := []disclose.Offset{0, 1, 2, 3, 4}
	shown := disclose.FigureShown
	small := disclose.Figure{State: disclose.DisclosureSmall}
	for i, f := range disclose.Routes([]int64{0, 7, 8, 11, 31}, u, 23) {
		if want := []disclose.Figure{small, small, shown(10), shown(10), shown(30)}[i]; f != want {
			t.Errorf("route %d: %v, want %v", i, f, want)
		}
	}
	for i, f := range disclose.Routes([]int64{0, 7, 8, 11, 31}, u, 22) { // 79
		if f.State != disclose.DisclosureWithheld {
			t.Errorf("route %d of 79: %v", i, f)
		}
	}
}

func TestPersonsEstimate_Oracle(t *testing.T) {
	for name, tt := range map[string]struct {
		got, want disclose.Figure
	}{
		"150 counted room by room": {disclose.PersonsEstimate(150, [3]int64{25, 12, 3}, true), disclose.FigureShown(120)},
		"39 slips":                 {disclose.PersonsEstimate(150, [3]int64{24, 12, 3}, true), disclose.Figure{State: disclose.DisclosureWithheld}},
		"persons not shown":        {disclose.PersonsEstimate(150, [3]int64{25, 12, 3}, false), disclose.Figure{State: disclose.DisclosureWithheld}},
		"nobody in two rooms":      {disclose.PersonsEstimate(154, [3]int64{40, 0, 0}, true), disclose.FigureShown(150)},
		"a half goes up":           {disclose.PersonsEstimate(155, [3]int64{40, 0, 0}, true), disclose.FigureShown(160)},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
}

func TestRelease_PersonsVisitsReferrals(t *testing.T) {
	small := disclose.Figure{State: disclose.DisclosureSmall}
	for v, want := range map[int64]disclose.Figure{
		0: disclose.FigureShown(0), 1: small, 7: small, 8: disclose.FigureShown(10), 12: disclose.FigureShown(10), 13: disclose.FigureShown(15), 40: disclose.FigureShown(40),
	} {
		if got := disclose.Persons(v, 2); got != want {
			t.Errorf("%d persons: %v, want %v", v, got, want)
		}
		if got := disclose.Visits(v, 2); got != want {
			t.Errorf("%d visits: %v, want %v", v, got, want)
		}
		if got := disclose.Referrals(v); v < 8 && got != want || v >= 8 && got != disclose.FigureShown(v) {
			t.Errorf("%d referrals: %v", v, got)
		}
	}
}

func TestEnoughBadges_FromSixtyPercent(t *testing.T) {
	for _, tt := range []struct {
		badge, guests int64
		want          bool
	}{{60, 40, true}, {59, 41, false}, {3, 2, true}, {0, 0, false}, {0, 9, false}, {1, 0, true}} {
		if got := disclose.EnoughBadges(tt.badge, tt.guests); got != tt.want {
			t.Errorf("%d by badge, %d guests: %v", tt.badge, tt.guests, got)
		}
	}
}

// In a room's first year everybody is new: told as two numbers they are told alike.
func TestReleaseOffset_OneForAllPersons(t *testing.T) {
	key := []byte("a key")
	for _, m := range []string{"new", "regular"} {
		for _, room := range []string{"1", "2", "3", "4"} {
			if disclose.ReleaseOffset(key, "12", room, m) != disclose.ReleaseOffset(key, "12", room, "unique") {
				t.Errorf("%s of room %s is rounded by an offset of its own", m, room)
			}
		}
	}
}
