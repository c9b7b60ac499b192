package pool_test

import (
	"errors"
	"slices"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

func day(t testing.TB, s string) count.Day {
	t.Helper()
	d, err := count.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// moment is a member's kiosk at the minute when it is asked for its share, with all as
// it should be: b of three rooms, of which a is the teller.
type moment struct {
	k pool.Knowledge
	p pool.Participation
	h pool.Heard
}

func goodMoment(t testing.TB) moment {
	t.Helper()
	a, b, c := threeRooms(t)
	set := setOf("12", "2026Q3", a, b, c)
	ready := b.Ready("12", "2026Q3", b.exchange, true)
	since := day(t, "2026-03-01")
	return moment{
		pool.Knowledge{
			Self: b.Party, Today: day(t, "2026-10-08"), Signed: day(t, "2026-10-08"), Organisation: "12",
			Peers: []pool.Peer{
				{Kiosk: a.Kiosk, Room: "Noord", Identity: a.Identity(), Since: since},
				{Kiosk: c.Kiosk, Room: "Zuid", Identity: c.Identity(), Since: since},
			},
		},
		pool.Participation{Period: "2026Q3", Organisation: "12", Ready: &ready},
		pool.Heard{Organisation: "12", Period: "2026Q3", State: pool.RoundOpen, Members: set.Members},
	}
}

func TestNext_Refusals(t *testing.T) {
	a, b, c := threeRooms(t)
	stranger := newRoom(t, "kiosk_d", 0x60, 0x90, 0x40)
	other := newRoom(t, "kiosk_b", 0x20, 0x91, 0x20) // the same kiosk, another period key
	only := func(rooms ...room) []pool.Member { return setOf("12", "2026Q3", rooms...).Members }
	for name, tt := range map[string]struct {
		change func(m *moment)
		want   error
	}{
		"before day 8 by its own clock": {func(m *moment) { m.k.Today-- }, pool.ErrTooEarly},
		"before day 8 by the centre":    {func(m *moment) { m.k.Signed-- }, pool.ErrTooEarly},
		"a clock that is not trusted":   {func(m *moment) { m.k.Today = count.NoDay }, pool.ErrClock},
		"no signed time":                {func(m *moment) { m.k.Signed = count.NoDay }, pool.ErrClock},
		"a quarter before the newest": {func(m *moment) {
			m.k.Today = day(t, "2027-01-08") // the centre is behind
		}, pool.ErrNotNewest},
		"the fourth quarter without its year": {func(m *moment) { m.p.Period, m.h.Period = "2026Q4", "2026Q4"; m.k.Today += 92; m.k.Signed = m.k.Today }, pool.ErrNotNewest},
		"after its last day":                  {func(m *moment) { m.k.Today = day(t, "2026-11-06") }, pool.ErrTooLate},
		"the epoch began after day 8":         {func(m *moment) { m.k.Today += 3; m.k.Signed += 3; m.k.Began = m.k.Today }, pool.ErrNewEpoch},
		"the epoch began on day 8":            {func(m *moment) { m.k.Began = m.k.Today }, pool.ErrNewEpoch},
		"another organisation":                {func(m *moment) { m.h.Organisation = "13" }, pool.ErrOrganisation},
		"a room was set aside":                {func(m *moment) { m.k.Peers[1].Aside = true }, pool.ErrAside},
		"a room was set aside, and left": {func(m *moment) {
			m.k.Peers[1].Aside, m.k.Peers[1].Left = true, m.k.Today
		}, pool.ErrAside},
		"not in the set":            {func(m *moment) { m.h.Members = only(a, c) }, pool.ErrNotAsOffered},
		"another period key":        {func(m *moment) { m.h.Members = only(a, other, c) }, pool.ErrNotAsOffered},
		"never ready":               {func(m *moment) { m.p.Ready = nil }, pool.ErrNotAsOffered},
		"ready for another one":     {func(m *moment) { m.p.Organisation, m.k.Organisation = "13", "" }, pool.ErrNotAsOffered},
		"under another kiosk's id":  {func(m *moment) { m.k.Self.Kiosk = "kiosk_x" }, pool.ErrNotAsOffered},
		"said that it counts":       {func(m *moment) { m.p.Ready.Counts = false }, pool.ErrNotAsOffered},
		"a member never listed":     {func(m *moment) { m.h.Members = only(a, b, c, stranger) }, pool.ErrUnlisted},
		"a member under another id": {func(m *moment) { m.k.Peers[0].Kiosk = "kiosk_x" }, pool.ErrUnlisted},
		"a member listed too late":  {func(m *moment) { m.k.Peers[0].Since = day(t, "2026-10-01") }, pool.ErrListedLate},
		"a signature of another's":  {func(m *moment) { m.h.Members[0].Signature = m.h.Members[1].Signature }, pool.ErrSignature},
		"a key swapped on its way":  {func(m *moment) { m.h.Members[0].Key = m.h.Members[1].Key }, pool.ErrSignature},
		"a member that counts, said not to": {func(m *moment) {
			for i := range m.h.Members {
				if m.h.Members[i].Kiosk == "kiosk_c" {
					m.h.Members[i].Counts = false
				}
			}
		}, pool.ErrSignature},
		"a member twice":           {func(m *moment) { m.h.Members = append(m.h.Members, m.h.Members[2]) }, pool.ErrSet},
		"members in another order": {func(m *moment) { slices.Reverse(m.h.Members) }, pool.ErrSet},
		"more than a hundred":      {func(m *moment) { m.h.Members = append(m.h.Members, make([]pool.Member, 98)...) }, pool.ErrSet},
		"fewer than half of the rooms known": {func(m *moment) {
			for i := range 3 {
				m.k.Peers = append(m.k.Peers, pool.Peer{Kiosk: "kiosk_x", Identity: pool.Identity{byte(i)}, Since: m.k.Peers[0].Since})
			}
			m.h.Members = only(a, b)
		}, pool.ErrFewRooms},
		"half of them have left a month ago": {func(m *moment) {
			for i := range 3 {
				m.k.Peers = append(m.k.Peers, pool.Peer{Kiosk: "kiosk_x", Identity: pool.Identity{byte(i)}, Since: m.k.Peers[0].Since, Left: m.k.Today - 30})
			}
			m.h.Members = only(a, b)
		}, pool.ErrFewRooms},
		"alone, and another is known": {func(m *moment) { m.h.Members = only(b); m.k.Peers = m.k.Peers[:1] }, pool.ErrAlone},
		"answered for another set":    {func(m *moment) { m.p.Set, m.p.Settled = pool.SetHash{1}, true }, pool.ErrAnswered},
		"answered under another organisation": {func(m *moment) {
			m.p.Set, m.p.Settled, m.h.Organisation, m.k.Organisation = set12(t).Hash(), true, "13", ""
		}, pool.ErrAnswered},
		"answered, then the set made smaller":  {func(m *moment) { m.p.Set, m.p.Settled, m.h.Members = set12(t).Hash(), true, only(b, c) }, pool.ErrAnswered},
		"answered, then the same set reversed": {func(m *moment) { m.p.Set, m.p.Settled = set12(t).Hash(), true; slices.Reverse(m.h.Members) }, pool.ErrAnswered},
	} {
		m := goodMoment(t)
		tt.change(&m)
		if step, err := m.k.Next(m.p, m.h); !errors.Is(err, tt.want) || step != pool.RoundStepWait {
			t.Errorf("%s: %s, %v; want to wait, %v", name, step, err, tt.want)
		}
	}
}

func set12(t testing.TB) pool.Set {
	a, b, c := threeRooms(t)
	return setOf("12", "2026Q3", a, b, c)
}

func TestNext_WhatIsDone(t *testing.T) {
	a, b, c := threeRooms(t)
	for name, tt := range map[string]struct {
		change func(m *moment)
		want   pool.RoundStep
	}{
		"asked for its share":          {func(*moment) {}, pool.RoundStepShare},
		"on its last day":              {func(m *moment) { m.k.Today = day(t, "2026-11-05") }, pool.RoundStepShare},
		"never used an organisation":   {func(m *moment) { m.k.Organisation = "" }, pool.RoundStepShare},
		"asked again after its answer": {func(m *moment) { m.p.Set, m.p.Settled = m.h.Set().Hash(), true }, pool.RoundStepWait},
		"two of four known rooms": {func(m *moment) {
			m.k.Peers = append(m.k.Peers, pool.Peer{Kiosk: "kiosk_d", Since: m.k.Peers[0].Since})
			m.h.Members = setOf("12", "2026Q3", a, b).Members
		}, pool.RoundStepShare},
		"the others left more than a quarter ago": {func(m *moment) {
			for i := range 3 {
				m.k.Peers = append(m.k.Peers, pool.Peer{Kiosk: "kiosk_x", Identity: pool.Identity{byte(i)}, Since: m.k.Peers[0].Since, Left: m.k.Today - 92})
			}
			m.h.Members = setOf("12", "2026Q3", a, b).Members
		}, pool.RoundStepShare},
		"rooms that came during the period are due in the next one": {func(m *moment) {
			for i := range 9 {
				m.k.Peers = append(m.k.Peers, pool.Peer{Kiosk: "kiosk_x", Identity: pool.Identity{byte(i)}, Since: day(t, "2026-07-01")})
			}
		}, pool.RoundStepShare},
		"alone, and nobody is known":              {func(m *moment) { m.k.Peers, m.h.Members = nil, setOf("12", "2026Q3", b).Members }, pool.RoundStepTell},
		"not ready yet, and the round is not set": {func(m *moment) { m.p.Ready, m.h = nil, pool.Heard{Organisation: "12"} }, pool.RoundStepReady},
		"told of the round before":                {func(m *moment) { m.p.Ready, m.h.Period = nil, "2026Q2" }, pool.RoundStepReady},
		"ready under an organisation of before":   {func(m *moment) { m.p.Organisation, m.h.State, m.h.Members = "11", pool.RoundReady, nil }, pool.RoundStepReady},
		"not ready, and the set is made":          {func(m *moment) { m.p.Ready, m.h.State, m.h.Members = nil, pool.RoundShares, nil }, pool.RoundStepWait},
		"the centre knows nothing of it":          {func(m *moment) { m.p.Ready, m.h = nil, pool.Heard{} }, pool.RoundStepWait},
		"failed, says the centre":                 {func(m *moment) { m.h = pool.Heard{Organisation: "12", Period: "2026Q3", State: pool.RoundFailed} }, pool.RoundStepClose},
		"done without this kiosk":                 {func(m *moment) { m.h = pool.Heard{Organisation: "12", Period: "2026Q3", State: pool.RoundDone} }, pool.RoundStepClose},
		"failed before it could begin": {func(m *moment) {
			m.h, m.p.Ready = pool.Heard{Organisation: "12", Period: "2026Q3", State: pool.RoundFailed}, nil
			m.k.Today, m.k.Signed = m.k.Today-1, m.k.Signed-1
		}, pool.RoundStepWait},
		"the last day is over":                       {func(m *moment) { m.k.Today, m.k.Signed = day(t, "2026-11-06"), day(t, "2026-11-06") }, pool.RoundStepClose},
		"the last day is over, says the centre":      {func(m *moment) { m.k.Today, m.k.Signed = count.NoDay, day(t, "2026-11-06") }, pool.RoundStepClose},
		"a clock far ahead settles nothing":          {func(m *moment) { m.k.Today += 365; m.k.Signed -= 30 }, pool.RoundStepWait},
		"a centre far ahead settles nothing, either": {func(m *moment) { m.k.Signed += 365 }, pool.RoundStepWait},
	} {
		m := goodMoment(t)
		tt.change(&m)
		if step, err := m.k.Next(m.p, m.h); step != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, step, err, tt.want)
		}
	}
	// The teller waits for the shares of the others.
	m := goodMoment(t)
	m.k.Self, m.p.Ready = a.Party, ptr(a.Ready("12", "2026Q3", a.exchange, true))
	m.k.Peers[0] = pool.Peer{Kiosk: b.Kiosk, Identity: b.Identity(), Since: m.k.Peers[1].Since}
	_ = c
	for state, want := range map[pool.RoundState]pool.RoundStep{pool.RoundOpen: pool.RoundStepWait, pool.RoundShares: pool.RoundStepTell} {
		m.h.State = state
		if step, err := m.k.Next(m.p, m.h); step != want || err != nil {
			t.Errorf("teller, %s: %s, %v; want %s", state, step, err, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestNextAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		today, began string
		settled      bool
		want         pool.RoundStep
		err          error
	}{
		"before day 8":                      {today: "2026-10-07", want: pool.RoundStepWait, err: pool.ErrTooEarly},
		"on day 8":                          {today: "2026-10-08", want: pool.RoundStepTell},
		"a clock that is not trusted":       {want: pool.RoundStepWait, err: pool.ErrClock},
		"told already":                      {today: "2026-10-09", settled: true, want: pool.RoundStepWait},
		"too late":                          {today: "2026-11-06", want: pool.RoundStepClose},
		"the database was put back since":   {today: "2026-10-20", began: "2026-10-19", want: pool.RoundStepClose},
		"the database was put back earlier": {today: "2026-10-20", began: "2026-10-07", want: pool.RoundStepTell},
	} {
		k := pool.Knowledge{}
		if tt.today != "" {
			k.Today = day(t, tt.today)
		}
		if tt.began != "" {
			k.Began = day(t, tt.began)
		}
		step, err := k.NextAlone(pool.Participation{Period: "2026Q3", Settled: tt.settled})
		if step != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %s, %v; want %s, %v", name, step, err, tt.want, tt.err)
		}
	}
}

func TestCheckResult_WhatIsShown(t *testing.T) {
	a, b, c := threeRooms(t)
	set := setOf("12", "2026Q3", a, b, c)
	result := tell(t, set, []room{a, b, c})
	forged := tell(t, setOf("12", "2026Q3", b, c), []room{b, c})
	for name, tt := range map[string]struct {
		change func(m *moment)
		result pool.JointResult
		teller room
		want   error
	}{
		"as it should be":               {func(*moment) {}, result, a, nil},
		"as many as it counted alone":   {func(m *moment) { m.p.Own["2026Q3"] = 184 }, result, a, nil},
		"below its own":                 {func(m *moment) { m.p.Own["2026Q3"] = 185 }, result, a, pool.ErrBelowOwn},
		"of another set":                {func(*moment) {}, forged, c, pool.ErrResult},
		"of another teller":             {func(*moment) {}, result, c, pool.ErrResult},
		"of another period":             {func(m *moment) { m.p.Period = "2026Q2" }, result, a, pool.ErrResult},
		"of another organisation":       {func(m *moment) { m.k.Organisation = "13" }, result, a, pool.ErrOrganisation},
		"this kiosk was not in the set": {func(m *moment) { m.p.Set, m.p.Teller = pool.SetHash{}, pool.Identity{} }, result, a, nil},
		"it was not, and knows nobody":  {func(m *moment) { m.p.Set, m.p.Teller, m.k.Peers = pool.SetHash{}, pool.Identity{}, nil }, result, a, pool.ErrResult},
		"it was not, and knew them late": {func(m *moment) {
			m.p.Set, m.p.Teller, m.k.Peers[0].Since = pool.SetHash{}, pool.Identity{}, day(t, "2026-10-01")
		}, result, a, pool.ErrResult},
	} {
		m := goodMoment(t)
		m.p.Set, m.p.Teller, m.p.Own = set.Hash(), a.Identity(), map[count.Period]int64{"2026Q3": 48}
		tt.change(&m)
		if err := m.k.CheckResult(m.p, "12", tt.result, tt.teller.Identity()); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
