package central_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
)

func wantError(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// waits returns for how long err says to wait, 0 for any other error.
func waits(err error) time.Duration {
	w := (*central.WaitError)(nil)
	if errors.As(err, &w) {
		return w.For
	}
	return 0
}

// TestAccept_KeepsThePasswordAtFullCost is with a centre as it is configured
// when nothing is said of passwords.
func TestAccept_KeepsThePasswordAtFullCost(t *testing.T) {
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "central.db"))
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	o, err := central.New(central.Config{Store: store, Key: serverKey})
	must(t, err)
	link, err := o.NewInvitation(t.Context(), "Een", "nadia@een.example")
	must(t, err)
	_, err = o.Accept(t.Context(), link, password)
	must(t, err)
	_, hash, err := store.Account(t.Context(), "nadia@een.example")
	must(t, err)
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(hash, want) {
		t.Errorf("kept as %s, want it to begin %s", hash, want)
	}
}

func TestInvitation_ChoosesThePasswordOnce(t *testing.T) {
	s := newServer(t)
	ctx := t.Context()
	link, err := s.NewInvitation(ctx, " Stichting Een ", "Nadia@Een.example ")
	must(t, err)
	i, err := s.Invitation(ctx, link)
	if err != nil || i != (central.Invitation{OrganisationName: "Stichting Een", AccountName: "nadia@een.example"}) {
		t.Fatalf("invitation %+v, %v", i, err)
	}
	_, err = s.SignIn(ctx, "nadia@een.example", "", "")
	wantError(t, "sign in before a password was chosen", err, central.ErrCredentials)
	for chosen, reason := range map[string]central.PasswordReason{
		"kort":                                 central.PasswordShort,
		"Welkom2026":                           central.PasswordCommon,
		"NADIA@een.example":                    central.PasswordCommon,
		"aaaaaaaaaaaa":                         central.PasswordCommon,
		strings.Repeat("lang wachtwoord ", 20): central.PasswordLong,
	} {
		_, err := s.Accept(ctx, link, chosen)
		if p := (*central.PasswordError)(nil); !errors.As(err, &p) || p.Reason != reason {
			t.Errorf("password %.20q: %v, want %s", chosen, err, reason)
		}
	}
	session, err := s.Accept(ctx, link, password)
	must(t, err)
	if a, err := s.Session(ctx, session); err != nil || a.Name != "nadia@een.example" {
		t.Errorf("session %+v, %v", a, err)
	}
	_, err = s.Accept(ctx, link, password)
	wantError(t, "a link used twice", err, central.ErrNoInvitation)
	_, err = s.NewInvitation(ctx, "Stichting Twee", "nadia@een.example")
	wantError(t, "a name of another organisation", err, central.ErrTaken)
	for _, name := range []string{"", "nadia", "a b@c", "a@", strings.Repeat("a", 300) + "@c"} {
		_, err = s.NewInvitation(ctx, "Stichting Een", name)
		wantError(t, "account "+name, err, central.ErrName)
	}
	late, err := s.NewInvitation(ctx, "Stichting Een", "nadia@een.example")
	must(t, err)
	s.clock.add(central.InvitationLife)
	_, err = s.Accept(ctx, late, password)
	wantError(t, "a link of last week", err, central.ErrNoInvitation)
}

// Five tries, then growing waits that a restart does not end; but whoever
// guesses from elsewhere does not keep the owner out.
func TestSignIn_TriesGrowSlow(t *testing.T) {
	s := newServer(t)
	ctx := t.Context()
	s.coordinator(t, "Stichting Een", "a@een.example")
	for range central.MaxAttempts {
		_, err := s.SignIn(ctx, "a@een.example", "verkeerd", "198.51.100.7")
		wantError(t, "a wrong password", err, central.ErrCredentials)
	}
	for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
		s = replica(t, s.dsn, s.clock)
		_, err := s.SignIn(ctx, "A@een.example", password, "198.51.100.7")
		if waits(err) != wait {
			t.Errorf("the right password too early: %v, want a wait of %s", err, wait)
		}
		s.clock.add(wait)
		_, err = s.SignIn(ctx, "a@een.example", "verkeerd", "198.51.100.7")
		wantError(t, "a wrong password after the wait", err, central.ErrCredentials)
	}
	if _, err := s.SignIn(ctx, "a@een.example", password, "192.0.2.1"); err != nil {
		t.Errorf("the owner at her own place: %v", err)
	}
	s.clock.add(time.Hour)
	if _, err := s.SignIn(ctx, "a@een.example", password, "198.51.100.7"); err != nil {
		t.Errorf("the right password after the wait: %v", err)
	}
	for range central.MaxAttempts { // what is not there looks the same
		_, err := s.SignIn(ctx, "nobody@een.example", password, "198.51.100.7")
		wantError(t, "no such account", err, central.ErrCredentials)
	}
	if _, err := s.SignIn(ctx, "nobody@een.example", password, "198.51.100.7"); waits(err) == 0 {
		t.Errorf("no such account after five tries: %v, want a wait", err)
	}
}

func TestSession_Ends(t *testing.T) {
	s := newServer(t)
	ctx := t.Context()
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	in := func() string {
		t.Helper()
		session, err := s.SignIn(ctx, a.Name, password, "")
		must(t, err)
		return session
	}
	ended := func(what, session string) {
		t.Helper()
		_, err := s.Session(ctx, session)
		wantError(t, what, err, central.ErrNoSession)
		_, err = s.Peek(ctx, session)
		wantError(t, what+" (peek)", err, central.ErrNoSession)
	}
	ended("never begun", "AAAAAAAAAAAAAAAAAAAAAA")

	idle := in()
	s.clock.add(central.SessionIdle / 2)
	_, err := s.Peek(ctx, idle)
	must(t, err)
	s.clock.add(central.SessionIdle / 2)
	ended("idle, with a page that refreshed itself", idle)

	busy := in()
	for range int(central.SessionLife/(central.SessionIdle/2)) - 1 {
		s.clock.add(central.SessionIdle / 2)
		_, err := s.Session(ctx, busy)
		must(t, err)
	}
	s.clock.add(central.SessionIdle / 2)
	ended("busy for eight hours", busy)

	out := in()
	must(t, s.SignOut(ctx, out))
	ended("signed out", out)

	old := in()
	_, err = s.ChangePassword(ctx, a, "verkeerd", "een andere lange zin", "")
	wantError(t, "change with a wrong password", err, central.ErrCredentials)
	fresh, err := s.ChangePassword(ctx, a, password, "een andere lange zin", "")
	must(t, err)
	ended("of before a new password", old)
	_, err = s.SignIn(ctx, a.Name, password, "")
	wantError(t, "the old password", err, central.ErrCredentials)
	must(t, s.RemoveAccount(ctx, a.Name))
	ended("of an account that was removed", fresh)
}

func TestPair_TriesAndNames(t *testing.T) {
	s := newServer(t)
	ctx := t.Context()
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	b := s.coordinator(t, "Stichting Twee", "b@twee.example")
	k := newKiosk(1)
	code := s.askPairing(t, k).Code

	for range 2 * central.MaxAttempts { // names cost no try
		_, _, err := s.Pair(ctx, a, code, "Eenzamencafé Laakkwartier")
		tells := (*central.TellingNameError)(nil)
		if !errors.As(err, &tells) || tells.Suggestion != "Buurtkamer Laakkwartier" {
			t.Fatalf("a telling name: %v", err)
		}
	}
	for range central.MaxAttempts {
		_, _, err := s.Pair(ctx, a, "ZZZZ-ZZZZ", "Laak")
		wantError(t, "a guessed code", err, central.ErrPairCode)
	}
	s = replica(t, s.dsn, s.clock)
	if _, _, err := s.Pair(ctx, a, code, "Laak"); waits(err) != 30*time.Second {
		t.Errorf("the right code after five guesses: %v, want to wait", err)
	}
	if _, _, err := s.Pair(ctx, b, "zzzzzzzz", "Laak"); !errors.Is(err, central.ErrPairCode) {
		t.Errorf("another account: %v, want no wait", err)
	}
	s.clock.add(30 * time.Second)
	typed := strings.ToLower(strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(code))
	room, _, err := s.Pair(ctx, a, typed, "  Buurtkamer   Laak ")
	if err != nil || room.Name != "Buurtkamer Laak" {
		t.Fatalf("typed as people do: %+v, %v", room, err)
	}
	other := newKiosk(2)
	code = s.askPairing(t, other).Code
	_, _, err = s.Pair(ctx, a, code, "buurtkamer laak")
	wantError(t, "a name that is taken", err, central.ErrTaken)
	_, _, err = s.PairRoom(ctx, b, code, room.ID)
	wantError(t, "a stranger's room", err, central.ErrNotFound)
	wantError(t, "unpair a stranger's room", s.Unpair(ctx, b, room.ID), central.ErrNotFound)
	_, err = s.RoomOverview(ctx, b, room.ID, "")
	wantError(t, "see a stranger's room", err, central.ErrNotFound)
	_, err = s.RoomOverview(ctx, b, room.ID+1000, "")
	wantError(t, "see a room that is not there", err, central.ErrNotFound)
	if v, err := s.Overview(ctx, b, ""); err != nil || len(v.Rooms) != 0 {
		t.Errorf("a stranger sees %+v, %v", v.Rooms, err)
	}
}

func TestWatch_TellsOfOtherServersToo(t *testing.T) {
	s := newServer(t)
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	k := newKiosk(1)
	s.pair(t, k, a, "Laak")
	other := replica(t, s.dsn, s.clock)
	told := map[string]chan int64{"same": make(chan int64, 8), "other": make(chan int64, 8)}
	done := make(chan error, 2)
	for name, o := range map[string]*server{"same": s, "other": other} {
		go func() {
			done <- o.Watch(t.Context(), func(organisation, n int64) {
				if organisation == a.Organisation {
					told[name] <- n
				}
			})
		}()
	}
	t.Cleanup(func() { // the test's context has ended by now
		for range cap(done) {
			<-done
		}
	})
	was := map[string]int64{"same": <-told["same"], "other": <-told["other"]}
	s.report(t, k, k.cell("2026-11-24", count.MeasureBadgeVisits, count.PartMorning, 1))
	now, err := s.Change(t.Context(), a.Organisation)
	must(t, err)
	for name := range told {
		if n := <-told[name]; n <= was[name] || n != now {
			t.Errorf("%s server: change %d after %d, want %d", name, n, was[name], now)
		}
	}
}
