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

// tapped tells whether a light may have its reason from one card alone: a badge that is
// held to the reader and cannot be read, a tap that was kept and not read back.
func tapped(l wire.Health) bool {
	return l.Level == "orange" && (l.Reason == "reader.unread" || l.Reason == "store.unread")
}

// tappedLight is what became of a light that one card may have turned.
type tappedLight struct {
	stands bool // it was lit when a part of a day had ended last, and at each request since
	told   bool
}

// settle returns a light as it is told. One that a card may have turned, and turned back,
// is told when a part of a day has ended through the whole of which it was lit, until one
// has at whose end it is not: so no minute in which somebody came moves a byte.
func (u *Uplink) settle(l wire.Health, ended bool) wire.Health {
	lit := tapped(l)
	s := u.lit[l.Part]
	if ended {
		s.told = s.stands && lit
	}
	s.stands = lit && (ended || s.stands)
	if u.lit[l.Part] = s; !lit || s.told {
		return l
	}
	return wire.Health{Part: l.Part, Level: "green"}
}

// wireHealth returns the kiosk's health as it may be sent, ours added when
// it is not among them. What the schema does not know is left out, so that a
// new part can never stop the numbers. ended tells that a part of a day has, since the
// request before.
func (u *Uplink) wireHealth(version int, ended bool) []wire.Health {
	var all []wire.Health
	if u.allHealth != nil {
		all = u.allHealth()
	}
	if !slices.ContainsFunc(all, func(l wire.Health) bool { return l.Part == "sync" }) {
		all = append(slices.Clone(all), u.Health())
	}
	out := []wire.Health{}
	for _, l := range all {
		l = u.settle(l, ended)
		if !slices.Contains(wire.Reasons(version), l.Reason) {
			l.Reason = olderReason(l.Reason)
		}
		if l.CheckIn(version) == nil && len(out) < wire.MaxHealth {
			out = append(out, l)
		}
	}
	return out
}
