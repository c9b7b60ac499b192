package nfc

import (
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/kiosk"
)

const (
	testsAPoll     = 2
	testEvery      = 200 * time.Millisecond // a card that lies there is looked for this often
	goneMisses     = 3                      // a card is gone after so many misses in a row
	goneAfter      = 600 * time.Millisecond // over at least so long since it was there
	heardFor       = 2 * time.Second        // without being read, a card that is heard lies there still
	badgeMayFollow = 250 * time.Millisecond // how long after a phone its badge may be read
	apart          = 75 * time.Millisecond  // how far apart cards that lie together may be read
	mostTracked    = 16
	besides        = 2 // cards that are asked for, beside the one that is looked for
)

// placement is one card from its laying down to its taking away.
type placement struct {
	card     iso14443a.Target
	finding  *Finding     // nil until it was examined
	tries    int          // of its examination
	at       kiosk.Moment // of its laying down
	laid     time.Time    // the same by the timers' clock
	reported bool
	atStart  bool      // it lay there when the reader first looked
	test     time.Time // when it is looked for next
	seen     time.Time // last
	misses   int       // in a row
	missed   time.Time // from when it may be away
}

// presence knows which cards lie on the reader.
type presence struct {
	placed []*placement
}

// seen notes a card that was read just now; atStart tells that it may lie there
// since before the program's start.
func (p *presence) seen(card iso14443a.Target, at kiosk.Moment, now time.Time, atStart bool) {
	for _, c := range p.placed {
		if c.card.UID == card.UID {
			c.here(now)
			return
		}
	}
	if len(p.placed) == mostTracked {
		p.placed = p.placed[1:] // UIDs that change all the time must not pile up
	}
	if card.UID.Random() {
		// Its answer waits for whether a badge lies there still.
		for _, c := range p.placed {
			c.test = now
		}
	}
	p.placed = append(p.placed, &placement{card: card, at: at, laid: now, seen: now, test: now.Add(testEvery), atStart: atStart})
}

// restart begins again after the field was off: what was missed before tells
// nothing now, and every card is looked for at once.
func (p *presence) restart(now time.Time) {
	for _, c := range p.placed {
		c.misses = 0
		c.test = now
	}
}

// due gives the cards that are to be looked for in this poll: few, so that a
// newcomer need not wait, and first those that wait longest.
func (p *presence) due(now time.Time) []*placement {
	var due []*placement
	for _, c := range p.placed {
		if !now.Before(c.test) {
			due = append(due, c)
		}
	}
	slices.SortStableFunc(due, func(a, b *placement) int { return a.test.Compare(b.test) })
	return due[:min(len(due), testsAPoll)]
}

// beside gives some cards that should lie there beside c.
func (p *presence) beside(c *placement) []iso14443a.UID {
	var beside []iso14443a.UID
	for _, o := range p.placed {
		if o != c && o.misses == 0 && len(beside) < besides {
			beside = append(beside, o.card.UID)
		}
	}
	return beside
}

// tested notes what a test for the card found out.
func (p *presence) tested(c *placement, found iso14443a.Presence, now time.Time) {
	switch found {
	case iso14443a.PresenceSeen:
		c.here(now)
	case iso14443a.PresenceMissing:
		if c.misses++; c.misses == 1 {
			// It may have gone right after it was seen last; after an outage
			// that may be long ago, and proves nothing.
			c.missed = now.Add(-min(now.Sub(c.seen), testEvery))
		}
		// Looked for at every poll from now: more misses in the same time
		// make it surer that the card is gone.
		c.test = now
	case iso14443a.PresenceUnsure:
		c.test = now
		// Where nothing else lies, what is heard and not understood is this
		// card, held badly; but no noise keeps one there that is gone.
		if len(p.placed) == 1 && now.Sub(c.seen) < heardFor {
			c.misses = 0
		}
	}
}

// dropGone forgets the cards that are gone. A card not yet reported stays until
// it was.
func (p *presence) dropGone(now time.Time) {
	p.placed = slices.DeleteFunc(p.placed, func(c *placement) bool { return c.gone(now) && c.reported })
}

// toReport gives the cards that are to be reported now: badges at once; a random
// UID after a while, if no badge lies with it and it is no new UID of a
// phone that was reported already.
func (p *presence) toReport(now time.Time) []*placement {
	var toReport []*placement
	for _, c := range p.placed {
		switch {
		case c.reported:
		case !c.card.UID.Random():
			toReport = append(toReport, c)
		case now.Sub(c.laid) < badgeMayFollow:
		default:
			covered, sure := p.superseded(c)
			if covered {
				c.reported = true
			} else if sure {
				toReport = append(toReport, c)
			}
		}
	}
	return toReport
}

// superseded tells whether a random UID needs no tap of its own, once it has
// been there for a while: a badge was seen since it came, or both came and went
// at once. A badge that was lifted as the phone came does not count, though one
// look may have found both: the next person in the queue needs an answer. While
// it is not clear yet which of them still lies there, sure is false.
func (p *presence) superseded(random *placement) (covered, sure bool) {
	stays := random.seen.After(random.laid)
	left := !stays && random.misses >= goneMisses
	sure = stays || left
	for _, c := range p.placed {
		switch {
		case c == random:
		case c.card.UID.Random():
			if c.reported && c.misses > 0 {
				return true, true // the same phone drew a new UID
			}
		case c.seen.After(random.laid), left && !c.seen.Add(apart).Before(random.laid):
			return true, true
		case c.misses < goneMisses:
			sure = false
		}
	}
	return false, sure
}

// allGone tells whether cards lay there and all of them seem gone, which may
// also mean that the receiver hears nothing any more. A card not yet reported
// stays.
func (p *presence) allGone(now time.Time) bool {
	for _, c := range p.placed {
		if !c.gone(now) || !c.reported {
			return false
		}
	}
	return len(p.placed) > 0
}

func (c *placement) gone(now time.Time) bool {
	return c.misses >= goneMisses && now.Sub(c.missed) >= goneAfter
}

func (c *placement) here(now time.Time) {
	c.seen = now
	c.misses = 0
	c.test = now.Add(testEvery)
}
