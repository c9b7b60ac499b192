package nfc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

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
// gives no error but the chip's close: every other failure is a matter of the
// light, the log and another try.
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
		if err := wait(ctx, pause); err != nil {
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

// Light gives the reader's light as it is: red until the chip first answered.
func (r *Reader) Light() kiosk.Light { return r.health.now() }

// session opens the chip and polls it until something fails. polled tells
// whether it worked at all.
func (r *Reader) session(ctx context.Context) (polled bool, err error) {
	if err := r.chip.Open(ctx); err != nil {
		return false, err
	}
	r.presence.restart(time.Now())
	check := time.Now().Add(checkEvery)
	for {
		start := time.Now()
		if err := r.poll(ctx); err != nil {
			return polled, err
		}
		if !start.Before(check) {
			if err := r.chip.Check(ctx); err != nil {
				return polled, err
			}
			check = start.Add(checkEvery)
		}
		r.health.good()
		polled = true
		if err := wait(ctx, r.options.Poll-time.Since(start)); err != nil {
			return polled, err
		}
	}
}

// poll looks once for newcomers and for the cards that should lie there.
func (r *Reader) poll(ctx context.Context) error {
	cards, err := r.chip.Scan(ctx)
	// What was read counts, also beside an error: its owner waits.
	r.note(cards)
	if err != nil {
		return err
	}
	for _, c := range r.presence.due(time.Now()) {
		s, err := r.chip.Find(ctx, c.uid)
		r.note(s.Others)
		if err != nil {
			return err
		}
		r.presence.tested(c, s.Presence, time.Now())
	}
	now := time.Now()
	r.report(now)
	r.presence.sweep(now)
	return nil
}

// note takes down cards that were read just now and reports newcomers.
func (r *Reader) note(cards []iso14443a.Card) {
	if len(cards) == 0 {
		return
	}
	now, at := time.Now(), r.clock.Now()
	for _, c := range cards {
		r.presence.seen(c.UID, at, now)
	}
	r.report(now)
}

// report queues the taps that are due.
func (r *Reader) report(now time.Time) {
	for _, c := range r.presence.ripe(now) {
		uid, err := kiosk.NewUID(c.uid.Bytes())
		if err != nil {
			r.log.Error("reader gave a card that is none", "err", err)
			c.reported = true
			continue
		}
		select {
		case r.taps <- kiosk.Tap{UID: uid, At: c.at}:
			c.reported = true
			r.full = false
		default:
			if !r.full {
				r.log.Warn("taps wait to be taken; the reader holds the next one back", "queued", queued)
			}
			r.full = true
			return
		}
	}
}

// wait lasts for d or until ctx ends, and then gives its error.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
