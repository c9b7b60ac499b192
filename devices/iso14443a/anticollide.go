package iso14443a

import "context"

// search is the telling apart of cards that were woken together.
type search struct {
	t       Transceiver
	command byte   // that woke them, REQA or WUPA
	uid     []byte // selected so far, without cascade tags
	manner  manner
}

// manner is what cards do at a frame that is meant for another. The standard is
// read in both ways (ISO/IEC 14443-3, 6.3), and both kinds of card are about.
type manner int

const (
	mannerUnknown manner = iota
	mannerWaits          // where they are
	mannerFalls          // back to where they were before they were woken
)

// wakeTries is how often cards are woken again for one bit: those that waited
// fall back at the first request, and two kinds of card take turns.
const wakeTries = 2

// anticollide finds the four bytes of one card at one level.
//
// Only the first round's collision position is used: there nothing was sent
// along, so all chips count alike. From then on it goes bit by bit, guessing a
// 1; silence means that it is a 0, and perhaps that all cards have fallen back
// and want waking. That takes at most 32 rounds of 0.7 ms, some more where cards
// fall back, and only when cards overlap.
func (s *search) anticollide(ctx context.Context, sel byte) ([4]byte, error) {
	var known prefix
	guessed := false
	for first := true; known.n < 32; first = false {
		a, err := s.t.Transceive(ctx, known.frame(sel))
		if first && isSilence(err) { // a frame was lost: whoever waits here waits still
			a, err = s.t.Transceive(ctx, known.frame(sel))
		}
		if guessed && isSilence(err) {
			known.clearLast()
			// Of cards that wait, the next bit is guessed at once; but not the
			// last one, for no round would be left to find out.
			if s.manner == mannerWaits && known.n < 31 {
				known.add(1)
				continue
			}
			a, err = s.resume(ctx, sel, known)
		}
		switch {
		case err != nil:
			return [4]byte{}, err
		case a.Collision == 0:
			return known.complete(a)
		case first:
			if p, ok := upTo(a); ok {
				known = p
			}
		}
		known.add(1)
		guessed = true
	}
	return known.b, nil
}

// resume asks for the rest of what is known after a guess that nobody answered.
func (s *search) resume(ctx context.Context, sel byte, known prefix) (a Response, err error) {
	if s.manner != mannerFalls {
		a, err = s.t.Transceive(ctx, known.frame(sel))
		if err == nil {
			s.manner = mannerWaits
		}
		if !isSilence(err) {
			return a, err
		}
	}
	for range wakeTries {
		if err = s.wakeAgain(ctx); err == nil {
			a, err = s.t.Transceive(ctx, known.frame(sel))
		}
		if err == nil {
			s.manner = mannerFalls
		}
		if !isSilence(err) {
			return a, err
		}
	}
	return a, err
}

// wakeAgain brings cards that have fallen back to the level at which the search
// is.
func (s *search) wakeAgain(ctx context.Context) error {
	err := Request(ctx, s.t, s.command)
	if isSilence(err) {
		err = Request(ctx, s.t, s.command) // who waited has fallen back by now
	}
	for i := 0; err == nil && 3*i < len(s.uid); i++ {
		_, err = selectPart(ctx, s.t, levels[i], [4]byte{CascadeTag, s.uid[3*i], s.uid[3*i+1], s.uid[3*i+2]})
	}
	return err
}
