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

	// nobodyFor is how long nobody has answered before the chip is left alone
	// with a listing.
	nobodyFor = 300 * time.Millisecond
	// glanceEvery is how often it is looked by frames meanwhile, for what a
	// listing keeps silent about. With the interrupt pin only [Device.Check] does
	// that, since idle looks are to cost nothing.
	glanceEvery = 500 * time.Millisecond
)

// Scan reads and halts the cards that are new in the field, as [iso14443a.List]
// does. Where nobody has answered for a while the chip gets a listing, which
// goes on in it: from then on a call costs one frame of two bytes until a card
// comes, or none with the interrupt pin, and the first card is read in some
// 10 ms, five frames and about 46 bytes. What was listed is read twice, since the
// frames' checksum alone does not tell two flipped bits. Errors are those of the
// chip and the bus.
func (d *Device) Scan(ctx context.Context) (cards []iso14443a.Target, err error) {
	if !d.bus.IsOpen() {
		return nil, ErrClosed
	}
	d.unread = iso14443a.UnreadNothing
	if d.pending {
		ready, err := d.ready()
		if err != nil {
			return nil, err
		}
		if ready {
			if cards, err = d.harvest(ctx); err != nil || len(cards) > 0 {
				return cards, err
			}
		} else if d.lists || d.bus.Interrupt().Works() || d.clock.Now().Before(d.glance) {
			return nil, nil
		}
	}
	if !d.lists {
		cards, err = d.scanFrames(ctx)
		if !errors.Is(err, errRefused) {
			return cards, err
		}
		d.lists = true
	}
	return d.scanListed(ctx)
}

// Unread is what the last [Device.Scan] heard and could not read.
func (d *Device) Unread() iso14443a.Unread { return d.unread }

// leftover is how a listing that ended has left the cards.
type leftover int

const (
	leftoverNone leftover = iota
	leftoverRead          // the one that was listed is selected still
	leftoverAny           // it may have been amid one of them, who keeps silent once
)

// scanFrames looks by frames of our own, and leaves the chip alone with a listing
// where that is for nothing.
func (d *Device) scanFrames(ctx context.Context) (cards []iso14443a.Target, err error) {
	looks := 1
	switch d.leftover {
	case leftoverNone:
	case leftoverRead:
		if err := iso14443a.Halt(ctx, d); err != nil && !iso14443a.OfCard(err) {
			return nil, err
		}
	case leftoverAny:
		looks = 2
	}
	d.leftover = leftoverNone
	for ; looks > 0 && err == nil && len(cards) == 0 && d.unread == iso14443a.UnreadNothing; looks-- {
		cards, d.unread, err = iso14443a.List(ctx, d)
	}
	if err != nil || d.unread != iso14443a.UnreadNothing || d.clock.Now().Before(d.alone) {
		return cards, err
	}
	d.glance = d.clock.Now().Add(glanceEvery)
	return nil, d.start(ctx, 1, typeA)
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

// harvest reads a listing that is ready. It gives nobody where what was listed
// cannot be trusted: frames tell, or the next listing.
func (d *Device) harvest(ctx context.Context) ([]iso14443a.Target, error) {
	d.pending, d.leftover = false, leftoverAny
	data, err := d.receive(ctx, inListPassiveTarget, d.size)
	if errors.Is(err, errMute) {
		d.size = twoTargets // it may have been cut short
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cards, err := targets(data)
	if err != nil {
		if d.lists {
			d.unread = iso14443a.UnreadNoise
		}
		return nil, nil //nolint:nilerr // it reads as if nobody lay there
	}
	if len(cards) == 0 {
		return nil, nil
	}
	second, err := d.again(ctx, inListPassiveTarget, len(data)+overhead+d.lead)
	if err != nil && !unread(err) && !ofChip(err) {
		return nil, err
	}
	// A chip may repeat nothing that was read well: then another listing must
	// tell the same, where frames cannot.
	if twice := err == nil && slices.Equal(second, data); !twice && (!d.lists || !slices.Equal(cards, d.once)) {
		d.once = cards
		return nil, nil
	}
	d.leftover = leftoverRead
	d.learn()
	d.answered()
	return cards, nil
}

// answered notes that a card was heard: more frames will be for it.
func (d *Device) answered() {
	d.heard = d.clock.Now()
	d.alone = d.heard.Add(nobodyFor)
}

// pairs is whether a chip that only lists ends a listing for two cards when it
// has found one: the manual lets it go on.
type pairs int

const (
	pairsUntried pairs = iota
	pairsTry           // a card lies there: it can be found out
	pairsEnd
	pairsGoOn // such a chip is asked for one card
)

// learn takes note of how a listing that found cards ended.
func (d *Device) learn() {
	switch {
	case !d.lists || d.pairs == pairsEnd || d.pairs == pairsGoOn:
	case d.asked == mostTargets:
		d.pairs = pairsEnd
	case d.pairs == pairsUntried:
		d.pairs = pairsTry
	}
}

// scanListed looks on a chip that takes no frames as they are: it gives cards
// that lie there, at every call, at most two, or one where the chip insists on
// finding as many as it is asked for.
func (d *Device) scanListed(ctx context.Context) ([]iso14443a.Target, error) {
	most := byte(1) // every chip finds the first card so
	switch d.pairs {
	case pairsTry:
		return d.tryPairs(ctx)
	case pairsEnd:
		most = mostTargets
	case pairsUntried, pairsGoOn:
	}
	cards, err := d.list(ctx, listWithin, most, typeA)
	if err == nil && len(cards) == 0 && d.mute && !d.pending {
		return d.list(ctx, listWithin, most, typeA)
	}
	return cards, err
}

// tryPairs lists for two where a listing for one has just found a card. A chip
// that goes on then, and yet finds the card when it is asked for one, is one
// that insists on two; else the card was taken away.
func (d *Device) tryPairs(ctx context.Context) ([]iso14443a.Target, error) {
	cards, err := d.list(ctx, pairsWithin, mostTargets, typeA)
	if err != nil || len(cards) > 0 || !d.pending {
		return cards, err
	}
	cards, err = d.list(ctx, listWithin, 1, typeA)
	if d.pairs = pairsUntried; len(cards) > 0 {
		d.pairs = pairsGoOn
	}
	return cards, err
}

// list hands the chip a listing and waits for a card, at most longest. One that
// found nobody goes on.
func (d *Device) list(ctx context.Context, longest time.Duration, parameters ...byte) ([]iso14443a.Target, error) {
	if err := d.start(ctx, parameters...); err != nil {
		return nil, err
	}
	if err := d.bus.Interrupt().Wait(ctx, listSpan); err != nil {
		return nil, err
	}
	switch err := d.await(ctx, longest-listSpan); {
	case errors.Is(err, ErrNoChip):
		return nil, nil // silence is nobody there; whether the chip is, Check knows
	case err != nil:
		return nil, err
	}
	return d.harvest(ctx)
}

// findListed looks for a card by listing it alone, on a chip that takes no
// frames as they are.
func (d *Device) findListed(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	cards, err := d.list(ctx, findWithin, append([]byte{1, typeA}, initiator(uid)...)...)
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
