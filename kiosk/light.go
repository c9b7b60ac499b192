package kiosk

import "slices"

// Colour is one of the three colours in which a volunteer is told how the
// kiosk is doing. Colour never stands alone: words and a picture go with it.
type Colour string

// The three colours.
const (
	Green  Colour = "green"  // counted
	Orange Colour = "orange" // counted, something needs care
	Red    Colour = "red"    // not counted: use the paper list
)

// Worse tells whether c needs a person sooner than o does.
func (c Colour) Worse(o Colour) bool { return c.rank() > o.rank() }

func (c Colour) rank() int {
	switch c {
	case Green:
		return 0
	case Orange:
		return 1
	default:
		return 2
	}
}

// Light is how one part of the kiosk is doing. Reason is a key of the message
// catalogue ("reader.gone"), empty when the light is green.
type Light struct {
	Part   string `json:"part"` // "reader", "store", "clock", "disk" or "sync"
	Colour Colour `json:"colour"`
	Reason string `json:"reason,omitempty"`
}

// Unread tells whether no badge can be read: the reader is red, or the room has
// none. Then people are counted by hand.
func Unread(lights []Light) bool {
	return slices.ContainsFunc(lights, func(l Light) bool {
		return l.Part == "reader" && (l.Colour == Red || l.Reason == "reader.none")
	})
}
