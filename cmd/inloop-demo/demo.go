package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
)

const (
	organisation = "Stichting Voorbeeld"
	coordinator  = "nadia@voorbeeld.example"
	firstRoom    = "De Linde"
	secondRoom   = "Het Baken"

	// reportEvery is between two reports of the demo's room, for who does not want to wait.
	// A real room takes a quarter of an hour. What it reports has ended, as in that.
	reportEvery = 5 * time.Second
)

// demo is one run: a room, a centre, and what opens them.
type demo struct {
	dir   string
	out   io.Writer
	log   *slog.Logger
	keeps bool

	zone    *time.Location
	secrets secrets
	field   *sim.Field
	centre  *centrald.Daemon
	account central.Account
	room    *kioskd.Daemon
	clock   centreClock
}

func (d *demo) path(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

// run makes what is not there yet, starts room and centre, says where they are
// and waits until ctx ends.
func (d *demo) run(ctx context.Context) error {
	err := d.with(ctx, func(ctx context.Context) error {
		d.announce()
		<-ctx.Done()
		return nil
	})
	if errors.Is(err, sqlite.ErrLocked) {
		return fmt.Errorf("%s: the demo runs here already: end it with Ctrl-C, or give it another folder", d.dir)
	}
	return err
}

// with runs the whole job while do does, and ends it after.
func (d *demo) with(ctx context.Context, do func(context.Context) error) (err error) {
	if d.zone == nil {
		if d.zone, err = time.LoadLocation("Europe/Amsterdam"); err != nil {
			return err
		}
	}
	d.field = sim.NewField()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var programs sync.WaitGroup
	var failed [2]error
	start := func(i int, run func(context.Context) error) {
		programs.Go(func() {
			if failed[i] = run(ctx); failed[i] != nil {
				stop(failed[i])
			}
		})
	}
	begun := func() error {
		ready := make(chan struct{})
		listener, err := d.listen(ctx, "127.0.0.1:8090")
		if err != nil {
			return err
		}
		start(0, func(ctx context.Context) error {
			return centrald.Run(ctx, centrald.Config{
				Settings: centrald.Settings{DB: d.path("central.db"), Key: d.path("central.key")}, Listener: listener, Now: d.clock.Now, Log: d.log,
				Ready: func(o *centrald.Daemon) { d.centre = o; close(ready) },
			})
		})
		if err := await(ctx, ready); err != nil {
			return err
		}
		if err := d.prepare(ctx); err != nil {
			return err
		}
		if err := d.foundCentre(ctx); err != nil {
			return err
		}
		return d.startRoom(ctx, start)
	}
	err = begun()
	if err == nil {
		err = do(ctx)
	}
	stop(nil)
	programs.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil // asked to end while starting
	}
	for _, f := range failed {
		if !errors.Is(err, f) { // a start that was given up says it already
			err = errors.Join(err, f)
		}
	}
	return err
}

// startRoom starts the kiosk and, the first time, pairs it with the centre.
func (d *demo) startRoom(ctx context.Context, start func(int, func(context.Context) error)) error {
	listener, err := d.listen(ctx, "127.0.0.1:8080")
	if err != nil {
		return err
	}
	cards, err := newCardsPage(d.cards())
	if err != nil {
		return err
	}
	ready := make(chan struct{})
	start(1, func(ctx context.Context) error {
		return kioskd.Run(ctx, kioskd.Config{
			Settings: kioskd.Settings{
				Room: firstRoom, Data: d.first().data(), Key: d.first().key(), Reader: wiring.ReaderSim, Central: d.centre.URL, Capacity: 30,
			},
			Grid: reportEvery, Listener: listener, Timetable: timetable(d.zone, time.Now()), Activities: programme(), Log: d.log, Field: d.field, Cards: cards,
			Ready: func(r *kioskd.Daemon) { d.room = r; close(ready) },
		})
	})
	if err := await(ctx, ready); err != nil {
		return err
	}
	return d.pair(ctx, d.room.Store, d.room.Code, firstRoom)
}

// listen takes the address, or another port of this machine when that one is
// taken, and says so.
func (d *demo) listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		if l, err = lc.Listen(ctx, "tcp", "127.0.0.1:0"); err == nil {
			fmt.Fprintf(d.out, "%s is taken; %s is used instead.\n", address, l.Addr())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

func (d *demo) first() madeUp {
	return madeUp{dir: d.path("past", "room"), number: 1, people: 60, volunteer: "Sjoerd", until: time.Now()}
}

func (d *demo) second() madeUp {
	return madeUp{dir: d.path("past", "second"), number: 2, people: 16, volunteer: "Gerda", until: time.Now().AddDate(0, 0, -silentDays)}
}

// cards are the badges that lie ready for who tries the demo.
func (d *demo) cards() []card {
	cards := []card{
		{"Volunteer", "asks for the PIN at the desk", d.secrets.Badge},
		{"Guest pass", "one guest each time", hexOf(cardOf(1, 900))},
		{"New badge", "nobody’s yet: enrol it at the desk", hexOf(cardOf(1, 950))},
		{"Another new badge", "nobody’s yet", hexOf(cardOf(1, 951))},
		{"A phone", "a random number: not a badge", "08A1B2C3"},
	}
	for _, p := range neighbours(1, 60, weeksBack) {
		if p.joined == 0 && p.left == weeksBack && len(cards) < 17 {
			picture, colour, _ := p.Sign.Split() // our own sign
			cards = append(cards, card{"Resident: " + colour + " " + picture, "greeted in " + string(p.Language), hexOf(p.uid)})
		}
	}
	return cards
}

func (d *demo) announce() {
	tap := d.cards()[5].UID
	fmt.Fprintf(d.out, `
Inloop runs. Everyone and everything in it is made up.

  door screen        %[1]s/door
  volunteers' page   %[1]s/desk    tap the volunteer's card, PIN %[2]s
  demo cards         %[1]s/sim/
  coordinator        %[3]s/        name %[4]s, password %[5]s

A tap stands on the volunteers' page at once. The coordinator sees it when its part
of the day has ended: after twelve, after six, or five minutes after closing.

Tap a card from here:

  curl -d uid=%[6]s %[1]s/sim/tap

Ctrl-C ends it.`, d.room.URL, d.secrets.PIN, d.centre.URL, coordinator, d.secrets.Password, tap)
	if d.keeps {
		fmt.Fprintf(d.out, " What it did stays in %s.\n", d.dir)
	} else {
		fmt.Fprint(d.out, " Nothing is left behind; make run DATA=dir keeps it.\n")
	}
}

// await waits until ready is closed or ctx ends.
func await(ctx context.Context, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
