package uplink

import (
	"slices"

	"example.org/inloop/sync/wire"
)

// Why sending may be orange.
const (
	reasonWaiting = "sync.waiting" // for a coordinator to type the code
	reasonOffline = "sync.offline"
	reasonRefused = "sync.refused"
	reasonForked  = "sync.forked"
	reasonRevoked = "sync.revoked"
	reasonUnknown = "sync.unknown"
	reasonPool    = "sync.pool" // something of counting together was refused here
)

// Health tells how the sending is doing: green, or orange with a reason. It is
// never red, because a room without its centre counts on.
func (u *Uplink) Health() wire.Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.health
}

// show sets the health of sending to a reason, "" for green, and tells OnHealth of a
// change.
func (u *Uplink) show(reason string) {
	health := wire.Health{Part: "sync", Level: "orange", Reason: reason}
	if reason == "" {
		health.Level = "green"
	}
	u.mu.Lock()
	changed := health != u.health
	u.health = health
	u.mu.Unlock()
	if changed && u.onHealth != nil {
		u.onHealth(health)
	}
}

// olderReason returns the word of version 1 that says most of what a newer one
// does, "" when none does.
func olderReason(reason string) string {
	switch reason {
	case "reader.unread", "reader.stalled", "reader.denied":
		return "reader.fault"
	case "reader.nonode":
		return "reader.gone"
	case "store.key", "store.gone", "store.absent":
		return "store.broken"
	case "clock.undated", "clock.centre":
		return "clock.unsure"
	case "sync.unknown", "sync.pool":
		return "sync.refused"
	}
	return ""
}

// wireHealth returns the kiosk's health as it may be sent, ours added when
// it is not among them. What the schema does not know is left out, so that a
// new part can never stop the numbers.
func (u *Uplink) wireHealth(version int) []wire.Health {
	var all []wire.Health
	if u.allHealth != nil {
		all = u.allHealth()
	}
	if !slices.ContainsFunc(all, func(l wire.Health) bool { return l.Part == "sync" }) {
		all = append(slices.Clone(all), u.Health())
	}
	out := []wire.Health{}
	for _, l := range all {
		if !slices.Contains(wire.Reasons(version), l.Reason) {
			l.Reason = olderReason(l.Reason)
		}
		if l.CheckIn(version) == nil && len(out) < wire.MaxHealth {
			out = append(out, l)
		}
	}
	return out
}
