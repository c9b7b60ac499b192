package kiosk

import "slices"

// Level is one of the three colours in which a volunteer is told how the
// kiosk is doing. Colour never stands alone: words and a picture go with it.
type Level string

// The three colours.
const (
	LevelGreen  Level = "green"  // counted
	LevelOrange Level = "orange" // counted, something needs care
	LevelRed    Level = "red"    // not counted: use the paper list
)

// Worse tells whether c needs a person sooner than o does.
func (c Level) Worse(o Level) bool { return c.rank() > o.rank() }

func (c Level) rank() int {
	switch c {
	case LevelGreen:
		return 0
	case LevelOrange:
		return 1
	default:
		return 2
	}
}

// Health is how one part of the kiosk is doing. Reason is a key of the message
// translations ("reader.gone"), empty when the level is green.
type Health struct {
	Part   string `json:"part"` // "reader", "store", "clock", "disk" or "sync"
	Level  Level  `json:"colour"`
	Reason string `json:"reason,omitempty"`
}

// ReaderDown tells whether no badge can be read: the reader is red, or the room has
// none. Then people are counted by hand.
func ReaderDown(parts []Health) bool {
	return slices.ContainsFunc(parts, func(h Health) bool {
		return h.Part == "reader" && (h.Level == LevelRed || h.Reason == "reader.none")
	})
}
