package pool

import (
	"fmt"
	"slices"

	"example.org/inloop/sync/count"
)

// quarterLong is for how many days a room that left the list still counts as one of
// those that half is taken of, so that a list cannot be cut short for a round.
const quarterLong count.Day = 92

// Peer is another kiosk of the organisation, as this one was told of it.
type Peer struct {
	Kiosk    string
	Room     string
	Identity Identity
	Since    count.Day // the day on which this kiosk first heard of it
	Left     count.Day // the day on which it was gone from the list, NoDay while it is listed
	Aside    bool      // a volunteer said that it does not count along
}

// Knowledge is what a kiosk knows by itself, at one moment.
type Knowledge struct {
	Self         Party
	Today        count.Day // by its own clock, NoDay unless that is trusted
	Signed       count.Day // of the last signed answer that is believed, NoDay for none
	Organisation string    // that it first used, or a person accepted; "" for none
	Began        count.Day // when this epoch began; NoDay for a database that was never put back
	Peers        []Peer
}

// Participation is what a kiosk has done for a period. It is kept, and outlives all restarts.
type Participation struct {
	Period       count.PoolPeriod
	Organisation string // under which it said that it is ready
	Ready        *Readiness
	Set          SetHash // that it answered for; zero for none
	Teller       Identity
	Share        *MaskedShare           // as a member
	Result       *JointResult           // as the teller
	Own          map[count.Period]int64 // persons, as they were settled
	Settled      bool
}

// Answered tells whether the kiosk has answered for a set.
func (p Participation) Answered() bool { return p.Set != SetHash{} }

// RoundState is how far the centre says that a round has come.
type RoundState string

// How far a round can have come; the values are those of the wire.
const (
	RoundNone   RoundState = "" // it said nothing of it
	RoundReady  RoundState = "ready"
	RoundOpen   RoundState = "open"
	RoundShares RoundState = "shares"
	RoundDone   RoundState = "done"
	RoundFailed RoundState = "failed"
)

// Heard is what a signed answer said. Its round is the newest that there is, if any.
type Heard struct {
	Organisation string // "" when the centre knows nothing of counting together
	Period       count.PoolPeriod
	State        RoundState
	Members      []Member      // with RoundOpen, and for the teller with RoundShares
	Shares       []MaskedShare // for the teller, with RoundShares
}

// Set returns the set that was heard of, which may have no members.
func (h Heard) Set() Set { return Set{h.Organisation, h.Period, h.Members} }

// RoundStep is what a kiosk has to do next in a round.
type RoundStep string

// The steps. All but RoundStepWait and RoundStepReady settle the period: what they make is made in
// the transaction that remembers it, once.
const (
	RoundStepWait  RoundStep = "wait"
	RoundStepReady RoundStep = "ready" // make a key for the period, say that it is ready
	RoundStepShare RoundStep = "share" // mask its numbers for Heard.Set
	RoundStepTell  RoundStep = "tell"  // add up Heard.Shares
	RoundStepClose RoundStep = "close" // settle without an answer: done without it, failed, or too late
)

// Next returns what the kiosk has to do for p's period after what it heard, or why it
// refuses what it was asked. It never asks for a second answer.
func (k Knowledge) Next(p Participation, h Heard) (RoundStep, error) {
	if h.Period != p.Period { // another round, or none
		h = Heard{Organisation: h.Organisation}
	}
	set := h.Set()
	switch asked := len(set.Members) > 0; {
	case asked && p.Answered() && set.Hash() != p.Set:
		return RoundStepWait, fmt.Errorf("%w: in %s", ErrAnswered, p.Period)
	case p.Settled, h.Organisation == "": // or nobody to count with
		return RoundStepWait, nil
	case k.past(p.Period), k.Signed >= p.Period.ReadyFrom() && (h.State == RoundDone || h.State == RoundFailed):
		return RoundStepClose, nil
	}
	if err := k.mayTakePart(p.Period, h.Organisation); err != nil {
		return RoundStepWait, err
	}
	if len(set.Members) == 0 {
		if (p.Ready == nil || p.Organisation != h.Organisation) && (h.State == RoundNone || h.State == RoundReady) {
			return RoundStepReady, nil
		}
		return RoundStepWait, nil
	}
	if err := k.mayAnswer(p, set); err != nil {
		return RoundStepWait, err
	}
	switch {
	case set.Teller().Identity != k.Self.Identity():
		return RoundStepShare, nil
	case h.State == RoundShares, len(set.Members) == 1:
		return RoundStepTell, nil
	}
	return RoundStepWait, nil
}

// past tells that a period's round is over: by a signed time, and not against the room's
// own clock. A clock alone settles nothing, however far ahead it is.
func (k Knowledge) past(period count.PoolPeriod) bool {
	return k.Signed > period.Deadline() && (k.Today == count.NoDay || k.Today > period.Deadline())
}

// mayTakePart tells why the kiosk has no part in a period's round, whoever else has.
func (k Knowledge) mayTakePart(period count.PoolPeriod, organisation string) error {
	switch {
	case k.Today == count.NoDay || k.Signed == count.NoDay:
		return ErrClock
	case count.EndedPoolPeriod(k.Today) != period:
		return fmt.Errorf("%w: %s", ErrNotNewest, period)
	case k.Today < period.ReadyFrom() || k.Signed < period.ReadyFrom():
		return fmt.Errorf("%w: %s", ErrTooEarly, period)
	case k.Today > period.Deadline() || k.Signed > period.Deadline():
		return fmt.Errorf("%w: %s", ErrTooLate, period)
	case k.Began != count.NoDay && period.ReadyFrom() <= k.Began: // it may have answered and not know it
		return fmt.Errorf("%w: %s", ErrNewEpoch, period)
	case k.Organisation != "" && k.Organisation != organisation: // rounded by other offsets
		return ErrOrganisation
	case slices.ContainsFunc(k.Peers, func(p Peer) bool { return p.Aside && p.Left == count.NoDay }):
		return ErrAside
	}
	return nil
}

// mayAnswer tells why the kiosk does not answer for a set.
func (k Knowledge) mayAnswer(p Participation, set Set) error {
	self := k.Self.Identity()
	own, in := set.Find(self)
	if !in || p.Ready == nil || p.Organisation != set.Organisation ||
		own.Kiosk != k.Self.Kiosk || own.Key != p.Ready.Key || own.Counts != p.Ready.Counts {
		return ErrNotAsOffered
	}
	if err := set.Check(); err != nil {
		return err
	}
	known := map[Identity]Peer{}
	for _, peer := range k.Peers {
		known[peer.Identity] = peer
	}
	for _, m := range set.Members {
		peer, listed := known[m.Identity]
		switch {
		case m.Identity == self:
		case !listed || peer.Kiosk != m.Kiosk:
			return fmt.Errorf("%w: %s", ErrUnlisted, m.Kiosk)
		case peer.Since > set.Period.Last():
			return fmt.Errorf("%w: %s on %s", ErrListedLate, m.Kiosk, peer.Since)
		case peer.Aside:
			return fmt.Errorf("%w: %s", ErrAside, m.Kiosk)
		}
	}
	return k.enoughCount(set)
}

// enoughCount tells whether the members that count are half of the rooms that this kiosk
// knows, and two of them if it knows another.
func (k Knowledge) enoughCount(set Set) error {
	rooms, others := len(set.Members), 0
	for _, p := range k.Peers {
		if _, in := set.Find(p.Identity); p.due(set.Period, k.Today) {
			others++
			if !in {
				rooms++
			}
		}
	}
	switch counting := set.Counting(); {
	case 2*counting < rooms:
		return fmt.Errorf("%w: %d of %d", ErrFewRooms, counting, rooms)
	case counting < 2 && others > 0:
		return ErrAlone
	}
	return nil
}

// due tells whether a room should be in a period's set, as far as this kiosk knows: it
// was listed before the period began, and is still, or was within the last quarter.
func (p Peer) due(period count.PoolPeriod, today count.Day) bool {
	return p.Since < period.First() && (p.Left == count.NoDay || today-p.Left < quarterLong)
}

// Outgoing returns what of a period's progress is to be sent, after what the centre said
// last of its round. It is sent until an answer shows that it came.
func (p Participation) Outgoing(state RoundState) (ready *Readiness, share *MaskedShare, result *JointResult) {
	switch {
	case state == RoundDone || state == RoundFailed:
	case p.Result != nil:
		result = p.Result
	case p.Share != nil:
		if state != RoundShares {
			share = p.Share
		}
	case state == RoundNone || state == RoundReady:
		if !p.Settled {
			ready = p.Ready
		}
	}
	return ready, share, result
}

// CheckResult returns why a result is not shown here: it is not signed by who was to add
// up, it is not for the set that this kiosk answered for, or it cannot hold this room's
// own persons. Of a set that this kiosk was not in it takes any teller that it knew in
// time.
func (k Knowledge) CheckResult(p Participation, organisation string, r JointResult, teller Identity) error {
	switch {
	case r.Period != p.Period:
		return fmt.Errorf("%w: of %s", ErrResult, r.Period)
	case p.Answered() && (r.Set != p.Set || teller != p.Teller):
		return fmt.Errorf("%w: for another set", ErrResult)
	case !p.Answered() && !k.knewInTime(teller, r.Period):
		return fmt.Errorf("%w: nobody known here", ErrResult)
	case k.Organisation != "" && k.Organisation != organisation:
		return ErrOrganisation
	}
	if err := r.Verify(organisation, teller); err != nil {
		return err
	}
	return r.CheckOwn(p.Own)
}

func (k Knowledge) knewInTime(id Identity, period count.PoolPeriod) bool {
	return slices.ContainsFunc(k.Peers, func(p Peer) bool { return p.Identity == id && p.Since <= period.Last() })
}

// NextAlone tells whether a room that was never paired settles a period now: from day 8
// on, by a clock that was anchored or confirmed by hand.
func (k Knowledge) NextAlone(p Participation) (RoundStep, error) {
	switch {
	case p.Settled:
		return RoundStepWait, nil
	case k.Today == count.NoDay:
		return RoundStepWait, ErrClock
	case k.Today < p.Period.ReadyFrom():
		return RoundStepWait, fmt.Errorf("%w: %s", ErrTooEarly, p.Period)
	case k.Today > p.Period.Deadline(), k.Began != count.NoDay && p.Period.ReadyFrom() <= k.Began:
		return RoundStepClose, nil
	}
	return RoundStepTell, nil
}
