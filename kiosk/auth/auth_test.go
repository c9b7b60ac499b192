package auth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
)

// firstHash is what the first release kept of the PIN 590213.
const firstHash = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$o0WS5iCx5Pipk59OGUOjsgrHvWFvGsKPraBMIGy88V8"

func TestVerify(t *testing.T) {
	own, err := auth.Hash("481625")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := auth.Hash("481625"); err != nil || again == own {
		t.Errorf("two hashes of one PIN are the same, %v", err)
	}
	if want := firstHash[:len("$argon2id$v=19$m=19456,t=2,p=1$")]; !strings.HasPrefix(own, want) || len(own) != len(firstHash) {
		t.Errorf("a new hash is %q, want the cost and lengths of %q", own, firstHash)
	}
	for name, c := range map[string]struct {
		hash, pin string
		want      bool
	}{
		"a PIN of the first release":   {firstHash, "590213", true},
		"another PIN":                  {firstHash, "590214", false},
		"no PIN":                       {firstHash, "", false},
		"a new PIN":                    {own, "481625", true},
		"a PIN with a space":           {own, "481625 ", false},
		"no hash":                      {"", "590213", false},
		"half a hash":                  {firstHash[:60], "590213", false},
		"a hash of no passes":          {strings.Replace(firstHash, "t=2", "t=0", 1), "590213", false},
		"a hash of no lanes":           {strings.Replace(firstHash, "p=1", "p=0", 1), "590213", false},
		"a hash of more passes":        {strings.Replace(firstHash, "t=2", "t=3", 1), "590213", false},
		"a hash of another argon2":     {strings.Replace(firstHash, "argon2id", "argon2i", 1), "590213", false},
		"a hash of an earlier version": {strings.Replace(firstHash, "v=19", "v=16", 1), "590213", false},
		"a hash without its key":       {firstHash[:strings.LastIndex(firstHash, "$")+1], "590213", false},
	} {
		if got := auth.Verify(c.hash, c.pin); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

func TestValidatePIN_RefusesWhatEverybodyTriesFirst(t *testing.T) {
	for what, pins := range map[string][]string{
		"no six digits":   {"", "12345", "1234567", "12345a", "１２３４５６", "48 162"},
		"one step":        {"123456", "654321", "000000", "999999", "135791", "246802", "987654", "890123"},
		"steps of halves": {"147258", "159357", "741852", "369258", "123789", "456123", "135246", "111222"},
		"steps of pairs":  {"102030", "101112", "121314", "998877"},
		"repetition":      {"121212", "123123", "112233", "778844", "484884", "448444"},
		"dates":           {"010203", "311299", "240690", "250345", "122588", "900624", "050578"},
		"years":           {"199085", "851990", "200187", "482024"},
		"keys":            {"142536", "147896", "125896", "159874", "139713", "258963"},
		"known by heart":  {"314159", "271828", "246810", "112358"},
	} {
		for _, pin := range pins {
			if err := auth.ValidatePIN(pin); !errors.Is(err, kiosk.ErrWeakPIN) {
				t.Errorf("%s: %q: %v, want ErrWeakPIN", what, pin, err)
			}
		}
	}
	for _, pin := range []string{"482913", "907142", "481625", "135792", "274918", "406193", "853947", "629504"} {
		if err := auth.ValidatePIN(pin); err != nil {
			t.Errorf("%q: %v", pin, err)
		}
	}
}

// TestValidatePIN_LeavesMostOfTheMillion holds the rules to their measure: a person
// who thinks of six digits that mean nothing is not sent back, and who guesses has
// no smaller field for it.
func TestValidatePIN_LeavesMostOfTheMillion(t *testing.T) {
	left := 0
	for n := range 1_000_000 {
		if auth.ValidatePIN(fmt.Sprintf("%06d", n)) == nil {
			left++
		}
	}
	t.Logf("%d of 1,000,000 PINs may be chosen", left)
	if left < 840_000 {
		t.Errorf("%d of 1,000,000 PINs may be chosen, want at least 84 %%", left)
	}
}

// digest stands for the HMAC of the room's keys.
func digest(digits string) []byte {
	sum := sha256.Sum256([]byte(digits))
	return sum[:16]
}

func TestOnBadge_DigitsThatCanBeReadOffIt(t *testing.T) {
	for number, readable := range map[string][]string{
		"04129733850169":       {"041297", "850169", "558953", "435588"},
		"04000000":             {"040000", "000000", "108864", "000004"},
		"04129733850169AABBCC": {"041297", "aabbcc", "404044", "930884"},
	} {
		b, err := hex.DecodeString(number)
		if err != nil {
			t.Fatal(err)
		}
		uid, err := kiosk.NewUID(b)
		if err != nil {
			t.Fatal(err)
		}
		fragments := auth.PINFragments(uid, digest)
		for _, digits := range readable {
			if !auth.OnBadge(digits, fragments, digest) {
				t.Errorf("%s: %s stands on the badge, and may be its PIN", number, digits)
			}
		}
		if auth.OnBadge("481625", fragments, digest) {
			t.Errorf("%s: a PIN that does not stand on the badge is refused", number)
		}
	}
	if auth.OnBadge("481625", nil, digest) {
		t.Error("a PIN stands on no badge")
	}
}

func TestNewCode(t *testing.T) {
	code := auth.NewCode()
	if !regexp.MustCompile(`^([A-HJ-NP-Z2-9]{4}-){2}[A-HJ-NP-Z2-9]{4}$`).MatchString(code) {
		t.Errorf("code is %q", code)
	}
	if code == auth.NewCode() {
		t.Error("two codes are the same")
	}
	// What the first release kept of a code.
	want := "3f63d25fcb898ecfd6c2e2322bfdb11f44fe17dd0dc359e70b7246224bb223e9"
	for _, typed := range []string{"ABCD-EFGH-JKLM", "abcd-efgh-jklm", "ABCDEFGHJKLM", " abcd efgh JKLM "} {
		if got := hex.EncodeToString(auth.CodeHash(typed)); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

// later is a moment of a boot.
func later(boot string, since time.Duration) kiosk.Moment {
	return kiosk.Moment{Boot: boot, Since: since, Wall: time.Unix(1_750_000_000, 0)}
}

func TestLockout_WaitsGrow(t *testing.T) {
	var l auth.Lockout
	var err error
	now := later("boot 1", time.Hour)
	for _, want := range []kiosk.PINError{
		{Left: 4}, {Left: 3}, {Left: 2}, {Left: 1}, {Wait: 30 * time.Second}, {Wait: time.Minute}, {Wait: 2 * time.Minute},
		{Wait: 4 * time.Minute}, {Wait: 8 * time.Minute}, {Wait: 16 * time.Minute}, {Wait: 32 * time.Minute}, {Wait: time.Hour}, {Wait: time.Hour},
	} {
		if l, err = l.Attempt(now); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
		if got := l.Wrong(now); *got != want {
			t.Errorf("attempt %d: %+v, want %+v", l.Attempts, *got, want)
		}
		now.Since += l.Left
	}
	for range 100 { // and no number of attempts makes them shorter
		if l, err = l.Attempt(now); err != nil || l.Left != time.Hour {
			t.Fatalf("attempt %d: %v to wait, %v", l.Attempts, l.Left, err)
		}
		now.Since += l.Left
	}
}

func TestLockout_AnAttemptDuringTheWaitIsNotCounted(t *testing.T) {
	l := auth.Lockout{Attempts: 5, Boot: "boot 1", Since: time.Hour, Left: 30 * time.Second}
	for name, c := range map[string]struct {
		now  kiosk.Moment
		wait time.Duration // 0 when it may be made
	}{
		"at once":                        {later("boot 1", time.Hour), 30 * time.Second},
		"a while later":                  {later("boot 1", time.Hour+10*time.Second), 20 * time.Second},
		"at the end":                     {later("boot 1", time.Hour+30*time.Second), 0},
		"long after":                     {later("boot 1", 9*time.Hour), 0},
		"in another boot":                {later("boot 2", time.Second), 30 * time.Second},
		"in another boot that is older":  {later("boot 2", 9*time.Hour), 30 * time.Second},
		"when the wall clock was put on": {kiosk.Moment{Boot: "boot 1", Since: time.Hour, Wall: time.Unix(1_850_000_000, 0)}, 30 * time.Second},
	} {
		next, err := l.Attempt(c.now)
		var refused *kiosk.PINError
		switch errors.As(err, &refused) {
		case true:
			if refused.Wait != c.wait || next.Attempts != 5 || next.Left != c.wait || next.Boot != c.now.Boot {
				t.Errorf("%s: %+v, %v, want a wait of %v", name, next, err, c.wait)
			}
		case false:
			if c.wait != 0 || next.Attempts != 6 {
				t.Errorf("%s: %+v, %v, want a wait of %v", name, next, err, c.wait)
			}
		}
	}
}

func TestLockout_AtEachBootTheWaitGoesOn(t *testing.T) {
	l := auth.Lockout{Attempts: 6, Boot: "boot 1", Since: time.Hour, Left: time.Minute}
	l = l.At(later("boot 1", time.Hour+20*time.Second))
	l = l.At(later("boot 2", 5*time.Second))
	l = l.At(later("boot 2", 15*time.Second))
	if l.Left != 30*time.Second || l.Attempts != 6 {
		t.Errorf("%+v, want 30 s left", l)
	}
}
