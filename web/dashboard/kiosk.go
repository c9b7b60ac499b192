package dashboard

import (
	"time"

	"example.org/inloop/sync/central"
)

// kioskPanel is how a room's kiosk is doing.
type kioskPanel struct {
	Paired      bool
	State       string
	Class, Icon string
	Since       string // when it was paired
	Fingerprint string
	Clock       string // said when its clock is unsure or off
	Forked      string // said when its key has two holders
	Health      []partHealth
}

// partHealth is how one part of a kiosk is doing.
type partHealth struct {
	Part, Level, Text, Icon string
}

// clockOff is from when on a kiosk's clock is called off: a minute would still
// let every visit fall on its day.
const clockOff = 2 * time.Minute

func (p *sheet) kiosk(r central.Room) *kioskPanel {
	k := r.Kiosk
	panel := &kioskPanel{Paired: k.ID != "", Fingerprint: k.Fingerprint}
	panel.State, panel.Class, panel.Icon = p.roomState(r)
	if !panel.Paired {
		return panel
	}
	panel.Since = p.T("dashboard.kiosk.since", "Date", p.localizer.Date(k.Paired.In(p.Now.Location())))
	if k.Trust == 0 {
		panel.Clock = p.T("dashboard.kiosk.unsure")
	} else if k.Skew.Abs() > clockOff {
		panel.Clock = p.localizer.N("dashboard.kiosk.off", int(k.Skew.Abs().Round(time.Minute)/time.Minute), nil)
	}
	if !k.Forked.IsZero() {
		panel.Forked = p.T("dashboard.kiosk.forked", "Date", p.localizer.Date(k.Forked.In(p.Now.Location())))
	}
	panel.Health = p.health(k)
	return panel
}

func (p *sheet) health(k central.Kiosk) []partHealth {
	icons := map[string]string{"green": "circle-check", "orange": "warning", "red": "stop"}
	var all []partHealth
	for _, l := range k.Health {
		text := p.T("dashboard.kiosk.fine")
		if l.Level != "green" {
			text = p.T("lights.colour." + l.Level)
		}
		if l.Reason != "" {
			text = p.T("lights." + l.Reason)
		}
		all = append(all, partHealth{Part: p.T("lights.part." + l.Part), Level: l.Level, Text: text, Icon: icons[l.Level]})
	}
	return all
}

// worst is the part that most asks for care, nil when all are green.
func (p *sheet) worst(k central.Kiosk) *partHealth {
	var worst *partHealth
	for _, l := range p.health(k) {
		if l.Level == "red" || l.Level == "orange" && worst == nil {
			worst = &l
		}
		if l.Level == "red" {
			break
		}
	}
	return worst
}
