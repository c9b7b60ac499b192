package main

import (
	"fmt"
	"net"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/wiring"
)

type runCmd struct{}

// Run serves the kiosk until it is asked to end.
func (*runCmd) Run(a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	if wiring.ReaderKind(s.Reader) == wiring.ReaderSPI {
		wiring.Init(a.log)
	}
	plan, err := s.wiring()
	if err != nil {
		return err
	}
	cfg := kioskd.Config{
		Name: s.Room, OneScreen: s.OneScreen, Data: s.Data, Key: s.Key, Reader: wiring.ReaderKind(s.Reader), Wiring: plan,
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
