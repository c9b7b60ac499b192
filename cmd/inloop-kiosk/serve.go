package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

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
	return a.watched(cfg)
}

// watched runs the kiosk and, beside it, who looks whether its settings change.
func (a *app) watched(cfg kioskd.Config) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	changed := make(chan struct{}, 1)
	cfg.Reload, cfg.Renewed = a.settings, changed
	ctx, stop := context.WithCancel(a.ctx)
	var watching sync.WaitGroup
	watching.Go(func() { watch(ctx, a.file, hangup, changed) })
	defer watching.Wait()
	defer stop()
	return kioskd.Run(a.ctx, cfg)
}
