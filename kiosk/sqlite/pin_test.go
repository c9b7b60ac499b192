package sqlite

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// volunteer adds one with a PIN.
func (r *room) volunteer(name, pin string) int64 {
	r.t.Helper()
	code, err := r.AddVolunteer(r.t.Context(), name)
	r.must(err)
	no, err := r.CheckCode(r.t.Context(), strings.ToLower(code))
	r.must(err)
	r.must(r.SetPIN(r.t.Context(), no, strings.ToLower(code), pin))
	return no
}

// try enters a PIN and returns what is left: tries and a wait.
func (r *room) enter(volunteer int64, pin string) (left int, wait time.Duration) {
	r.t.Helper()
	err := r.CheckPIN(r.t.Context(), volunteer, pin)
	var e *kiosk.PINError
	if !errors.As(err, &e) {
		r.t.Fatalf("PIN %s: %v, want a PINError", pin, err)
	}
	return e.Left, e.Wait
}

// TestSetPIN_IsKeptAtFullCost is with a store as it is configured when nothing
// is said of PINs.
func TestSetPIN_IsKeptAtFullCost(t *testing.T) {
	r := newRoom(t, "2026-11-24")
	r.cfg.HashPIN = nil
	r.reopen()
	gerda := r.volunteer("Gerda", "590243")
	r.must(r.CheckPIN(t.Context(), gerda, "590243"))
	var hash string
	r.must(r.db().QueryRowContext(t.Context(), `SELECT pin FROM volunteer WHERE no = ?1`, gerda).Scan(&hash))
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(hash, want) {
		t.Errorf("kept as %s, want it to begin %s", hash, want)
	}
}

func TestCheckPIN_WaitsGrowAndSurvive(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	gerda, sjoerd := r.volunteer("Gerda", "590243"), r.volunteer("Sjoerd", "481625")
	r.must(r.CheckPIN(ctx, gerda, "590243"))
	for want := 4; want >= 1; want-- {
		if left, wait := r.enter(gerda, "111222"); left != want || wait != 0 {
			t.Errorf("%d tries left and %v to wait, want %d", left, wait, want)
		}
	}
	if left, wait := r.enter(gerda, "111222"); left != 0 || wait != 30*time.Second {
		t.Errorf("after five tries %d left and %v to wait", left, wait)
	}
	r.must(r.CheckPIN(ctx, sjoerd, "481625")) // never another's wait
	r.later(10 * time.Second)
	if _, wait := r.enter(gerda, "590243"); wait != 20*time.Second {
		t.Errorf("the right PIN during the wait: %v to wait, want 20 s", wait)
	}
	r.reopen()
	if _, wait := r.enter(gerda, "590243"); wait != 20*time.Second {
		t.Errorf("after a restart %v to wait, want 20 s", wait)
	}
	r.boot("boot 2", "2026-11-24 12:00")
	if _, wait := r.enter(gerda, "590243"); wait != 20*time.Second {
		t.Errorf("after a reboot %v to wait, want 20 s", wait)
	}
	r.clock.now.Wall = r.clock.now.Wall.Add(time.Hour) // the wall clock shortens nothing
	if _, wait := r.enter(gerda, "590243"); wait != 20*time.Second {
		t.Errorf("after a jump of the clock %v to wait, want 20 s", wait)
	}
	for _, want := range []time.Duration{60 * time.Second, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
		r.later(time.Hour)
		if _, wait := r.enter(gerda, "111222"); wait != want {
			t.Errorf("%v to wait, want %v", wait, want)
		}
	}
	r.later(time.Hour)
	r.must(r.CheckPIN(ctx, gerda, "590243"))
	if left, _ := r.enter(gerda, "111222"); left != 4 {
		t.Errorf("%d tries left after the right PIN, want 4", left)
	}
}

func TestCheckPIN_Refused(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	code, err := r.AddVolunteer(ctx, "Gerda")
	r.must(err)
	gerda, err := r.CheckCode(ctx, code)
	r.must(err)
	if err := r.CheckPIN(ctx, gerda, ""); !errors.Is(err, kiosk.ErrNoPIN) {
		t.Errorf("no PIN yet: %v, want ErrNoPIN", err)
	}
	for _, weak := range []string{"123456", "000000", "12345", "abcdef"} {
		if err := r.SetPIN(ctx, gerda, code, weak); !errors.Is(err, kiosk.ErrWeakPIN) {
			t.Errorf("%s: %v, want ErrWeakPIN", weak, err)
		}
	}
	r.must(r.SetPIN(ctx, gerda, code, "481625"))
	for _, wrong := range []string{"", "590243", "48162", "481625 ", "4816250"} {
		if left, _ := r.enter(gerda, wrong); left < 0 {
			t.Error("negative tries")
		}
	}
	if err := r.CheckPIN(ctx, 99, "481625"); !errors.Is(err, kiosk.ErrNotFound) {
		t.Errorf("nobody's PIN: %v, want ErrNotFound", err)
	}
}

func TestSetPIN_NotWhatStandsOnTheBadge(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	code, err := r.AddVolunteer(ctx, "Gerda")
	r.must(err)
	gerda, err := r.CheckCode(ctx, code)
	r.must(err)
	card, err := kiosk.NewUID([]byte{0x04, 0x12, 0x97, 0x33, 0x85, 0x01, 0x69})
	r.must(err)
	_, err = r.CheckIn(ctx, kiosk.Tap{UID: card, At: r.clock.now})
	r.must(err)
	r.must(r.AssignVolunteerBadge(ctx, r.by, r.badge(), gerda))
	h := hex.EncodeToString(card.Bytes())
	for _, own := range []string{h[:6], h[len(h)-6:], "558953"} {
		if err := r.SetPIN(ctx, gerda, code, own); !errors.Is(err, kiosk.ErrWeakPIN) {
			t.Errorf("%s: %v, want ErrWeakPIN", own, err)
		}
	}
	r.must(r.SetPIN(ctx, gerda, code, "481625"))
}

// TestSetPIN_SpendsTheCode: whoever is interrupted on the way to a PIN, the program killed
// or the page left, goes on with the code that they have; the PIN spends it.
func TestSetPIN_SpendsTheCode(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	code, err := r.AddVolunteer(ctx, "Gerda")
	r.must(err)
	other, err := r.AddVolunteer(ctx, "Sjoerd")
	r.must(err)
	var gerda int64
	for range 2 { // the program ends after each
		gerda, err = r.CheckCode(ctx, code)
		r.must(err)
		r.reopen()
	}
	for _, not := range []string{other, "", "AAAA-AAAA-AAAA"} {
		if err := r.SetPIN(ctx, gerda, not, "481625"); !errors.Is(err, kiosk.ErrOneTimeCode) {
			t.Errorf("a PIN with another code than hers: %v, want ErrOneTimeCode", err)
		}
	}
	if err := r.SetPIN(ctx, gerda, code, "123456"); !errors.Is(err, kiosk.ErrWeakPIN) {
		t.Errorf("a weak PIN: %v", err)
	}
	r.must(r.SetPIN(ctx, gerda, code, "481625"))
	if err := r.SetPIN(ctx, gerda, code, "590243"); !errors.Is(err, kiosk.ErrOneTimeCode) {
		t.Errorf("a second PIN with the same code: %v, want ErrOneTimeCode", err)
	}
	if _, err := r.CheckCode(ctx, code); !errors.Is(err, kiosk.ErrOneTimeCode) {
		t.Errorf("the code after the PIN: %v, want ErrOneTimeCode", err)
	}
	r.must(r.CheckPIN(ctx, gerda, "481625"))
}

func TestCheckCode_WithinADay(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	late, err := r.AddVolunteer(ctx, "Sjoerd")
	r.must(err)
	r.later(24*time.Hour + time.Second)
	if _, err := r.CheckCode(ctx, late); !errors.Is(err, kiosk.ErrOneTimeCode) {
		t.Errorf("a day later: %v, want ErrOneTimeCode", err)
	}
	for range 4 {
		_, _ = r.CheckCode(ctx, "AAAA-AAAA-AAAA") // wrong
	}
	fresh, err := r.AddVolunteer(ctx, "Kees")
	r.must(err)
	var e *kiosk.PINError
	if _, err := r.CheckCode(ctx, fresh); !errors.As(err, &e) || e.Wait != 30*time.Second {
		t.Errorf("after five wrong codes: %v, want a wait of 30 s", err)
	}
	r.later(30 * time.Second)
	_, err = r.CheckCode(ctx, fresh)
	r.must(err)
}

func TestVolunteers(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, "2026-11-24")
	gerda := r.volunteer("Gerda", "590243")
	r.tap("gerda")
	r.must(r.AssignVolunteerBadge(ctx, r.by, r.badge(), gerda))
	all, err := r.Volunteers(ctx)
	r.must(err)
	if len(all) != 1 || all[0] != (kiosk.Volunteer{No: gerda, Name: "Gerda", HasPIN: true, Badges: 1}) {
		t.Errorf("volunteers are %+v", all)
	}
	r.tap("gerda")
	r.must(r.RemoveVolunteer(ctx, gerda))
	if got := r.tap("gerda"); got != kiosk.GreetingUnknownBadge {
		t.Errorf("removed, her badge says %q", got)
	}
}
