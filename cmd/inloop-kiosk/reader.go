package main

import (
	"context"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/workbench"
)

// readerCmd looks after the badge reader while the kiosk does not run.
type readerCmd struct {
	Test  readerTest  `cmd:""`
	Watch readerWatch `cmd:""`
	Bench readerBench `cmd:""`
	Keys  readerKeys  `cmd:""`
}

// withReader lets do work on the reader that the settings name.
func (a *app) withReader(do func(context.Context, *workbench.Workbench, kioskd.Config) error) error {
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	w, err := workbench.Open(workbench.Config{
		Reader: cfg.Reader, Wiring: cfg.Wiring, Listen: cfg.Listen, Out: a.out, Log: a.log,
	})
	if err != nil {
		return err
	}
	return do(a.ctx, w, cfg)
}

type readerTest struct{}

// Run goes through everything that can be wrong.
func (*readerTest) Run(a *app) error {
	return a.withReader(func(ctx context.Context, w *workbench.Workbench, _ kioskd.Config) error { return w.Test(ctx) })
}

type readerWatch struct{}

// Run prints each tap.
func (*readerWatch) Run(a *app) error {
	return a.withReader(func(ctx context.Context, w *workbench.Workbench, _ kioskd.Config) error {
		clock, err := kioskd.NewSystemClock()
		if err != nil {
			return err
		}
		return w.Watch(ctx, clock)
	})
}

type readerBench struct{}

// Run measures what the reader costs on this machine.
func (*readerBench) Run(a *app) error {
	return a.withReader(func(ctx context.Context, w *workbench.Workbench, _ kioskd.Config) error { return w.Measure(ctx) })
}

type readerKeys struct{}

// Run prints the keys of the tag that lies there.
func (*readerKeys) Run(a *app) error {
	return a.withReader(func(ctx context.Context, w *workbench.Workbench, cfg kioskd.Config) error {
		return w.Keys(ctx, cfg.Key)
	})
}
