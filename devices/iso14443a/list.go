package iso14443a

import "context"

// Bounds of what one List or Find does.
const (
	listTries    = 6 // failed attempts in one List
	findTries    = 6 // WUPAs in one Find that all go unanswered
	enoughOthers = 2 // other cards read in the place of the one that is looked for
)

// List reads every card that is awake or newly come, up to [MaxCards], and
// halts each, so that the next List finds newcomers only. What was read whole
// is returned even beside an error, which is then the chip's or the bus's: a
// card that could not be read is simply not in the list.
func List(ctx context.Context, t Transceiver) ([]Card, error) {
	var cards []Card
	silences := 0 // further requests that may go unanswered after a failed attempt
	for failed := 0; len(cards) < MaxCards && failed < listTries; {
		card, heard, err := next(ctx, t)
		switch {
		case err == nil:
			if holds(cards, card.UID) {
				return cards, nil // it took no halt: the others are due next time
			}
			cards = append(cards, card)
			silences = 0
		case !OfCard(err):
			return cards, err
		case heard:
			// A card left half-way answers the second request from now.
			failed++
			silences = 2
		case silences == 0:
			return cards, nil
		default:
			silences--
		}
	}
	return cards, nil
}

// next wakes, selects and halts one card; heard tells that one answered at all.
func next(ctx context.Context, t Transceiver) (card Card, heard bool, err error) {
	if err := Request(ctx, t, REQA); err != nil {
		return Card{}, !isSilence(err), err
	}
	if card, err = Select(ctx, t, REQA); err != nil {
		return Card{}, true, err
	}
	// A halt that was answered or lost costs a second reading later, no more.
	if err := Halt(ctx, t); err != nil && !OfCard(err) {
		return Card{}, true, err
	}
	return card, true, nil
}

func holds(cards []Card, uid UID) bool {
	for _, c := range cards {
		if c.UID == uid {
			return true
		}
	}
	return false
}
