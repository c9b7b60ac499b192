package kioskd

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
)

func TestSynchronised_ByTheKernelsFlag(t *testing.T) {
	for _, tt := range []struct {
		state  int
		status int32
		want   bool
	}{
		{unix.TIME_OK, unix.STA_PLL, true},
		{unix.TIME_INS, unix.STA_PLL, true}, // a leap second is announced
		{unix.TIME_ERROR, unix.STA_UNSYNC, false},
		{unix.TIME_ERROR, 0, false},
		{unix.TIME_OK, unix.STA_UNSYNC, false},
	} {
		if got := synchronised(tt.state, tt.status); got != tt.want {
			t.Errorf("state %d, status %#x: %t", tt.state, tt.status, got)
		}
	}
}

func TestTouchedLately_TimesyncdsFile(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "synchronized")
	if touchedLately(file, now) {
		t.Error("a file that is not there was touched")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for ago, want := range map[time.Duration]bool{0: true, 8 * time.Hour: true, 10 * time.Hour: false, -time.Hour: false} {
		if err := os.Chtimes(file, now, now.Add(-ago)); err != nil {
			t.Fatal(err)
		}
		if got := touchedLately(file, now); got != want {
			t.Errorf("touched %s ago: %t", ago, got)
		}
	}
}

func TestSetByChip_WhenItAgreesWithTheClock(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	for _, tt := range []struct {
		set, epoch string
		want       bool
	}{
		{"1\n", "1790000003\n", true},
		{"0\n", "1790000003\n", false}, // the kernel did not take its time from it
		{"1\n", "1790000300\n", false}, // the clock was set to something else since
		{"1\n", "not a number\n", false},
	} {
		class := t.TempDir()
		chip := filepath.Join(class, "rtc0")
		if err := os.Mkdir(chip, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"hctosys": tt.set, "since_epoch": tt.epoch} {
			if err := os.WriteFile(filepath.Join(chip, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := setByChip(class, now); got != tt.want {
			t.Errorf("hctosys %q, since_epoch %q: %t", tt.set, tt.epoch, got)
		}
	}
	if setByChip(t.TempDir(), now) {
		t.Error("a machine without a chip has one")
	}
}

// A clock that nobody vouches for is orange from the first look, and green as soon
// as the network keeps it; the centre is not asked then.
func TestRoom_TheClocksLight(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]kiosk.Level{"": kiosk.LevelOrange, timeline.SourceNTP: kiosk.LevelGreen, timeline.SourceRTC: kiosk.LevelGreen} {
		t.Run("vouched for by "+source, func(t *testing.T) {
			t.Parallel()
			var log quietLog
			r, _, _ := runRoom(t, BadgeProofUID, &log, func(c *Config) {
				c.Witness = func(kiosk.Moment) string { return source }
			})
			for deadline := time.Now().Add(time.Minute); !r.board.Is("disk", kiosk.LevelGreen) && !r.board.Is("disk", kiosk.LevelOrange) || !r.board.Is("clock", want); {
				if time.Now().After(deadline) {
					t.Fatalf("the lights are %v", r.board.All())
				}
				<-time.After(20 * time.Millisecond)
			}
			if got := r.vouched(); got != (source == timeline.SourceNTP) {
				t.Errorf("the network keeps the clock: %t", got)
			}
		})
	}
}
