package spibus

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Speeds are what may be tried, the configured one first.
func (b *Bus) Speeds() []physic.Frequency {
	list := []physic.Frequency{b.wiring.Speed}
	for _, s := range b.chip.Slower {
		if s < b.wiring.Speed {
			list = append(list, s)
		}
	}
	return list
}

// Configured is the speed that the wiring asks for.
func (b *Bus) Configured() physic.Frequency { return b.wiring.Speed }

// Speed is that of the frames to come.
func (b *Bus) Speed() physic.Frequency { return b.speed }

// SetSpeed sets the speed of the frames to come.
func (b *Bus) SetSpeed(speed physic.Frequency) error {
	if b.port == nil {
		return ErrClosed
	}
	b.speed = speed
	if err := b.port.LimitSpeed(speed); err != nil {
		return fmt.Errorf("%s: limit speed to %s: %w", b.chip.Name, speed, err)
	}
	return nil
}

// Fastest sets the fastest speed at which test passes. garbled tells the errors
// of test that a slower clock may mend; any other ends the search. slower tells
// that the configured speed was too fast, so that writes may have hit the wrong
// registers.
func (b *Bus) Fastest(test func() error, garbled func(error) bool) (slower bool, err error) {
	for i, speed := range b.Speeds() {
		if err = b.SetSpeed(speed); err == nil {
			err = test()
		}
		if err == nil {
			if i > 0 {
				b.wiring.Log.Warn("the reader's wires garble bytes at the configured speed; running slower",
					"configured", b.wiring.Speed.String(), "speed", speed.String())
			}
			return i > 0, nil
		}
		if !garbled(err) {
			return i > 0, err
		}
	}
	return true, err
}
