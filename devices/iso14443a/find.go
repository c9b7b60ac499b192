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
// gone. beside are cards that should lie there too: asked by their UIDs, they
// need not be told apart. Cards are left halted. An error is the chip's or the
// bus's.
func Find(ctx context.Context, t Transceiver, uid UID, beside ...UID) (Sighting, error) {
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
			card, err = identify(ctx, t, uid, beside)
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

// identify looks for uid among the woken cards, and if it does not answer, for
// those beside it, and if none of them does, reads whichever answers.
func identify(ctx context.Context, t Transceiver, uid UID, beside []UID) (Target, error) {
	card := Target{UID: uid}
	sak, level, err := reselect(ctx, t, uid)
	for i := 0; i < len(beside) && isSilence(err); i++ {
		card.UID = beside[i]
		sak, level, err = wakeFor(ctx, t, beside[i])
	}
	card.SAK = sak
	if err != nil {
		if !OfCard(err) {
			return Target{}, err
		}
		// A selection meant for another leaves a woken card waiting, at the
		// level up to which the two are alike: badges of one batch are.
		s := search{t: t, command: WUPA}
		card, err = s.selectOne(ctx, level, card.UID.Bytes()[:3*level])
		if isSilence(err) {
			// Or it sends them all back: then they are woken once more.
			if err = Request(ctx, t, WUPA); err == nil {
				card, err = s.selectOne(ctx, 0, nil)
			}
		}
		// A card that missed some frames may wait at the beginning of another's
		// UID still: only one that is selected by the whole of it has it.
		if err == nil && len(beside) > 0 {
			_, _, err = wakeFor(ctx, t, card.UID)
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

// wakeFor wakes the cards anew and selects the one with this UID, as [reselect] does.
// Cards that wait fall back at a WUPA, others wake up by it: where one has just come,
// they can be out of step, so that whenever one is awake the other is not. One that is
// not awake after the first WUPA is so after the next.
func wakeFor(ctx context.Context, t Transceiver, uid UID) (sak SAK, level int, err error) {
	for range 2 {
		if err = Request(ctx, t, WUPA); err == nil {
			sak, level, err = reselect(ctx, t, uid)
		}
		if !isSilence(err) {
			break
		}
	}
	return sak, level, err
}

func isSilence(err error) bool { return errors.Is(err, ErrNoAnswer) }
