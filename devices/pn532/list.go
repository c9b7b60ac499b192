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
	// pairsWithin is how long a listing for two has to end with one card.
	pairsWithin = 200 * time.Millisecond
	// besideWithin is how long one card is asked for by its number beside
	// others.
	besideWithin = 40 * time.Millisecond
	// cycleAfter is how long a listing may find nobody before the field is
	// switched off and on, and missAfter how long then before the card is
	// missed: some hundred tries, for a card that is held badly needs many.
	cycleAfter = 60 * time.Millisecond
	missAfter  = 500 * time.Millisecond
)

// Scan gives the cards that lie there, at most two. Where the last call found
// one it lists anew, which takes some 10 ms, five frames and about 46 bytes with
// one card. A listing that found nobody goes on in the chip: from then on a call
// costs one frame of two bytes until a card comes, or none with the interrupt
// pin. A UID that was not listed the last time is read twice, since the frames'
// checksum alone does not tell two flipped bits. Errors are those of the chip
// and the bus.
func (d *Device) Scan(ctx context.Context) ([]iso14443a.Card, error) {
	if !d.bus.IsOpen() {
		return nil, ErrClosed
	}
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
func (d *Device) tryPairs(ctx context.Context) ([]iso14443a.Card, error) {
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

// persist lists until somebody is found or the time is over: for chips that give
// up a listing soon, which says little where a card is held badly.
func (d *Device) persist(ctx context.Context, longest time.Duration) (cards []iso14443a.Card, err error) {
	for end := d.clock.Now().Add(longest); !d.pending && len(cards) == 0 && err == nil && d.clock.Now().Before(end); {
		cards, _, err = d.list(ctx, listWithin, d.most(), typeA)
	}
	return cards, err
}

// start hands the chip a listing, which stays with it.
func (d *Device) start(ctx context.Context, parameters ...byte) error {
	if err := d.send(ctx, inListPassiveTarget, parameters...); err != nil {
		return err
	}
	d.pending, d.asked = true, parameters[0]
	if d.vacant.IsZero() {
		d.vacant = d.clock.Now()
	}
	return nil
}

// list hands the chip a listing and waits for a card, at most longest. sure is
// false when something was listed that cannot be believed; a listing that found
// nobody goes on.
func (d *Device) list(ctx context.Context, longest time.Duration, parameters ...byte) (cards []iso14443a.Card, sure bool, err error) {
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
func (d *Device) harvest(ctx context.Context) (cards []iso14443a.Card, sure bool, err error) {
	d.pending = false
	data, err := d.receive(ctx, inListPassiveTarget, d.size)
	if errors.Is(err, errMute) {
		d.size = twoTargets // it may have been cut short
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	found, err := targets(data)
	if err != nil {
		return nil, false, nil //nolint:nilerr // it reads as if nobody lay there
	}
	for _, t := range found {
		cards = append(cards, t.card)
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
		d.vacant, d.cycled, d.heard = time.Time{}, false, d.clock.Now()
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
func latest(cards []iso14443a.Card) []iso14443a.Card {
	return cards[max(0, len(cards)-2*mostTargets):]
}

func subset(cards, of []iso14443a.Card) bool {
	for _, c := range cards {
		if !slices.Contains(of, c) {
			return false
		}
	}
	return true
}

// Find tests whether a card is still there, which [Device.Scan] has not listed
// for some time. Where the chip finds nobody, it takes that as
// [iso14443a.Missing] once it has looked for long enough, also after the field
// was switched off and on: a card that was halted beside another answers to
// nothing else on some chips. Until then it is [iso14443a.Unsure]. Where others
// lie there, the card is asked for by its number.
func (d *Device) Find(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	if !d.bus.IsOpen() {
		return iso14443a.Sighting{}, ErrClosed
	}
	cards, err := d.Scan(ctx)
	if err == nil && len(cards) == 0 {
		cards, err = d.persist(ctx, besideWithin)
	}
	s := sighting(cards, uid)
	if err != nil || s.Presence == iso14443a.Present {
		return s, err
	}
	if len(cards) > 0 {
		return d.findBeside(ctx, uid, s)
	}
	switch looked := d.clock.Now().Sub(d.vacant); {
	case !d.cycled && looked >= cycleAfter:
		return d.findAnew(ctx, uid)
	case d.cycled && looked >= missAfter:
		d.cycled = false // the next miss wants as much again
	default:
		s.Presence = iso14443a.Unsure
	}
	return s, nil
}

// findAnew asks for a card that no listing shows, by its number and then after
// the field was off.
func (d *Device) findAnew(ctx context.Context, uid iso14443a.UID) (iso14443a.Sighting, error) {
	cards, _, err := d.ask(ctx, uid)
	if s := sighting(cards, uid); err != nil || s.Presence == iso14443a.Present {
		return s, err
	}
	if err := d.cycleField(ctx); err != nil {
		return iso14443a.Sighting{}, err
	}
	d.cycled, d.vacant = true, time.Time{}
	cards, _, err = d.list(ctx, listWithin, d.most(), typeA)
	s := sighting(cards, uid)
	if s.Presence == iso14443a.Missing {
		s.Presence = iso14443a.Unsure
	}
	return s, err
}

// findBeside looks for a card beside others, which were listed: by its number,
// and at every second call after the field was off.
func (d *Device) findBeside(ctx context.Context, uid iso14443a.UID, s iso14443a.Sighting) (iso14443a.Sighting, error) {
	if d.beside = !d.beside; d.beside {
		again, err := d.findAnew(ctx, uid)
		for _, c := range s.Others {
			if !slices.Contains(again.Others, c) {
				again.Others = append(again.Others, c)
			}
		}
		return again, err
	}
	cards, _, err := d.ask(ctx, uid)
	if err != nil {
		return iso14443a.Sighting{}, err
	}
	if sighting(cards, uid).Presence == iso14443a.Present {
		s.Presence = iso14443a.Present
		return s, nil
	}
	// What waits for this card alone must not wait for newcomers.
	return s, d.abort(ctx)
}

// ask lists one card by its number. A chip that cannot is not asked again.
func (d *Device) ask(ctx context.Context, uid iso14443a.UID) (cards []iso14443a.Card, sure bool, err error) {
	if d.coarse {
		return nil, false, nil
	}
	cards, sure, err = d.list(ctx, besideWithin, append([]byte{1, typeA}, initiator(uid)...)...)
	if errors.Is(err, errRefused) {
		d.coarse = true
		return nil, false, nil
	}
	return cards, sure, err
}

// sighting tells a card among those that were listed.
func sighting(cards []iso14443a.Card, uid iso14443a.UID) iso14443a.Sighting {
	s := iso14443a.Sighting{Presence: iso14443a.Missing}
	for _, c := range cards {
		if c.UID == uid {
			s.Presence = iso14443a.Present
		} else if !slices.Contains(s.Others, c) {
			s.Others = append(s.Others, c)
		}
	}
	return s
}
