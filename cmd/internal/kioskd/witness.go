package kioskd

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
)

// Witness tells who vouches for the machine's clock at a moment: timeline.SourceNTP,
// timeline.SourceRTC, or "" when nobody does.
type Witness func(kiosk.Moment) string

// How well a clock is known by who vouches for it.
const (
	ntpErrMS  = 500              // timesyncd steps a clock that is further off
	rtcErrMS  = 2000             // a clock chip tells whole seconds
	ntpLasts  = 9 * time.Hour    // the kernel itself believes an answer for 8 h 53 min
	rtcAgrees = 10 * time.Second // a chip and the clock that was set by it
	reanchor  = time.Second      // a step of a clock that is vouched for
)

// SystemWitness asks the kernel whether its clock is synchronised, then the file
// that timesyncd touches at each answer, then whether a clock chip set it.
func SystemWitness(m kiosk.Moment) string {
	var tx unix.Timex
	if state, err := unix.Adjtimex(&tx); err == nil && synchronised(state, tx.Status) {
		return timeline.SourceNTP
	}
	switch {
	case touchedLately("/run/systemd/timesync/synchronized", m.Wall):
		return timeline.SourceNTP
	case setByChip("/sys/class/rtc", m.Wall):
		return timeline.SourceRTC
	}
	return ""
}

// synchronised reads the answer of adjtimex(2).
func synchronised(state int, status int32) bool {
	return state != unix.TIME_ERROR && status&unix.STA_UNSYNC == 0
}

// touchedLately tells whether timesyncd had an answer not long ago. The file lies
// in memory: one of an earlier boot is not there any more.
func touchedLately(file string, now time.Time) bool {
	info, err := os.Stat(file)
	if err != nil {
		return false
	}
	ago := now.Sub(info.ModTime())
	return ago > -time.Minute && ago < ntpLasts
}

// setByChip tells whether the kernel took its time from a clock chip at boot that
// still agrees with it. Whether that time can be is for the store to say: a chip
// with an empty battery begins in the past.
func setByChip(class string, now time.Time) bool {
	chips, _ := filepath.Glob(filepath.Join(class, "*", "hctosys")) // a constant pattern is well-formed
	for _, file := range chips {
		told, err := os.ReadFile(filepath.Join(filepath.Dir(file), "since_epoch"))
		if err != nil || !says(file, "1") {
			continue
		}
		seconds, err := strconv.ParseInt(strings.TrimSpace(string(told)), 10, 64)
		if err == nil && now.Sub(time.Unix(seconds, 0)).Abs() <= rtcAgrees {
			return true
		}
	}
	return false
}

func says(file, word string) bool {
	text, err := os.ReadFile(file)
	return err == nil && strings.TrimSpace(string(text)) == word
}

// builtAt is when the program was made, before which no true clock stands: the
// date of its commit. It is zero when nobody noted it.
func builtAt() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, _ := time.Parse(time.RFC3339, s.Value) // zero when it is no time
			return at
		}
	}
	return time.Time{}
}

// vouched tells whether the network keeps the machine's clock.
func (r *Daemon) vouched() bool {
	return r.cfg.Witness != nil && r.cfg.Witness(r.cfg.Clock.Now()) == timeline.SourceNTP
}

// askWitness anchors the clock by who vouches for it, once, and again after a
// step. A fault is told by the store's light.
func (r *Daemon) askWitness(ctx context.Context) {
	if r.cfg.Witness == nil {
		return
	}
	now := r.cfg.Clock.Now()
	source := r.cfg.Witness(now)
	start := now.Wall.Add(-now.Since)
	same := source == r.vouches && start.Sub(r.started).Abs() <= reanchor
	if source == "" || same && r.Store.Trust() >= kiosk.TrustAnchored {
		return
	}
	errMS := int64(ntpErrMS)
	if source == timeline.SourceRTC {
		errMS = rtcErrMS
	}
	if err := r.Store.Anchor(ctx, now, errMS, source); err != nil {
		return
	}
	r.started, r.vouches = start, source
	r.heard.prove(now, source)
}

// roomClock is the machine's clock with the time that the room trusts, which
// is what its pages show.
type roomClock struct{ *Daemon }

// Now returns the present moment; until the store is open it is the machine's.
func (c roomClock) Now() kiosk.Moment {
	m := c.cfg.Clock.Now()
	if s := c.opened.Load(); s != nil {
		m.Wall = s.BestTime(m)
	}
	return m
}
