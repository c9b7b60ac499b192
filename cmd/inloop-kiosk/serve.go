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
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	if cfg.Reader == wiring.ReaderSPI {
		wiring.Init(a.log)
	}
	cfg.Log = a.log
	var lc net.ListenConfig
	if cfg.Listener, err = lc.Listen(a.ctx, "tcp", cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w (is the kiosk running already? --listen takes another address)", err)
	}
	return kioskd.Run(a.ctx, cfg)
}
