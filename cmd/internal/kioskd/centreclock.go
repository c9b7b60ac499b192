package kioskd

import (
	"context"
	"fmt"
	"sync"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/uplink"
)

// reasonCentre is the clock's light when the centre's clock is the one that is wrong.
const reasonCentre = "clock.centre"

// volunteerErrMS is how well a person's watch goes.
const volunteerErrMS = 60_000

// centreClock is what the centre says of the time. Its methods may be called at
// the same time.
type centreClock struct {
	mu sync.Mutex
	h  timeline.Hearing
}

func (c *centreClock) prove(at kiosk.Moment, source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.h.Prove(at, source)
}

func (c *centreClock) hear(at kiosk.Moment, room timeline.RunningBoot) (follow bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.Hear(at, room)
}

func (c *centreClock) doubts() (differs, unsure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.Doubts()
}

func (c *centreClock) question(m kiosk.Moment) (kiosk.Moment, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.Question(m)
}

// anchor takes a time that the centre signed. It is followed where the room's own
// clock allows it, and never while the network keeps that: two that differ would
// take turns. One that differs is asked for once more soon.
func (r *Daemon) anchor(ctx context.Context, at uplink.Moment, errMS int64, source string) error {
	vouched := r.vouched()
	if vouched {
		r.heard.prove(r.cfg.Clock.Now(), timeline.SourceNTP)
	}
	doubted, _ := r.heard.doubts()
	follow := r.heard.hear(kiosk.Moment(at), r.Store.Known())
	if !follow && !doubted {
		r.cfg.Log.Warn("the centre's clock is far from this one's: not followed", "centre", at.Wall, "here", r.Store.BestTime(r.cfg.Clock.Now()))
		r.uplink.Load().Wake()
	}
	if follow && !vouched {
		if err := r.Store.Anchor(ctx, kiosk.Moment(at), errMS, source); err != nil {
			return fmt.Errorf("anchor the clock: %w", err)
		}
	}
	r.lookAtClock(ctx)
	return nil
}

// confirmClock anchors the clock by a volunteer's word, good to a minute or so.
func (r *Daemon) confirmClock(ctx context.Context, m kiosk.Moment) error {
	return r.proveClock(ctx, m, timeline.SourceVolunteer)
}

// otherTime is the time at the centre, when a volunteer is to say whether it is
// the right one.
func (r *Daemon) otherTime() (time.Time, bool) {
	m, ask := r.heard.question(r.cfg.Clock.Now())
	return m.Wall, ask
}

// confirmOther anchors the clock by the centre's time, which a volunteer said is
// right; kiosk.ErrAlready when nobody asks any more.
func (r *Daemon) confirmOther(ctx context.Context) error {
	m, ask := r.heard.question(r.cfg.Clock.Now())
	if !ask {
		return kiosk.ErrAlready
	}
	return r.proveClock(ctx, m, timeline.SourceAgreed)
}

func (r *Daemon) proveClock(ctx context.Context, m kiosk.Moment, source string) error {
	if err := r.Store.Anchor(ctx, m, volunteerErrMS, source); err != nil {
		return fmt.Errorf("take a volunteer's word for the time: %w", err)
	}
	r.heard.prove(m, source)
	r.lookAtClock(ctx)
	return nil
}

// lookAtClock turns the clock's light.
func (r *Daemon) lookAtClock(ctx context.Context) {
	view, err := r.Store.View(ctx)
	if err != nil {
		return // told by the store's light
	}
	differs, unsure := r.heard.doubts()
	switch {
	case unsure || r.Store.Trust() < kiosk.TrustAnchored:
		r.board.Set("clock", kiosk.LevelOrange, "clock.unsure")
	case differs:
		r.board.Set("clock", kiosk.LevelOrange, reasonCentre)
	default:
		r.orangeIf("clock", "clock.undated", view.Undated > 0)
	}
}
