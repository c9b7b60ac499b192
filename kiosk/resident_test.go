package kiosk

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

func TestUID_NeverShowsItself(t *testing.T) {
	uid, err := NewUID([]byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("tap", "uid", uid, "tap", Tap{UID: uid})
	text, err := json.Marshal(Tap{UID: uid})
	if err != nil {
		t.Fatal(err)
	}
	said := log.String() + string(text) + fmt.Sprintf("%v %+v %#v %x %X %s %q %d", uid, uid, uid, uid, uid, uid, uid, uid) +
		fmt.Sprintf("%v %+v %#v", Tap{UID: uid}, Tap{UID: uid}, []UID{uid})
	for _, part := range []string{"a1b2", "A1B2", "161 178", "oUQ", "0xa1"} {
		if strings.Contains(said, part) {
			t.Errorf("the card's number shows as %q in %s", part, said)
		}
	}
}

func TestNewUID_HalfAUIDIsNone(t *testing.T) {
	for n := range 13 {
		_, err := NewUID(make([]byte, n))
		if whole := n == 4 || n == 7 || n == 10; whole != (err == nil) || err != nil && !errors.Is(err, ErrUID) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestSign_OnlyOursAreTaken(t *testing.T) {
	if s, err := NewSign("teapot", "red"); err != nil || s != "teapot.red" {
		t.Errorf("teapot.red: %q, %v", s, err)
	}
	for _, s := range []Sign{"", "teapot", "teapot.", ".red", "teapot.mauve", "dragon.red", "teapot.red.blue"} {
		if _, _, err := s.Split(); !errors.Is(err, ErrSign) {
			t.Errorf("%q: %v, want ErrSign", s, err)
		}
	}
}

func TestResident_NothingIsObligatory(t *testing.T) {
	if err := (Resident{Language: "ar"}).Check(); err != nil {
		t.Errorf("neither sign nor name: %v", err)
	}
	for _, c := range []struct {
		r    Resident
		want error
	}{
		{Resident{Language: "no such"}, ErrLanguage}, {Resident{Language: "nl", Sign: "x.y"}, ErrSign},
		{Resident{Language: "nl", Name: strings.Repeat("a", 61)}, ErrName}, {Resident{Language: "nl", Name: "\xff"}, ErrName},
	} {
		if err := c.r.Check(); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.r, err, c.want)
		}
	}
}

func TestResident_ALanguageIsATag(t *testing.T) {
	for _, l := range []Language{"nl", "fil", "ar-MA", "zh-Hant-TW", "sl-rozaj-1994", DefaultLanguage} {
		if err := (Resident{Language: l}).Check(); err != nil {
			t.Errorf("%q: %v", l, err)
		}
	}
	for _, l := range []Language{"", "n", "dutch-", "-nl", "nl_NL", "1a", "Nederlands!", "nl nl", "ñl", "abcd", "nl-123456789"} {
		if err := (Resident{Language: l}).Check(); !errors.Is(err, ErrLanguage) {
			t.Errorf("%q: %v, want ErrLanguage", l, err)
		}
	}
}

func TestIsolationOf_OneWeeklyContactDecides(t *testing.T) {
	for _, c := range []struct {
		family, friends, neighbours Contact
		want                        Isolation
	}{
		{ContactNever, ContactNever, ContactNever, IsolationFew}, {ContactMonthly, ContactLessOften, ContactNever, IsolationFew},
		{ContactWeekly, ContactNever, ContactNever, IsolationEnough}, {ContactNever, ContactDaily, ContactNotSaid, IsolationEnough}, {ContactNotSaid, ContactNotSaid, ContactWeekly, IsolationEnough},
		{ContactNever, ContactNever, ContactNotSaid, IsolationUnknown}, {ContactNotSaid, ContactNotSaid, ContactNotSaid, IsolationUnknown}, {ContactMonthly, ContactNotSaid, ContactNotSaid, IsolationUnknown},
	} {
		if got, err := isolationOf(c.family, c.friends, c.neighbours); err != nil || got != c.want {
			t.Errorf("%q %q %q: %v, %v, want %v", c.family, c.friends, c.neighbours, got, err, c.want)
		}
	}
	if _, err := isolationOf("often", ContactNever, ContactNever); !errors.Is(err, ErrIntake) {
		t.Errorf("an answer that is none: %v, want ErrIntake", err)
	}
}

func TestIntake_OutcomeRefusesWhatIsNoChoice(t *testing.T) {
	in := Intake{Route: RouteFlyer, Friends: ContactWeekly}
	if got, err := in.Outcome(); err != nil || got != IsolationEnough {
		t.Errorf("%+v comes to %v (%v), want IsolationEnough", in, got, err)
	}
	for _, in := range []Intake{{Route: "hearsay"}, {Neighbours: "often"}} {
		if _, err := in.Outcome(); !errors.Is(err, ErrIntake) {
			t.Errorf("%+v: %v, want ErrIntake", in, err)
		}
	}
}

func TestFreeSigns_InTheOrderOfTheDesk(t *testing.T) {
	all := FreeSigns(nil)
	if len(all) != len(Pictures())*len(SignColours()) || all[0] != "teapot.red" || all[1] != "teapot.blue" {
		t.Fatalf("%d signs, %v first", len(all), all[:2])
	}
	if free := FreeSigns([]Sign{"teapot.red", "cat.pink"}); len(free) != len(all)-2 || slices.Contains(free, "cat.pink") || free[0] != "teapot.blue" {
		t.Errorf("%d signs are free, %v first", len(free), free[0])
	}
}
