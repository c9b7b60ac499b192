package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// codeEvery is how often the demo looks whether a pairing code has come.
const codeEvery = 20 * time.Millisecond

// foundCentre makes the coordinator's account by the way that a real one goes,
// and lets the second room report for the last time, three weeks ago. What an
// earlier start has done it leaves alone.
func (d *demo) foundCentre(ctx context.Context) error {
	rules := d.centre.Central
	session, err := rules.SignIn(ctx, coordinator, d.secrets.Password, "")
	if errors.Is(err, central.ErrCredentials) {
		token, err := rules.NewInvitation(ctx, organisation, coordinator)
		if err != nil {
			return fmt.Errorf("invite the coordinator: %w", err)
		}
		if session, err = rules.Accept(ctx, token, d.secrets.Password); err != nil {
			return fmt.Errorf("choose a password: %w", err)
		}
	} else if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if d.account, err = rules.Session(ctx, session); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := rules.SignOut(ctx, session); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	d.clock.turnBack(silentDays * 24 * time.Hour)
	defer d.clock.turnBack(0)
	return d.lastReport(ctx)
}

// pair types a kiosk's code at the centre, as the coordinator would, unless the
// kiosk is paired already: it may have learned so only now, when an earlier run
// ended too soon for it.
func (d *demo) pair(ctx context.Context, store *sqlite.Store, code func() string, name string) error {
	if done, err := awaitPairing(ctx, store, func() bool { return code() == "" }); done || err != nil {
		return err
	}
	if _, _, err := d.centre.Central.Pair(ctx, d.account, code(), name); err != nil {
		return fmt.Errorf("pair %s: %w", name, err)
	}
	return nil
}

// lastReport pairs the second room's kiosk and sends all that it counted, once.
func (d *demo) lastReport(ctx context.Context) (err error) {
	room := d.second()
	clock := &stageClock{zone: d.zone}
	clock.set(room.until)
	store, err := room.open(ctx, clock, timetable(d.zone, room.until), d.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if sent, err := store.Sending(ctx); err != nil || sent.Paired && sent.Waiting == 0 {
		return err
	}
	keys, err := keyring.Load(room.key())
	if err != nil {
		return err
	}
	line, err := kioskd.NewUplink(store, clock, uplink.Config{
		Key: keys.Signing(), URL: d.centre.URL, Log: d.log,
		Timing: uplink.Timing{Gather: codeEvery},
		Health: func() []wire.Health { return []wire.Health{{Part: "reader", Level: "green"}} },
	})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- line.Run(running) }()
	err = d.pair(ctx, store, line.Code, secondRoom)
	if err == nil {
		line.Wake()
		_, err = awaitPairing(ctx, store, func() bool { return true })
	}
	stop()
	if err = errors.Join(err, <-ended); err != nil {
		return err
	}
	return line.Flush(ctx)
}

// awaitPairing waits while the kiosk is not paired and wait is true, and tells whether
// it was paired meanwhile.
func awaitPairing(ctx context.Context, store *sqlite.Store, wait func() bool) (paired bool, err error) {
	tick := time.NewTicker(codeEvery)
	defer tick.Stop()
	for wait() {
		if _, err := store.Pairing(ctx); !errors.Is(err, kiosk.ErrNotPaired) {
			return err == nil, err
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-tick.C:
		}
	}
	return false, nil
}
