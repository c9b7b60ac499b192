package kiosk

import (
	"context"
	"errors"
	"time"
)

// StaleGreeting is how old a tap may be and still be answered at the door: whoever
// stands there after it is somebody else.
const StaleGreeting = 10 * time.Second

// ErrUnread is the error of a tap that was kept and whose greeting could not be
// read back afterwards.
var ErrUnread = errors.New("saved, but it could not be read back for the screen")

// TapStore keeps what taps mean.
type TapStore interface {
	// CheckIn writes down what the tap means, in one transaction, and returns
	// what was committed. Any error means that nothing was, but for an ErrUnread,
	// with which comes what is known of the tap without reading.
	CheckIn(ctx context.Context, tap Tap) (Receipt, error)
}

// Door is what a visitor sees and hears.
type Door interface {
	// Show replaces what is on the door screen. It never blocks.
	Show(Greeting)
}

// TapHandler turns taps into greetings: written down first, welcomed then.
type TapHandler struct {
	Store TapStore
	Door  Door
	Clock Clock // by which a tap is too old to be answered; nil answers them all
	// Volunteer is told whose badge asks for a PIN. It never blocks.
	Volunteer func(volunteer int64)
	// Changed is told that there is something new to show and to send. It
	// never blocks.
	Changed func()
}

// CheckIn takes one tap to its end. Nobody is welcomed who is not saved: when
// the store fails the door says so in red and the error is returned. Who is saved
// is welcomed, without a sign and a name when those cannot be read: they have done
// all that was asked of them, and the rest is for the volunteers' light to tell.
// A tap that was kept waiting too long ([StaleGreeting]) counts, and the door says
// nothing of it.
func (h *TapHandler) CheckIn(ctx context.Context, tap Tap) (Greeting, error) {
	receipt, err := h.Store.CheckIn(ctx, tap)
	if err != nil && !errors.Is(err, ErrUnread) {
		g := Greeting{Kind: GreetingNotSaved}
		h.show(g, tap)
		return g, err
	}
	if receipt.Volunteer != 0 {
		h.Volunteer(receipt.Volunteer)
	}
	if receipt.Greeting.Kind != GreetingNone {
		h.show(receipt.Greeting, tap)
	}
	h.Changed()
	return receipt.Greeting, err
}

// show says it at the door, unless whoever tapped has gone by now.
func (h *TapHandler) show(g Greeting, tap Tap) {
	if h.Clock != nil && h.Clock.Now().Sub(tap.At) > StaleGreeting {
		return
	}
	h.Door.Show(g)
}
