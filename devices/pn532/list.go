package pn532

import (
	"context"
	"errors"
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	// oneTarget is the answer to a listing of one card with 7 bytes: a longer
	// one is read again.
	oneTarget = 1 + 5 + 7
	// twoTargets is the longest, without an ATS.
	twoTargets = 1 + 2*(5+10)
	// listSpan is about how long a listing takes for a card that is there.
	listSpan = 7 * time.Millisecond
	// listWithin is how long it is waited for: some tries.
	listWithin = 16 * time.Millisecond
	// findWithin is how long one card is asked for by its UID.
	findWithin = 40 * time.Millisecond
	// pairsWithin is how long a listing for two has to end with one card.
	pairsWithin = 200 * time.Millisecond
)

// Scan gives the cards that lie there, at most two. Where the last call found
// one it lists anew, which takes some 10 ms, five frames and about 46 bytes with
// one card. A listing that found nobody goes on in the chip: from then on a call
// costs one frame of two bytes until a card comes, or none with the interrupt
// pin. A UID that was not listed the last time is read twice, since the frames'
// checksum alone does not tell two flipped bits. Errors are those of the chip
// and the bus.
func (d *Device) Scan(ctx context.Context) ([]iso14443a.Target, error) {
	if !d.bus.IsOpen() {
		return nil, ErrClosed
	}
	d.unread = iso14443a.UnreadNothing
	if d.pending {
		ready, err := d.ready()
		if err != nil || !ready {
			return nil, err
		}
		if cards, sure, err := d.harvest(ctx); err != nil || sure {
			return cards, err
		}
	}
	if d.pairs == pairsTry {
		return d.tryPairs(ctx)
	}
	cards, sure, err := d.list(ctx, listWithin, d.most(), typeA)
	if err == nil && !sure && d.mute {
		cards, _, err = d.list(ctx, listWithin, d.most(), typeA)
	}
	return cards, err
}

// Unread is what the last [Device.Scan] heard and could not read: the chip itself
// tells of what it could read only.
func (d *Device) Unread() iso14443a.Unread { return d.unread }

// pairs is whether the chip ends a listing for two cards when it has found one:
// the manual lets it go on.
type pairs int

const (
	pairsUntried pairs = iota
	pairsTry           // a card lies there: it can be found out
	pairsEnd
	pairsGoOn // such a chip is asked for one card
)

// most is for how many cards a listing is: one as long as it is not known
// whether the chip ends one for two, since every chip finds the first card so.
func (d *Device) most() byte {
	if d.pairs == pairsEnd || d.pairs == pairsTry {
		return mostTargets
	}
	return 1
}

// tryPairs lists for two where a listing for one has just found a card. A chip
// that goes on then, and yet finds the card when it is asked for one, is one
// that insists on two; else the card was taken away.
func (d *Device) tryPairs(ctx context.Context) ([]iso14443a.Target, error) {
	cards, _, err := d.list(ctx, pairsWithin, mostTargets, typeA)
	if err != nil || len(cards) > 0 {
		return cards, err
	}
	if !d.pending {
		d.pairs = pairsEnd
		return nil, nil
	}
	cards, _, err = d.list(ctx, listWithin, 1, typeA)
	if d.pairs = pairsUntried; len(cards) > 0 {
		d.pairs = pairsGoOn
	}
	return cards, err
}

// start hands the chip a listing, which stays with it.
func (d *Device) start(ctx context.Context, parameters ...byte) error {
	if err := d.send(ctx, inListPassiveTarget, parameters...); err != nil {
		return err
	}
	d.pending, d.asked = true, parameters[0]
	d.air.on, d.air.raw = true, false // it sets field and registers as it needs them
	return nil
}

// list hands the chip a listing and waits for a card, at most longest. sure is
// false when something was listed that cannot be believed; a listing that found
// nobody goes on.
func (d *Device) list(ctx context.Context, longest time.Duration, parameters ...byte) (cards []iso14443a.Target, sure bool, err error) {
	if err := d.start(ctx, parameters...); err != nil {
		return nil, false, err
	}
	if err := d.bus.Interrupt().Wait(ctx, listSpan); err != nil {
		return nil, false, err
	}
	err = d.await(ctx, longest-listSpan)
	if errors.Is(err, ErrNoChip) {
		// Silence of a listing is nobody there; whether the chip is, Check knows.
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	return d.harvest(ctx)
}

// harvest reads a listing that is ready. sure is false for one that cannot be
// believed: the next one tells.
func (d *Device) harvest(ctx context.Context) (cards []iso14443a.Target, sure bool, err error) {
	d.pending = false
	data, err := d.receive(ctx, inListPassiveTarget, d.size)
	if errors.Is(err, errMute) {
		d.size = twoTargets // it may have been cut short
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	cards, err = targets(data)
	if err != nil {
		d.unread = iso14443a.UnreadNoise
		return nil, false, nil //nolint:nilerr // it reads as if nobody lay there
	}
	if !subset(cards, d.trusted) {
		second, err := d.again(ctx, inListPassiveTarget, len(data)+overhead+d.lead)
		if err != nil && !unread(err) && !ofChip(err) {
			return nil, false, err
		}
		// A chip may repeat nothing that was read well: then another listing
		// must tell the same.
		if (err != nil || !slices.Equal(second, data)) && !subset(cards, slices.Concat(d.trusted, d.candidates)) {
			d.candidates = latest(append(d.candidates, cards...))
			return nil, false, nil
		}
	}
	d.learn(len(cards))
	d.trusted = cards
	if len(cards) > 0 {
		d.heard = d.clock.Now()
	}
	return cards, true, nil
}

// learn takes note of how listings end.
func (d *Device) learn(found int) {
	switch {
	case found == 0 || d.pairs == pairsEnd || d.pairs == pairsGoOn:
	case d.asked == mostTargets:
		d.pairs = pairsEnd
	case d.pairs == pairsUntried:
		d.pairs = pairsTry
	}
}

// latest are the last few of cards that were read once.
func latest(cards []iso14443a.Target) []iso14443a.Target {
	return cards[max(0, len(cards)-2*mostTargets):]
}

func subset(cards, of []iso14443a.Target) bool {
	for _, c := range cards {
		if !slices.Contains(of, c) {
			return false
		}
	}
	return true
}

// findListed looks for a card by listing it alone, on a chip that takes no
// frames as they are.
func (d *Device) findListed(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	cards, _, err := d.list(ctx, findWithin, append([]byte{1, typeA}, initiator(uid)...)...)
	if err != nil {
		return iso14443a.Sighting{}, err
	}
	if slices.ContainsFunc(cards, func(c iso14443a.Target) bool { return c.UID == uid }) {
		return iso14443a.Sighting{Presence: iso14443a.PresenceSeen}, nil
	}
	// What waits for this card alone must not wait for newcomers.
	return iso14443a.Sighting{Presence: iso14443a.PresenceMissing}, d.abort(ctx)
}

// initiator is a UID as a listing for it alone takes it: with the cascade tags
// (user manual 7.3.5).
func initiator(uid iso14443a.UID) []byte {
	var out []byte
	rest := uid.Bytes()
	for len(rest) > 4 {
		out = append(append(out, iso14443a.CascadeTag), rest[:3]...)
		rest = rest[3:]
	}
	return append(out, rest...)
}
