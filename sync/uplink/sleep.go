package uplink

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

const (
	lookEvery = 5 * time.Second // at the machine's addresses, while nothing goes through
	calm      = 6               // waits of Gather between two reports that Wake brought forward
)

// sleep waits for the next exchange, and returns false when ctx has ended. Wake
// shortens an early wait. After a failure that the centre has not signed, a new
// address ends it; and when it lasts, the health says so meanwhile.
func (u *Uplink) sleep(ctx context.Context, o outcome) bool {
	timer := time.NewTimer(o.wait)
	defer timer.Stop()
	until := time.Now().Add(o.wait)
	var woken <-chan struct{}
	var late, look <-chan time.Time
	switch failing := u.backoff.failures > 0; {
	case o.early:
		woken = u.woken
	case failing:
		late = time.After(u.timing.OfflineAfter - u.backoff.lasts())
		if u.addresses != nil && !o.asked {
			ticker := time.NewTicker(lookEvery)
			defer ticker.Stop()
			look = ticker.C
		}
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return ctx.Err() == nil
		case <-u.again:
			return ctx.Err() == nil
		case <-late:
			u.showOffline()
		case <-look:
			if u.elsewhere() {
				return ctx.Err() == nil
			}
		case <-woken:
			woken = nil // what comes while gathering goes along
			soon := max(u.timing.Gather, calm*u.timing.Gather-time.Since(u.urgent))
			if time.Until(until) > soon {
				u.urgent = time.Now().Add(soon)
				timer.Reset(soon)
			}
		}
	}
}

// elsewhere tells whether the machine has an address that it had not when the
// last exchange began: then the network is another than the one that failed.
func (u *Uplink) elsewhere() bool {
	now := u.addresses()
	isNew := func(a netip.Addr) bool { return !slices.Contains(u.reached, a) }
	if !slices.ContainsFunc(now, isNew) {
		u.reached = now // so that one that goes and comes back is new
		return false
	}
	u.log.Info("the machine has a new address: trying the centre at once")
	u.client.CloseIdleConnections() // they lead over the network that was
	u.backoff.hurry()
	return true
}

// showOffline says that nothing goes through, unless the health says more already.
func (u *Uplink) showOffline() {
	if reason := u.Health().Reason; reason != reasonRefused && reason != reasonUnknown {
		u.show(reasonOffline)
	}
}
