package uplink

import (
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/wire"
)

// The reasons of the sending light.
const (
	reasonWaiting = "sync.waiting" // for a coordinator to type the code
	reasonOffline = "sync.offline"
	reasonRefused = "sync.refused"
	reasonForked  = "sync.forked"
	reasonRevoked = "sync.revoked"
)

// Health tells how the sending is doing: green, or orange with a reason. It is
// never red, because a room without its centre counts on.
func (u *Uplink) Health() kiosk.Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.health
}

// show sets the light to a reason, "" for green, and tells OnLight of a change.
func (u *Uplink) show(reason string) {
	light := kiosk.Health{Part: "sync", Level: kiosk.LevelOrange, Reason: reason}
	if reason == "" {
		light.Level = kiosk.LevelGreen
	}
	u.mu.Lock()
	changed := light != u.health
	u.health = light
	u.mu.Unlock()
	if changed && u.onHealth != nil {
		u.onHealth(light)
	}
}

// wireHealth returns the kiosk's lights as they may be sent, ours added when
// it is not among them. What the schema does not know is left out, so that a
// new light can never stop the numbers.
func (u *Uplink) wireHealth() []wire.Health {
	var all []kiosk.Health
	if u.allHealth != nil {
		all = u.allHealth()
	}
	if !slices.ContainsFunc(all, func(l kiosk.Health) bool { return l.Part == "sync" }) {
		all = append(slices.Clone(all), u.Health())
	}
	out := []wire.Health{}
	for _, l := range all {
		w := wire.Health{Part: l.Part, Level: string(l.Level), Reason: l.Reason}
		if !slices.Contains(wire.Reasons(), w.Reason) {
			w.Reason = ""
		}
		if w.Check() == nil && len(out) < wire.MaxHealth {
			out = append(out, w)
		}
	}
	return out
}
