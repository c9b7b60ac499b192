package timeline

import (
	"time"

	"example.org/inloop/kiosk"
)

// What a centre's word may differ by and still be followed alone.
const (
	closeWord = 5 * time.Minute  // from what the room goes by: a volunteer's watch, an old clock chip
	driftOf   = 5000             // and one part in so many of the time since that was known: a poor crystal
	sameWord  = time.Minute      // of two answers that say the same
	askAfter  = 2                // answers, before a person is asked
	backWord  = 10 * time.Minute // before what is noted as past, when nothing else is known
)

// RunningBoot is what a room knows of the running boot's time.
type RunningBoot struct {
	Alignment
	Passed time.Time // noted as past
}

// BestTime returns the time that it was at a moment of the boot, as far as the
// room knows: the clock's own while nothing is known.
func (k RunningBoot) BestTime(m kiosk.Moment) time.Time {
	if k.Trust == kiosk.TrustUnknown {
		return m.Wall
	}
	return k.When(m.Since)
}

// Hearing weighs the time that a centre's signed answers tell. A signature says
// who speaks and not that their clock is right, so a word that is far from what
// the room goes by is not followed: it wants the network's time to agree, or a
// second answer and a volunteer who says so. Its zero value has heard nothing.
type Hearing struct {
	boot  string
	proof Alignment // what the boot goes by; TrustUnknown while nothing is known
	sure  bool      // proven by the network's time or by a person
	word  Alignment // the centre's, while it is not followed
	heard int       // answers in a row that said so; 0 while nothing is doubted
}

// Prove notes the boot's time as another than the centre told it. The network and
// people are sure of it; a chip is not, whose battery may have been empty.
func (h *Hearing) Prove(at kiosk.Moment, source string) {
	h.enter(at.Boot)
	h.proof = Alignment{At: at.Wall, Since: at.Since, Trust: kiosk.TrustAnchored}
	h.sure = source == SourceNTP || source == SourceVolunteer || source == SourceAgreed
	if h.heard > 0 && h.believable(h.word, time.Time{}) {
		h.heard = 0
	}
}

// Hear takes the centre's word for the time of a moment, and tells whether the
// room may follow it. What is doubted is kept until an answer agrees again.
func (h *Hearing) Hear(at kiosk.Moment, room RunningBoot) (follow bool) {
	h.enter(at.Boot)
	word := Alignment{At: at.Wall, Since: at.Since, Trust: kiosk.TrustAnchored}
	if h.proof.Trust != kiosk.TrustAnchored {
		h.proof = room.Alignment
	}
	if !h.believable(word, room.Passed) {
		if h.heard == 0 || word.At.Sub(h.word.When(word.Since)).Abs() > sameWord {
			h.word, h.heard = word, 0
		}
		h.heard++
		return false
	}
	h.heard = 0
	// What is proven stays what it is: many small steps are a large one too.
	if h.proof.Trust != kiosk.TrustAnchored {
		h.proof = word
	}
	return true
}

// believable tells whether a word can be followed alone.
func (h *Hearing) believable(word Alignment, passed time.Time) bool {
	if h.proof.Trust == kiosk.TrustUnknown {
		// Nobody has another time. One that leaps, or that is past, is still asked about.
		after := word.At.Sub(passed)
		return !passed.After(earliest) || after >= -backWord && after <= farBoot
	}
	may := closeWord + (word.Since-h.proof.Since).Abs()/driftOf
	return word.At.Sub(h.proof.When(word.Since)).Abs() <= may
}

// Doubts tells whether the centre says another time than the room goes by, and
// unsure whether nothing proves which of the two is right.
func (h *Hearing) Doubts() (differs, unsure bool) { return h.heard > 0, h.heard > 0 && !h.sure }

// Question returns the centre's time at a moment, when it is to be asked of a
// volunteer whether that is right.
func (h *Hearing) Question(m kiosk.Moment) (kiosk.Moment, bool) {
	if h.heard < askAfter || h.sure || m.Boot != h.boot {
		return kiosk.Moment{}, false
	}
	m.Wall = h.word.When(m.Since)
	return m, true
}

// enter forgets what was heard in another boot.
func (h *Hearing) enter(boot string) {
	if h.boot != boot {
		*h = Hearing{boot: boot}
	}
}
