package iso14443a

import "context"

// Bounds of what one List or Find does.
const (
	listTries    = 6 // failed attempts in one List
	findTries    = 6 // WUPAs in one Find that all go unanswered
	enoughOthers = 2 // other cards read in the place of the one that is looked for
)

// Unread is what a [List] heard and could not read.
type Unread int

// What can be heard in vain, the clearer the greater.
const (
	UnreadNothing Unread = iota
	UnreadNoise          // something, but no card's answer to a request
	UnreadCard           // a card's answer, but not its UID
)

// List reads every card that is awake or newly come, up to [MaxCards], and
// halts each, so that the next List finds newcomers only. What was read whole
// is returned even beside an error, which is then the chip's or the bus's: a
// card that could not be read is not in the list, and unread tells of it.
func List(ctx context.Context, t Transceiver) (cards []Target, unread Unread, err error) {
	silences := 0 // further requests that may go unanswered after a failed attempt
	for failed := 0; len(cards) < MaxCards && failed < listTries; {
		card, heard, err := next(ctx, t)
		switch {
		case err == nil:
			if holds(cards, card.UID) {
				return cards, unread, nil // it took no halt: the others are due next time
			}
			cards = append(cards, card)
			silences, unread = 0, UnreadNothing
		case !OfCard(err):
			return cards, unread, err
		case heard != UnreadNothing:
			// A card left half-way answers the second request from now.
			failed++
			unread = max(unread, heard)
			silences = 2
		case silences == 0:
			return cards, unread, nil
		default:
			silences--
		}
	}
	return cards, unread, nil
}

// next wakes, selects and halts one card; heard tells what answered.
func next(ctx context.Context, t Transceiver) (card Target, heard Unread, err error) {
	clear, err := request(ctx, t, REQA)
	if err != nil {
		if !isSilence(err) {
			heard = UnreadNoise
		}
		return Target{}, heard, err
	}
	if heard = UnreadNoise; clear {
		heard = UnreadCard
	}
	if card, err = Select(ctx, t, REQA); err != nil {
		return Target{}, heard, err
	}
	// A halt that was answered or lost costs a second reading later, no more.
	if err := Halt(ctx, t); err != nil && !OfCard(err) {
		return Target{}, heard, err
	}
	return card, heard, nil
}

func holds(cards []Target, uid UID) bool {
	for _, c := range cards {
		if c.UID == uid {
			return true
		}
	}
	return false
}
