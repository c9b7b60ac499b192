package nfc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/kiosk"
)

// ErrClosed is returned by [Reader.Next] when the reader has ended and every
// tap was fetched.
var ErrClosed = errors.New("reader closed")

const (
	// queued is how many taps wait for a busy consumer. A card for which there
	// is no room is not forgotten: it is tried again until there is.
	queued     = 64
	checkEvery = 2 * time.Second
	// refreshEvery is how long a receiver that has gone deaf may stay so: no
	// register shows it, but an empty field costs nothing to switch off.
	refreshEvery = 10 * time.Second
	// A card is examined for so long before it is doubted: where it comes into
	// the field it is held worst. One try may take so long.
	examineFor   = 2 * time.Second
	examineTries = 4
	examineOnce  = time.Second

	// What is read within so long of the first look after the program's start may
	// have lain there before: some looks, since one may hear nothing of it.
	firstLooks = 250 * time.Millisecond

	// Opening is tried for ever, and heals soon after the chip's return.
	retryFirst = 50 * time.Millisecond
	retryMost  = time.Second
)

// Reader makes taps of a chip's cards.
type Reader struct {
	chip    Chip
	clock   kiosk.Clock
	log     *slog.Logger
	options Options
	health  *health

	taps     chan kiosk.Tap
	done     chan struct{}
	presence presence
	full     bool // whether the queue was found full
	unread   unread
	stall    stall
	read     bool      // the poll under way read a card
	begun    time.Time // the first look, after which cards come newly
}

// New makes a reader that [Reader.Run] sets going. The reader owns the chip.
func New(chip Chip, clock kiosk.Clock, log *slog.Logger, o Options) *Reader {
	o = o.withDefaults()
	return &Reader{
		chip:    chip,
		clock:   clock,
		log:     log,
		options: o,
		health:  newHealth(log, o.OnLight),
		taps:    make(chan kiosk.Tap, queued),
		done:    make(chan struct{}),
	}
}

// Run polls the chip until ctx ends, then closes it. It is called once. It
// gives no error but that of closing the chip: every other failure is shown by
// the light, logged, and tried again.
func (r *Reader) Run(ctx context.Context) error {
	defer close(r.done)
	var watch sync.WaitGroup
	defer watch.Wait()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	r.health.begin()
	watch.Go(func() { r.health.watch(watching) })

	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		polled, err := r.session(ctx)
		if ctx.Err() != nil {
			break
		}
		r.health.bad(err)
		if polled {
			pause = retryFirst
		}
		if err := (clock.System{}).Sleep(ctx, pause); err != nil {
			break
		}
	}
	if err := r.chip.Close(); err != nil {
		return fmt.Errorf("close reader: %w", err)
	}
	return nil
}

// Next waits for the next tap. Its errors are ctx's, and [ErrClosed].
func (r *Reader) Next(ctx context.Context) (kiosk.Tap, error) {
	select {
	case t := <-r.taps:
		return t, nil
	default:
	}
	select {
	case t := <-r.taps:
		return t, nil
	case <-ctx.Done():
		return kiosk.Tap{}, ctx.Err()
	case <-r.done:
	}
	// Both may have been ready: what was queued before the end still counts.
	select {
	case t := <-r.taps:
		return t, nil
	default:
		return kiosk.Tap{}, ErrClosed
	}
}

// session opens the chip and polls it until something fails. polled tells
// whether it worked at all.
func (r *Reader) session(ctx context.Context) (polled bool, err error) {
	if err := r.chip.Open(ctx); err != nil {
		return false, err
	}
	now := time.Now()
	r.presence.restart(now)
	r.stall.ended = time.Time{} // an outage is told by itself
	if r.begun.IsZero() {
		r.begun = now
	}
	check, refresh := now.Add(checkEvery), now.Add(refreshEvery)
	for {
		start := time.Now()
		r.stall.begin(start, r.options.Pace())
		r.read = false
		if err := r.poll(ctx); err != nil {
			return polled, err
		}
		if r.unread.note(r.chip.Unread(), r.read, start) {
			r.options.OnUnread()
		}
		r.stall.end(start, time.Now())
		empty := len(r.presence.placed) == 0
		switch {
		case r.unread.setUp(start), empty && !start.Before(refresh):
			err = r.chip.Refresh(ctx)
			check, refresh = start.Add(checkEvery), start.Add(refreshEvery)
		case !start.Before(check):
			err = r.chip.Check(ctx)
			check = start.Add(checkEvery)
		}
		if err != nil {
			return polled, err
		}
		r.health.good(r.care(start))
		polled = true
		if err := (clock.System{}).Sleep(ctx, r.options.Pace()-time.Since(start)); err != nil {
			return polled, err
		}
	}
}

// care is what wants a person's care though polls go well, "" for nothing.
func (r *Reader) care(now time.Time) string {
	switch {
	case r.unread.lasts(now):
		return ReasonUnread
	case now.Before(r.stall.told):
		return ReasonStalled
	}
	return ""
}

// poll looks once for newcomers and for the cards that should lie there.
func (r *Reader) poll(ctx context.Context) error {
	if err := r.scan(ctx); err != nil {
		return err
	}
	for _, c := range r.presence.due(time.Now()) {
		s, err := r.chip.Find(ctx, c.card.UID, r.presence.beside(c)...)
		if e := r.note(ctx, s.Others); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		r.presence.tested(c, s.Presence, time.Now())
	}
	if err := r.report(ctx, time.Now()); err != nil {
		return err
	}
	if r.presence.allGone(time.Now()) {
		if err := r.makeSure(ctx); err != nil {
			return err
		}
	}
	r.presence.dropGone(time.Now())
	return nil
}

// makeSure heals a receiver that has gone deaf, before all cards are believed
// gone: what is read then lay there all the time. But not over a phone that came
// just now.
func (r *Reader) makeSure(ctx context.Context) error {
	if err := r.scan(ctx); err != nil || !r.presence.allGone(time.Now()) {
		return err
	}
	if err := r.chip.Refresh(ctx); err != nil {
		return err
	}
	return r.scan(ctx)
}

// scan notes newcomers. What was read counts, also beside an error: a person is
// waiting.
func (r *Reader) scan(ctx context.Context) error {
	cards, err := r.chip.Scan(ctx)
	if e := r.note(ctx, cards); err == nil {
		err = e
	}
	return err
}

// note records cards that were read just now and reports newcomers.
func (r *Reader) note(ctx context.Context, cards []iso14443a.Target) error {
	if len(cards) == 0 {
		return nil
	}
	r.read = true
	now, at := time.Now(), r.clock.Now()
	for _, c := range cards {
		r.presence.seen(c, at, now, now.Sub(r.begun) < firstLooks)
	}
	return r.report(ctx, now)
}

// report queues the taps that are due. Its errors are the chip's.
func (r *Reader) report(ctx context.Context, now time.Time) error {
	for _, c := range r.presence.toReport(now) {
		if err := r.examine(ctx, c); err != nil {
			return err
		}
		if c.finding == nil {
			continue // not answered yet: the next poll tries again
		}
		select {
		case r.taps <- kiosk.Tap{UID: c.card.UID, At: c.at, Doubt: c.finding.Doubt, Counter: c.finding.Counter, AtStart: c.atStart}:
			c.reported = true
			r.full = false
		default:
			if !r.full {
				r.log.Warn("taps wait to be taken; the reader holds the next one back", "queued", queued)
			}
			r.full = true
			return nil
		}
	}
	return nil
}

// examine asks a card for more than its UID, where that is wanted. It gives
// the chip's errors; those of the card are counted.
func (r *Reader) examine(ctx context.Context, c *placement) error {
	switch {
	case c.finding != nil:
		return nil
	case r.options.Examine == nil:
		c.finding = &Finding{}
		return nil
	}
	once, cancel := context.WithTimeout(ctx, examineOnce)
	defer cancel()
	err := r.chip.Talk(once, c.card, func(ctx context.Context, l iso14443a.Link) error {
		f, err := r.options.Examine(ctx, c.card, l)
		if err == nil {
			c.finding = &f
		}
		return err
	})
	// A halt that was lost costs a reading later, no more; a chip at fault wants
	// opening again, and what the card showed is kept for then.
	slow := once.Err() != nil && ctx.Err() == nil
	if err != nil && !slow && !iso14443a.OfCard(err) {
		return err
	}
	if c.finding != nil {
		return nil
	}
	if c.tries++; c.tries >= examineTries && time.Since(c.laid) >= examineFor {
		c.finding = &Finding{Doubt: true}
	}
	return nil
}
