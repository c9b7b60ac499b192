package kioskd

import (
	"context"
	"errors"
	"time"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/kiosk"
)

const (
	// paceClosed is the pace of the polls in a closed room, which waits for
	// nobody: who comes all the same is still answered at once to the eye.
	paceClosed = 200 * time.Millisecond
	// lively is how long a room outside its hours is taken to be open after
	// its start and after each tap.
	lively = 10 * time.Minute
)

// pace polls slower outside the hours, unless something goes on.
func (r *Daemon) pace() time.Duration {
	now := r.cfg.Clock.Now()
	if r.now().Timetable.OpenAt(now.Wall) || now.Since-time.Duration(r.stirred.Load()) < lively {
		return nfc.Pace
	}
	return paceClosed
}

// read takes taps until ctx ends. A reader that is away is looked for by
// package nfc, for ever.
func (r *Daemon) read(ctx context.Context) {
	if r.cfg.Reader == wiring.ReaderNone {
		r.board.Set(nfc.HealthPart, kiosk.LevelOrange, "reader.none")
		return
	}
	r.stirred.Store(int64(r.cfg.Clock.Now().Since))
	reader := nfc.New(r.cfg.Wiring.Reader(r.cfg.Log), r.cfg.Clock, r.cfg.Log, nfc.Options{
		OnLight:  func(l kiosk.Health) { r.board.Set(l.Part, l.Level, l.Reason) },
		OnUnread: func() { door{r}.Show(kiosk.Greeting{Kind: kiosk.GreetingUnread}) },
		Pace:     r.pace,
		Examine:  r.examination(),
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := reader.Run(ctx); err != nil {
			r.cfg.Log.Error("reader", "err", err)
		}
	}()
	defer func() { <-ended }()
	for {
		tap, err := reader.Next(ctx)
		if errors.Is(err, nfc.ErrClosed) || ctx.Err() != nil {
			return
		}
		if err != nil {
			r.cfg.Log.Error("next tap", "err", err)
			continue
		}
		r.take(ctx, tap)
	}
}

// take brings one tap to its end, also when the room is being stopped: who
// laid a badge down gets an answer, and one that says so while there is no store.
func (r *Daemon) take(ctx context.Context, tap kiosk.Tap) {
	ctx = context.WithoutCancel(ctx)
	within, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	r.stirred.Store(int64(tap.At.Since))
	r.taking.RLock()
	defer r.taking.RUnlock()
	if !r.open {
		door{r}.Show(kiosk.Greeting{Kind: kiosk.GreetingNotSaved})
		return
	}
	if d := r.desk.Load(); d != nil && d.TakeTap(within, tap) {
		return
	}
	_, err := r.check.CheckIn(within, tap)
	// What the door said is told by light and log too, also when the time was up.
	r.storeIs(ctx, "keep a tap", err)
}
