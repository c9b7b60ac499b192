package sqlstore_test

import (
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
)

func TestInvitation_IsUsedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx, ends := t.Context(), noon.Add(time.Hour)
		must(t, s.Invite(ctx, "Stichting Een", "a@een.example", hash(1), noon, ends))
		must(t, s.Invite(ctx, "Stichting Een", "a@een.example", hash(2), noon, ends)) // in the place of the first
		wantError(t, "an account of another organisation", s.Invite(ctx, "Stichting Twee", "a@een.example", hash(3), noon, ends), central.ErrTaken)
		for name, n := range map[string]byte{"a replaced link": 1, "a link that was never made": 3} {
			_, err := s.Invited(ctx, hash(n), noon)
			wantError(t, name, err, central.ErrNoInvitation)
			wantError(t, name, s.Accept(ctx, hash(n), "$argon2id$", hash(9), noon), central.ErrNoInvitation)
		}
		_, err := s.Invited(ctx, hash(2), ends)
		wantError(t, "a link that ended", err, central.ErrNoInvitation)
		a, err := s.Invited(ctx, hash(2), noon)
		if err != nil || a.Name != "a@een.example" || a.OrganisationName != "Stichting Een" {
			t.Fatalf("invited %+v, %v", a, err)
		}
		must(t, s.Accept(ctx, hash(2), "$argon2id$1", hash(9), noon))
		wantError(t, "a link used twice", s.Accept(ctx, hash(2), "$argon2id$2", hash(9), noon), central.ErrNoInvitation)
		got, password, err := s.Account(ctx, "a@een.example")
		if err != nil || got != a || password != "$argon2id$1" {
			t.Errorf("account %+v %q, %v", got, password, err)
		}
	})
}

func TestSessions_EndWithPasswordAndAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		long := noon.Add(-time.Hour)
		begin := func(n byte, at time.Time) { must(t, s.BeginSession(ctx, a.Organisation, a.ID, hash(n), at, long)) }
		gone := func(what string, n byte) {
			t.Helper()
			_, err := s.Session(ctx, hash(n))
			wantError(t, what, err, central.ErrNoSession)
		}
		begin(1, noon)
		got, err := s.Session(ctx, hash(1))
		if err != nil || got != (central.Session{Account: a, Begun: noon, Used: noon}) {
			t.Fatalf("session %+v, %v", got, err)
		}
		must(t, s.TouchSession(ctx, hash(1), noon.Add(time.Minute)))
		must(t, s.TouchSession(ctx, hash(1), noon)) // a slower server: not back
		if got, err = s.Session(ctx, hash(1)); err != nil || !got.Used.Equal(noon.Add(time.Minute)) {
			t.Errorf("touched: %+v, %v", got, err)
		}
		begin(2, long)
		begin(3, noon)
		gone("one begun long ago", 2)
		must(t, s.EndSession(ctx, hash(3)))
		must(t, s.EndSession(ctx, hash(3)))
		gone("one that was ended", 3)
		must(t, s.SetPassword(ctx, a.Organisation, a.ID, "$argon2id$2", hash(4), noon))
		gone("one from before a new password", 1)
		if _, err := s.Session(ctx, hash(4)); err != nil {
			t.Errorf("the new session: %v", err)
		}
		wantError(t, "a stranger's account", s.SetPassword(ctx, a.Organisation+1, a.ID, "$argon2id$", hash(5), noon), central.ErrNotFound)
		wantError(t, "a stranger's session", s.BeginSession(ctx, a.Organisation+1, a.ID, hash(5), noon, long), central.ErrNotFound)
		must(t, s.RemoveAccount(ctx, a.Name))
		gone("one of an account that was removed", 4)
		wantError(t, "remove twice", s.RemoveAccount(ctx, a.Name), central.ErrNotFound)
		_, _, err = s.Account(ctx, a.Name)
		wantError(t, "account removed", err, central.ErrNotFound)
	})
}

func TestTries_SurviveReopening(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, dsn string) {
		wait := func(n int) time.Duration { return time.Duration(n-1) * time.Minute }
		try := func(s *sqlstore.Store, key string, at time.Time) time.Duration {
			t.Helper()
			left, err := s.CountAttempt(t.Context(), key, at, wait)
			must(t, err)
			return left
		}
		for i, step := range []struct {
			after, left time.Duration
		}{
			{0, 0},                              // the first costs nothing
			{0, 0},                              // the second was free, and begins a wait of a minute
			{30 * time.Second, time.Minute / 2}, // half of it is over
			{time.Minute, 0},                    // the third begins one of two
			{time.Minute + time.Second, 2*time.Minute - time.Second},
		} {
			other := open(t, dsn)
			if left := try(other, "sign-in a", noon.Add(step.after)); left != step.left {
				t.Errorf("try %d: wait %s, want %s", i+1, left, step.left)
			}
			if left := try(other, "sign-in b"+string('0'+rune(i)), noon); left != 0 {
				t.Errorf("try %d: another key has to wait %s", i+1, left)
			}
		}
		must(t, s.ResetAttempts(t.Context(), "sign-in a"))
		if left := try(s, "sign-in a", noon.Add(time.Minute)); left != 0 {
			t.Errorf("forgiven: wait %s", left)
		}
		try(s, "sign-in a", noon.Add(time.Minute))
		if left := try(s, "sign-in a", noon.Add(24*time.Hour+time.Minute)); left != 0 {
			t.Errorf("a day later: wait %s", left)
		}
	})
}

func TestTries_ManyAtOnceAreAllCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		const many, free = 30, 5
		lefts := make(chan time.Duration)
		for range many {
			go func() {
				left, err := s.CountAttempt(t.Context(), "k", noon, func(n int) time.Duration {
					if n < free {
						return 0
					}
					return time.Hour
				})
				if err != nil {
					t.Error(err)
				}
				lefts <- left
			}()
		}
		through := 0
		for range many {
			if left := <-lefts; left == 0 {
				through++
			}
		}
		if through != free {
			t.Errorf("%d tries got through at once, want %d", through, free)
		}
	})
}

func TestStore_OtherOrganisationSeesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		b := coordinator(t, s, "Stichting Twee", "b@twee.example")
		room := paired(t, s, a, "Laak", publicKey(1))
		send(t, s, room.Kiosk.ID, 1, cell(1, "2026-11-24", count.MeasureGuests, count.PartMorning, 3, 1), cell(1, "2026-11", count.MeasureUnique, count.PartNone, 3, 2))
		for _, r := range []int64{0, room.ID} {
			cells, err := s.Cells(ctx, b.Organisation, r, count.Days{First: count.Date(2026, 1, 1), Last: count.Date(2026, 12, 31)}, []count.Period{"2026-11"})
			if err != nil || len(cells) != 0 {
				t.Errorf("room %d: a stranger reads %v, %v", r, cells, err)
			}
			_, err = s.FirstDay(ctx, b.Organisation, r)
			wantError(t, "a stranger's first day", err, central.ErrNotFound)
			mine, err := s.Cells(ctx, a.Organisation, r, count.Days{First: count.Date(2026, 1, 1), Last: count.Date(2026, 12, 31)}, []count.Period{"2026-11"})
			if err != nil || len(mine) != 2 {
				t.Errorf("room %d: its own reads %v, %v", r, mine, err)
			}
			if first, err := s.FirstDay(ctx, a.Organisation, r); err != nil || first != count.Date(2026, 11, 24) {
				t.Errorf("room %d: first day %q, %v", r, first, err)
			}
		}
		rooms, err := s.Rooms(ctx, b.Organisation)
		if err != nil || len(rooms) != 0 {
			t.Errorf("a stranger lists %v, %v", rooms, err)
		}
		if n, err := s.Changes(ctx); err != nil || n[a.Organisation] != 2 || n[b.Organisation] != 0 {
			t.Errorf("changes %v, %v", n, err)
		}
	})
}
