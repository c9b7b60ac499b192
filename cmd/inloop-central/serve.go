package main

import (
	"context"
	"fmt"
	"net"

	"example.org/inloop/cmd/internal/centrald"
)

type runCmd struct{}

// Run serves the centre until it is asked to end.
func (*runCmd) Run(a *app) error {
	var lc net.ListenConfig
	cfg := a.cfg
	var err error
	if cfg.Listener, err = lc.Listen(a.ctx, "tcp", cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w (is the centre running already? --listen takes another address)", err)
	}
	return centrald.Run(a.ctx, cfg)
}

// accountCmd adds and removes coordinators.
type accountCmd struct {
	Add    accountAdd    `cmd:""`
	Remove accountRemove `cmd:""`
}

type accountAdd struct {
	Organisation string `arg:""`
	Name         string `arg:""`
}

// Run prints a link with which the coordinator chooses a password.
func (c *accountAdd) Run(a *app) error {
	return centrald.Open(a.ctx, a.cfg, func(ctx context.Context, o *centrald.Daemon) error {
		token, err := o.Central.NewInvitation(ctx, c.Organisation, c.Name)
		if err != nil {
			return fmt.Errorf("add account: %w", err)
		}
		base := a.cfg.URL
		if base == "" {
			base = "http://" + a.cfg.Listen
		}
		fmt.Fprintf(a.out, "%s/invitation/%s\n\nThis link works once. Give it to %s of %s, who chooses a password with it.\n", base, token, c.Name, c.Organisation)
		return nil
	})
}

type accountRemove struct {
	Name string `arg:""`
}

// Run removes an account; who is signed in with it is signed out.
func (c *accountRemove) Run(a *app) error {
	return centrald.Open(a.ctx, a.cfg, func(ctx context.Context, o *centrald.Daemon) error {
		return o.Central.RemoveAccount(ctx, c.Name)
	})
}
