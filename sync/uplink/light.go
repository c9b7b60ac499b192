package uplink

import (
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/wire"
)

// The reasons of the sending light.
const (
	waiting = "sync.waiting" // for a coordinator to type the code
	offline = "sync.offline"
	refused = "sync.refused"
	forked  = "sync.forked"
	revoked = "sync.revoked"
)

// Light tells how the sending is doing: green, or orange with a reason. It is
// never red, because a room without its centre counts on.
func (u *Uplink) Light() kiosk.Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.light
}

// show sets the light to a reason, "" for green, and tells OnLight of a change.
func (u *Uplink) show(reason string) {
	light := kiosk.Health{Part: "sync", Level: kiosk.LevelOrange, Reason: reason}
	if reason == "" {
		light.Level = kiosk.LevelGreen
	}
	u.mu.Lock()
	changed := light != u.light
	u.light = light
	u.mu.Unlock()
	if changed && u.onLight != nil {
		u.onLight(light)
	}
}

// wireLights returns the kiosk's lights as they may be sent, ours added when
// it is not among them. What the schema does not know is left out, so that a
// new light can never stop the numbers.
func (u *Uplink) wireLights() []wire.Light {
	var all []kiosk.Health
	if u.lights != nil {
		all = u.lights()
	}
	if !slices.ContainsFunc(all, func(l kiosk.Health) bool { return l.Part == "sync" }) {
		all = append(slices.Clone(all), u.Light())
	}
	out := []wire.Light{}
	for _, l := range all {
		w := wire.Light{Part: l.Part, Colour: string(l.Level), Reason: l.Reason}
		if !slices.Contains(wire.Reasons(), w.Reason) {
			w.Reason = ""
		}
		if w.Check() == nil && len(out) < wire.MaxLights {
			out = append(out, w)
		}
	}
	return out
}
