package main

import (
	"fmt"
	"net"

	"periph.io/x/host/v3"

	"example.org/inloop/cmd/internal/kioskd"
)

type runCmd struct{}

// Run serves the kiosk until it is asked to end.
func (*runCmd) Run(a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	if kioskd.ReaderKind(s.Reader) == kioskd.ReaderSPI {
		a.initHost()
	}
	wiring, err := s.wiring()
	if err != nil {
		return err
	}
	cfg := kioskd.Config{
		Name: s.Room, OneScreen: s.OneScreen, Data: s.Data, Key: s.Key, Reader: kioskd.ReaderKind(s.Reader), Wiring: wiring,
		Badges: kioskd.BadgeKind(s.Badges), Central: s.Central,
		Timetable: s.Timetable, Programme: s.Programme, Capacity: s.Capacity, Log: a.log,
	}
	if err := cfg.Check(); err != nil {
		return err
	}
	var lc net.ListenConfig
	if cfg.Listener, err = lc.Listen(a.ctx, "tcp", s.Listen); err != nil {
		return fmt.Errorf("listen: %w (is the kiosk running already? --listen takes another address)", err)
	}
	return kioskd.Run(a.ctx, cfg)
}

// initHost registers the machine's buses. A driver that fails, such as one for
// another board, is told in the log; whether the reader's own port opens is all
// that decides.
func (a *app) initHost() {
	state, err := host.Init()
	if err != nil {
		a.log.Warn("buses of this machine", "err", err)
		return
	}
	for _, f := range state.Failed {
		a.log.Warn("a driver of this machine does not work; the reader may all the same", "driver", f.D.String(), "err", f.Err)
	}
}
