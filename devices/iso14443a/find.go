package iso14443a

import (
	"context"
	"errors"
)

// Presence is what one test for a known card found out.
type Presence int

// The three outcomes of [Find].
const (
	PresenceUnsure  Presence = iota // something answered, but no UID could be read whole
	PresenceSeen                    // the card is there
	PresenceMissing                 // nothing answered, or only other cards did
)

// Sighting is the outcome of a test for one card, with the other cards that
// were read whole on the way: they are halted now, so no [List] finds them.
type Sighting struct {
	Presence Presence
	Others   []Target
}

// Find tests whether a card that lies halted in the field is still there,
// without switching the field. It sends up to six WUPAs, since a card whose
// answer was lost keeps silent at every second one; where something is heard,
// up to six more, since one other card read does not yet mean that this one is
// gone. Cards are left halted. An error is the chip's or the bus's.
func Find(ctx context.Context, t Transceiver, uid UID) (Sighting, error) {
	var s Sighting
	heard, others := false, 0
	for try := 0; others < enoughOthers && (try < findTries || heard && try < 2*findTries); try++ {
		err := Request(ctx, t, WUPA)
		if isSilence(err) {
			continue
		}
		heard = true
		var card Target
		if err == nil {
			card, err = identify(ctx, t, uid)
		}
		switch {
		case err == nil && card.UID == uid:
			s.Presence = PresenceSeen
			return s, nil
		case err == nil:
			others++
			if !holds(s.Others, card.UID) {
				s.Others = append(s.Others, card)
			}
		case !OfCard(err):
			return s, err
		}
	}
	if !heard || others > 0 {
		s.Presence = PresenceMissing
	}
	return s, nil
}

// identify looks for uid among the woken cards, and if it does not answer,
// reads whichever does.
func identify(ctx context.Context, t Transceiver, uid UID) (Target, error) {
	card := Target{UID: uid}
	sak, level, err := reselect(ctx, t, uid)
	card.SAK = sak
	if err != nil {
		if !OfCard(err) {
			return Target{}, err
		}
		// A selection meant for another leaves a woken card waiting, at the
		// level up to which the two are alike: badges of one batch are.
		s := search{t: t, command: WUPA}
		card, err = s.selectOne(ctx, level, uid.Bytes()[:3*level])
		if isSilence(err) {
			// Or it sends them all back: then they are woken once more.
			if err = Request(ctx, t, WUPA); err == nil {
				card, err = s.selectOne(ctx, 0, nil)
			}
		}
		if err != nil {
			return Target{}, err
		}
	}
	if err := Halt(ctx, t); err != nil && !OfCard(err) {
		return Target{}, err
	}
	return card, nil
}

func isSilence(err error) bool { return errors.Is(err, ErrNoAnswer) }
