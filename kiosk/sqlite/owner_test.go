package sqlite

import (
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// A badge that is shown to the desk leaves nothing behind, whoever's it is.
func TestShowBadge_KeepsNothing(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	for _, name := range []string{"els", "ramdin", "lost"} {
		r.enrol(t, name)
	}
	els, ramdin := r.people["els"], r.people["ramdin"]
	gerda := r.volunteer("Gerda", "590243")
	r.tap("gerda")
	r.must(r.AssignVolunteerBadge(ctx, r.by, r.badge(), gerda))
	r.must(r.MarkLost(ctx, gerda, r.people["lost"]))
	r.tap("els")
	rows := func() (n int) {
		r.must(r.db().QueryRowContext(ctx, `SELECT (SELECT count(*) FROM tap) + (SELECT count(*) FROM visit) + (SELECT count(*) FROM stay) + (SELECT count(*) FROM stranger)
			+ (SELECT count(*) FROM stay WHERE ended <> '') + (SELECT coalesce(sum(rev), 0) FROM cell)`).Scan(&n))
		return n
	}
	r.later(time.Hour)
	before := rows()
	for what, c := range map[string]struct {
		card          string
		person, owner int64
		change        func(*kiosk.Tap)
	}{
		"anybody's":               {card: "els", owner: els},
		"the one asked for":       {card: "ramdin", person: ramdin, owner: ramdin},
		"another's":               {card: "els", person: ramdin},
		"a volunteer's":           {card: "gerda"},
		"nobody's":                {card: "stranger"},
		"a lost one":              {card: "lost"},
		"one that was left there": {card: "els", person: els, change: func(t *kiosk.Tap) { t.AtStart = true }},
		"one that is doubted":     {card: "els", person: els, change: func(t *kiosk.Tap) { t.Doubt = true }},
	} {
		tap := kiosk.Tap{UID: uid(t, c.card), At: r.clock.now}
		if c.change != nil {
			c.change(&tap)
		}
		if owner, err := r.ShowBadge(ctx, tap, c.person); err != nil || owner != c.owner {
			t.Errorf("%s: person %d, %v, want %d", what, owner, err, c.owner)
		}
	}
	if after := rows(); after != before {
		t.Errorf("%d rows and revisions after it, %d before", after, before)
	}
	// A proof that was shown is used, by its owner alone.
	tap := kiosk.Tap{UID: uid(t, "els"), At: r.clock.now, Counter: 7}
	for _, c := range []struct{ person, owner int64 }{{ramdin, 0}, {els, els}, {els, 0}} {
		if owner, err := r.ShowBadge(ctx, tap, c.person); err != nil || owner != c.owner {
			t.Errorf("with a proof, asked for %d: %d, %v, want %d", c.person, owner, err, c.owner)
		}
	}
}

func TestAskAlone_OnALaterDay(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	gerda := r.volunteer("Gerda", "590243")
	no, err := r.Enrol(ctx, gerda, kiosk.Enrolment{Resident: kiosk.Resident{Sign: "tulip.red", Language: "nl"}})
	r.must(err)
	ask := func(by int64, want bool) {
		t.Helper()
		if ready, err := r.AskAlone(ctx, by, no); err != nil || ready != want {
			t.Errorf("ready %t, %v, want %t", ready, err, want)
		}
	}
	ask(gerda, false)
	ask(gerda, false)
	r.later(24 * time.Hour)
	ask(gerda+1, false) // another volunteer begins anew
	ask(gerda, false)
	r.reopen()
	r.later(24 * time.Hour)
	ask(gerda, true)
	r.later(40 * 24 * time.Hour)
	ask(gerda, false)
}
